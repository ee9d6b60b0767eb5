"""Limits are counted by all processes together, and begin anew when their time is over."""

from __future__ import annotations

import pytest

from gendan.kernel import db, limits
from gendan.kernel.tests.make import at_once


@pytest.mark.django_db(transaction=True)
def test_several_at_once_get_exactly_what_there_is() -> None:
    taken = at_once([lambda: limits.too_many("door", 5)] * 8)
    assert sorted(taken) == [False] * 5 + [True] * 3


@pytest.mark.django_db
def test_a_day_has_so_much_and_the_next_begins_anew() -> None:
    assert limits.spend("link", 60, 100)
    assert not limits.spend("link", 50, 100)  # nothing was taken
    assert limits.spend("link", 40, 100)
    assert not limits.spend("other", 101, 100)
    db.execute("UPDATE kernel_limit SET ends = now() - interval '1 second'")
    assert limits.spend("link", 100, 100)
    db.execute("UPDATE kernel_limit SET ends = now() - interval '1 second'")
    limits.forget()
    assert db.row("SELECT count(*) FROM kernel_limit") == (0,)
