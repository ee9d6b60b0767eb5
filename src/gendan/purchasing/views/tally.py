"""How far several lines are, in one short text: pieces and boxes do not add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries import figure

Row = Mapping[str, Any]
ZERO = Decimal(0)


def of_one(rows: Sequence[Row]) -> bool:
    """Whether the lines are of one product in one unit, so that their quantities can be added."""
    return len({(row["product"], row["unit"]) for row in rows}) == 1


def tally(rows: Sequence[Row], done: str, wanted: str) -> str:
    """«9,000 / 12,000 件» of one product, «2 / 6 行» (complete lines) of several; "" where nothing is wanted."""
    rows = [row for row in rows if row[wanted] > 0]
    if not rows:
        return ""
    if of_one(rows):
        sums = {name: sum((row[name] for row in rows), ZERO) for name in (done, wanted)}
        return f"{figure(sums[done])} / {figure(sums[wanted], rows[0]['unit_name'])}"
    complete = sum(row[done] >= row[wanted] for row in rows)
    return _("%(done)s / %(all)s 行") % {"done": complete, "all": len(rows)}


def missing(rows: Sequence[Row], name: str) -> str:
    """«3,000 件» of one product, «4 行» of several."""
    rows = [row for row in rows if row[name] > 0]
    if rows and of_one(rows):
        return figure(sum((row[name] for row in rows), ZERO), rows[0]["unit_name"])
    return _("%(count)s 行") % {"count": len(rows)}
