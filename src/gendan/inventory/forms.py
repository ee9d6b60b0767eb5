"""What the pages post, read into what commands take; every unreadable cell is reported at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gendan.inventory.rules import AdjustmentLineIn, ArrivalIn, ScopeIn, TransferLineIn
from gendan.kernel.errors import Invalid
from gendan.kernel.http import json_body
from gendan.kernel.values import BadValue, is_empty, to_date, to_number, whole

T = TypeVar("T")
ZERO = Decimal(0)


def version_of(request: HttpRequest) -> int | None:
    """The version that the form was opened with."""
    return whole(request.POST.get("version", ""))


def transfer_lines(request: HttpRequest) -> list[TransferLineIn]:
    """The grid of a transfer."""
    return _lines(
        request,
        "quantity",
        lambda row, quantity: TransferLineIn(
            _text(row, "product"), quantity, _text(row, "from_bin"), _text(row, "to_bin"), _text(row, "lot")
        ),
    )


def adjustment_lines(request: HttpRequest) -> list[AdjustmentLineIn]:
    """The grid of an adjustment; for a kind that only takes away, quantities may be typed without the sign."""
    takes = request.POST.get("kind") in {"lost", "broken", "scrap"}
    return _lines(
        request,
        "quantity",
        lambda row, quantity: AdjustmentLineIn(
            _text(row, "product"), -abs(quantity) if takes else quantity, _text(row, "bin"), _text(row, "lot")
        ),
    )


def arrivals(request: HttpRequest) -> list[ArrivalIn]:
    """The grid of what arrived; empty and zero rows did not."""
    found = _lines(
        request,
        "arrived",
        lambda row, quantity: ArrivalIn(whole(row.get("line_no")) or 0, quantity, _text(row, "bin")),
        optional=True,
    )
    return [line for line in found if line.quantity]


def scope(request: HttpRequest) -> ScopeIn:
    """What a count list is to be made from."""
    return ScopeIn(_codes(request, "bins"), _codes(request, "categories"), _codes(request, "products"))


def quantity_of(request: HttpRequest, name: str = "quantity") -> Decimal:
    """A quantity in a field of its own."""
    return _number(request.POST.get(name, ""), name)


def day_of(values: Mapping[str, str], name: str) -> date | None:
    """A date in the address; nothing when it cannot be read."""
    try:
        return None if is_empty(values.get(name)) else to_date(values.get(name, ""))
    except BadValue:
        return None


def _lines(
    request: HttpRequest, name: str, build: Callable[[Mapping[str, Any], Decimal], T], optional: bool = False
) -> list[T]:
    found, problems = [], {}
    for n, row in enumerate(json_body(request)):
        if not isinstance(row, Mapping):
            continue
        if optional and is_empty(row.get(name)):
            continue
        try:
            found.append(build(row, _number(row.get(name, ""), name)))
        except Invalid as refusal:
            problems.update({f"lines.{n}.{field}": text for field, text in refusal.fields.items()})
    if problems:
        raise Invalid(problems)
    return found


def _number(value: Any, name: str) -> Decimal:
    if is_empty(value):
        raise Invalid({name: _("请填写数量。")})
    try:
        return to_number(value)
    except BadValue as problem:
        raise Invalid({name: problem.text}) from problem


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "").strip()[:80]


def _codes(request: HttpRequest, name: str) -> tuple[str, ...]:
    text = request.POST.get(name, "")
    for separator in ",，、;；\n\r\t":
        text = text.replace(separator, " ")
    return tuple(dict.fromkeys(text.split()))
