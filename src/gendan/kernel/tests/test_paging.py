"""Paging by key."""

from __future__ import annotations

import pytest

from gendan.kernel.errors import Invalid
from gendan.kernel.paging import MAX_LIMIT, cut, decode, encode, limited


@pytest.mark.parametrize("key", [[1], ["2026-11-21", 5], ["采购 «订单»/+?&", None, 0], [""]])
def test_a_cursor_brings_its_key_back_and_fits_into_an_address(key: list[object]):
    cursor = encode(key)
    assert decode(cursor, len(key)) == key
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("none", [None, ""])
def test_no_cursor_is_the_first_page(none: str | None):
    assert decode(none, 2) is None


@pytest.mark.parametrize("forged", ["x", "%%%", "e30", encode([1, 2, 3]), encode([[1], 2]), encode([1.5, 2]), "é"])
def test_a_forged_cursor_is_refused(forged: str):
    with pytest.raises(Invalid):
        decode(forged, 2)


@pytest.mark.parametrize(("asked", "given"), [(None, 50), (0, 50), (10, 10), (-3, 1), (10_000, MAX_LIMIT)])
def test_a_page_has_a_sensible_size(asked: int | None, given: int):
    assert limited(asked) == given


def test_a_full_page_knows_where_the_next_one_starts():
    page = cut([1, 2, 3], 2, lambda row: [row])
    assert page.items == [1, 2]
    assert decode(page.after, 1) == [2]


def test_the_last_page_has_no_next():
    assert cut([1, 2], 2, lambda row: [row]).after == ""
    assert cut([], 2, lambda row: [row]).items == []
