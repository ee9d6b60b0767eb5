"""Refusals: one class per reason, the same text and data at every door."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from gendan.kernel.errors import (
    AppError,
    Forbidden,
    IdempotencyKeyReused,
    Invalid,
    NotFound,
    SignInRequired,
    Stale,
    WrongState,
    plain,
)


class NotEnough(AppError):
    message = "还差 %(open)s %(unit)s"


def test_the_text_is_filled_from_the_data():
    assert str(NotEnough(open=Decimal("40.500000"), unit="件")) == "还差 40.5 件"


def test_programs_get_code_text_and_data_as_json():
    error = NotEnough(open=Decimal("40.00"), unit=gettext_lazy("件"), lines=[1, Decimal("2.50")], extra={"a": None})
    assert error.as_dict() == {
        "code": "kernel.NotEnough",
        "message": "还差 40 件",
        "data": {"open": "40", "unit": "件", "lines": [1, "2.5"], "extra": {"a": None}},
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1.500"), "1.5"),
        (Decimal("100"), "100"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.000"), "0"),
        (Decimal("-0.10"), "-0.1"),
        (7, 7),
        ("x", "x"),
        (None, None),
    ],
)
def test_decimals_are_shown_without_trailing_zeros(value: object, shown: object):
    assert plain(value) == shown


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid({"a": "b"}), 422),
        (SignInRequired(), 401),
        (Forbidden(permission="入库", code="x"), 403),
        (NotFound(what="PO-1"), 404),
        (WrongState(number="PO-1", state="草稿", action="入库"), 409),
        (Stale(number="PO-1", current=2, seen=1), 409),
        (IdempotencyKeyReused(key="k"), 422),
    ],
)
def test_each_reason_has_its_status(error: AppError, status: int):
    assert error.status == status
    assert str(error)
    assert error.as_dict()["code"] == f"kernel.{type(error).__name__}"


def test_invalid_input_names_its_fields():
    error = Invalid({"lines.3.quantity": "数量必须大于 0", "supplier": gettext_lazy("请选择供应商")})
    assert error.as_dict()["data"] == {
        "count": 2,
        "fields": {"lines.3.quantity": "数量必须大于 0", "supplier": "请选择供应商"},
    }
    assert "数量必须大于 0" in str(error)


def test_a_refusal_speaks_the_language_of_its_reader():
    error = NotFound(what="PO-1")
    assert str(error).startswith("找不到 PO-1")
    with translation.override("zh-hant"):
        assert "PO-1" in str(error)
