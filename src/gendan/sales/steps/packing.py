"""Parcels of a delivery: which lines are in which, their numbers and weights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.accounts.steps import next_ssccs
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import UnknownLine
from gendan.sales.errors import OverPacked
from gendan.sales.steps.outbound import Outbound

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ParcelIn:
    """A parcel as it is packed: (line number, quantity in the line's unit) of what is in it."""

    lines: tuple[tuple[int, Decimal], ...]
    weight: Decimal | None = None
    tracking_number: str = ""


_PACK = """
WITH x AS (
 INSERT INTO sales_parcel AS x (delivery_id, parcel_no, sscc, weight, carrier, tracking_number)
 SELECT %(id)s::bigint, t.no, t.sscc, t.weight, '', t.tracking
 FROM unnest(%(nos)s::int[], %(ssccs)s::text[], %(weights)s::numeric[], %(tracking)s::text[])
  AS t(no, sscc, weight, tracking)
 ON CONFLICT (delivery_id, parcel_no) DO UPDATE SET weight = excluded.weight,
  tracking_number = excluded.tracking_number
 RETURNING id, parcel_no)
INSERT INTO sales_parcelline (parcel_id, delivery_line_id, quantity)
SELECT x.id, t.line_id, t.quantity FROM unnest(%(in_parcel)s::int[], %(lines)s::bigint[], %(quantities)s::numeric[])
 AS t(no, line_id, quantity) JOIN x ON x.parcel_no = t.no
"""


@step
def pack(actor: Actor, outbound: Outbound, parcels: Sequence[ParcelIn]) -> list[str]:
    """Write what is in which parcel, instead of what was before; a parcel that exists keeps its number (SSCC), which
    may stand on its label already. Answers the numbers.

    Errors: UnknownLine, Invalid, OverPacked.
    """
    contents = _checked(outbound, parcels)
    delivery_id = outbound.delivery.id
    kept: dict[int, str] = dict(
        db.rows("SELECT parcel_no, sscc FROM sales_parcel WHERE delivery_id = %s::bigint", [delivery_id]),
    )
    new = [no for no in range(1, len(parcels) + 1) if not kept.get(no)]
    kept.update(zip(new, next_ssccs(actor, len(new)), strict=True) if new else ())
    numbers = [kept[no] for no in range(1, len(parcels) + 1)]
    mine = "SELECT id FROM sales_parcel WHERE delivery_id = %s::bigint"
    db.later(f"DELETE FROM sales_parcelline WHERE parcel_id IN ({mine})", [delivery_id])
    db.later(
        "DELETE FROM sales_parcel WHERE delivery_id = %s::bigint AND parcel_no > %s::int", [delivery_id, len(parcels)]
    )
    db.later(
        _PACK,
        {
            "id": delivery_id,
            "nos": db.array(range(1, len(parcels) + 1)),
            "ssccs": numbers,
            "weights": db.array(parcel.weight for parcel in parcels),
            "tracking": [parcel.tracking_number.strip()[:80] for parcel in parcels],
            "in_parcel": db.array(no for no, _line, _quantity in contents),
            "lines": db.array(line for _no, line, _quantity in contents),
            "quantities": db.array(quantity for _no, _line, quantity in contents),
        },
    )
    return numbers


def _checked(outbound: Outbound, parcels: Sequence[ParcelIn]) -> list[tuple[int, int, Decimal]]:
    """(parcel, id of the line, quantity), each line once per parcel."""
    number, total = outbound.delivery.number, defaultdict[int, Decimal](Decimal)
    contents: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    problems = {}
    for n, parcel in enumerate(parcels):
        if parcel.weight and (problem := quantity_problem(parcel.weight, 3)):
            problems[f"parcels.{n}.weight"] = problem if parcel.weight > 0 else _("重量必须大于 0。")
        for line_no, quantity in parcel.lines:
            line = outbound.line(line_no)
            if line is None:
                raise UnknownLine(number=number, line=line_no)
            if problem := quantity_problem(quantity, line.decimals):
                problems[f"parcels.{n}.lines.{line_no}"] = problem
                continue
            contents[n + 1, line.id] += quantity
            total[line_no] += quantity
            if total[line_no] > line.quantity:
                raise OverPacked(
                    number=number,
                    line=line_no,
                    product=line.product,
                    quantity=line.quantity,
                    packed=total[line_no],
                )
    if problems:
        raise Invalid({**problems})
    return [(no, line_id, quantity) for (no, line_id), quantity in contents.items()]


@step
def save_state(outbound: Outbound, state: str) -> None:
    """``packed`` is ready to leave."""
    outbound.delivery.state = state
    outbound.delivery.version += 1
    db.later(
        "UPDATE sales_delivery SET state = %s::text, version = version + 1, updated_at = now() WHERE id = %s::bigint",
        [state, outbound.delivery.id],
    )
