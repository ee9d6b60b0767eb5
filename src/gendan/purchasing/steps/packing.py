"""Parcels and pallets of an announced shipment, and until when its goods keep."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.accounts.steps import next_ssccs
from gendan.kernel import codes, db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.purchasing.rules.shipments import ParcelIn, ShipIn

MOST = 500
ZERO = Decimal(0)
_EXPIRE = """
UPDATE purchasing_shipmentline sl SET expires_on = t.day
FROM unnest(%s::int[], %s::date[]) AS t(no, day) WHERE sl.shipment_id = %s::bigint AND sl.line_no = t.no
"""
_PARCELS = """
WITH made AS (
 INSERT INTO purchasing_shipmentparcel (company_id, shipment_id, number, kind, sscc)
 SELECT %(company)s::bigint, %(shipment)s::bigint, t.n, t.kind, t.sscc
 FROM unnest(%(kinds)s::text[], %(ssccs)s::text[]) WITH ORDINALITY AS t(kind, sscc, n) RETURNING id, number)
INSERT INTO purchasing_parcelcontent (company_id, parcel_id, line_id, quantity)
SELECT %(company)s::bigint, m.id, sl.id, t.quantity
FROM unnest(%(numbers)s::int[], %(lines)s::int[], %(quantities)s::numeric[]) AS t(number, line, quantity)
JOIN made m ON m.number = t.number
JOIN purchasing_shipmentline sl ON sl.shipment_id = %(shipment)s::bigint AND sl.line_no = t.line
"""
_STACK = """
UPDATE purchasing_shipmentparcel p SET parent_id = q.id FROM unnest(%s::int[], %s::int[]) AS t(number, parent)
JOIN purchasing_shipmentparcel q ON q.shipment_id = %s::bigint AND q.number = t.parent
WHERE p.shipment_id = %s::bigint AND p.number = t.number
"""


def _expire(shipment_id: int, lines: Sequence[ShipIn]) -> None:
    """Write until when the goods of a new shipment's lines keep."""
    days = [line.expires_on.isoformat() if line.expires_on else None for line in lines]
    db.later(_EXPIRE, [db.array(range(1, len(lines) + 1)), days, shipment_id])


@step
def pack(actor: Actor, shipment_id: int, lines: Sequence[ShipIn], parcels: Sequence[ParcelIn]) -> None:
    """Write the parcels of a new shipment with their numbers, and until when its goods keep; nothing where there is
    neither, else a fixed number of statements. Errors: Invalid.
    """
    if any(line.expires_on for line in lines):
        _expire(shipment_id, lines)
    if not parcels:
        return
    _check(lines, parcels)
    given = iter(next_ssccs(actor, sum(not parcel.sscc for parcel in parcels)))
    ssccs = [parcel.sscc or next(given) for parcel in parcels]
    contents = [(n, line + 1, quantity) for n, parcel in enumerate(parcels, 1) for line, quantity in parcel.contents]
    db.execute(
        _PARCELS,
        {
            "company": actor.company_id,
            "shipment": shipment_id,
            "kinds": [parcel.kind for parcel in parcels],
            "ssccs": ssccs,
            "numbers": db.array(row[0] for row in contents),
            "lines": db.array(row[1] for row in contents),
            "quantities": db.array(row[2] for row in contents),
        },
    )
    stacked = [(n, parcel.parent + 1) for n, parcel in enumerate(parcels, 1) if parcel.parent is not None]
    if stacked:
        numbers, parents = zip(*stacked, strict=True)
        db.later(_STACK, [db.array(numbers), db.array(parents), shipment_id, shipment_id])


def _check(lines: Sequence[ShipIn], parcels: Sequence[ParcelIn]) -> None:
    """Each parcel holds lines of the shipment, together not more than is sent; a parcel stands on a pallet."""
    problems: dict[str, str] = {}
    if len(parcels) > MOST:
        raise Invalid({"parcels": _("一张发货单最多 %(most)s 箱。") % {"most": MOST}})
    packed = [ZERO] * len(lines)
    for n, parcel in enumerate(parcels):
        if parcel.kind not in {"parcel", "pallet"}:
            problems[f"parcels.{n}.kind"] = "kind: parcel | pallet"
        if parcel.sscc and not codes.is_sscc(parcel.sscc):
            problems[f"parcels.{n}.sscc"] = _("SSCC 应为 18 位数字，且校验位正确。")
        if parcel.parent is not None and not (
            0 <= parcel.parent < len(parcels) and parcels[parcel.parent].kind == "pallet" and parcel.kind == "parcel"
        ):
            problems[f"parcels.{n}.parent"] = _("箱只能放在本单的托盘上。")
        if len({line for line, _quantity in parcel.contents}) < len(parcel.contents):
            problems[f"parcels.{n}.contents"] = _("同一箱里一行只写一次。")
        for line, quantity in parcel.contents:
            if not 0 <= line < len(lines) or not quantity > 0:
                problems[f"parcels.{n}.contents"] = _("箱内数量应大于 0，且属于本单。")
                continue
            packed[line] += quantity
    for n, (sent, total) in enumerate(zip(lines, packed, strict=True)):
        if total > sent.quantity:
            problems[f"lines.{n}.quantity"] = _("装箱的数量多于发货的数量。")
    if problems:
        raise Invalid(problems)
