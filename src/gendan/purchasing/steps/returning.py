"""Write what was changed of a return whose goods have not left."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.purchasing.queries.drafts import return_draft
from gendan.purchasing.rules.returned import ReturnDraft
from gendan.purchasing.steps.returned import LockedLine, LockedReturn, NewLine, Source, lock

_OF = """
SELECT x.{} FROM purchasing_purchasereturn r JOIN purchasing_purchasereturnline x ON x.purchase_return_id = r.id
WHERE r.company_id = %(company)s::bigint AND r.number = %(number)s::text
"""
# Orders first, then the receipts: of the return, together with those that its lines shall be of.
_ORDERS = f"""
SELECT o.id FROM purchasing_purchaseorder o WHERE o.id IN (SELECT l.order_id FROM purchasing_orderline l
 WHERE l.id IN ({_OF.format("order_line_id")} UNION SELECT gl.order_line_id FROM purchasing_goodsreceipt g
  JOIN purchasing_receiptline gl ON gl.receipt_id = g.id
  WHERE g.company_id = %(company)s::bigint AND g.number = ANY(%(receipts)s::text[]))) ORDER BY o.id FOR NO KEY UPDATE
"""
_RECEIPTS = f"""
SELECT g.id FROM purchasing_goodsreceipt g JOIN purchasing_receiptline gl ON gl.receipt_id = g.id
WHERE g.company_id = %(company)s::bigint AND (g.number = ANY(%(receipts)s::text[])
 OR gl.id IN ({_OF.format("receipt_line_id")})) ORDER BY g.id, gl.id FOR NO KEY UPDATE OF g, gl
"""
_REWRITE = """
WITH gone AS (
 DELETE FROM purchasing_purchasereturnline
 WHERE purchase_return_id = %(id)s::bigint AND id <> ALL(%(kept)s::bigint[])),
lines AS (
 SELECT t.*, row_number() OVER (ORDER BY t.place) AS place_new FROM unnest(%(ids)s::bigint[], %(order_lines)s::bigint[],
  %(receipt_lines)s::bigint[], %(rejected)s::boolean[], %(locations)s::bigint[], %(reasons)s::text[],
  %(notes)s::text[], %(quantities)s::numeric[]) WITH ORDINALITY
  AS t(id, order_line, receipt_line, rejected, location, reason, note, quantity, place)),
kept AS (
 UPDATE purchasing_purchasereturnline x SET order_line_id = t.order_line, receipt_line_id = t.receipt_line,
  rejected = t.rejected, location_id = t.location, reason = t.reason, note = t.note, quantity = t.quantity
 FROM lines t WHERE x.id = t.id AND x.purchase_return_id = %(id)s::bigint),
made AS (
 INSERT INTO purchasing_purchasereturnline (company_id, purchase_return_id, line_no, order_line_id, receipt_line_id,
  rejected, location_id, reason, note, quantity)
 SELECT %(company)s::bigint, %(id)s::bigint, %(last)s::int + t.place_new, t.order_line, t.receipt_line, t.rejected,
  t.location, t.reason, t.note, t.quantity FROM lines t WHERE t.id IS NULL)
UPDATE purchasing_purchasereturn SET state = 'draft', version = version + 1, updated_at = now(),
 settlement = %(settlement)s::text, contact = %(contact)s::text, note = %(note)s::text,
 replace_on = %(replace_on)s::date, approved_by_id = NULL WHERE id = %(id)s::bigint
"""


@step
def lock_draft(
    actor: Actor, number: str, receipts: Sequence[str]
) -> tuple[LockedReturn, list[LockedLine], ReturnDraft]:
    """A return that is to change, after its receipts and those that its new lines name; what it says now.

    Errors: NotFound.
    """
    params = {"company": actor.company_id, "number": number, "receipts": sorted(set(receipts))}
    db.batch([(_ORDERS, params), (_RECEIPTS, params)])
    found, rows = lock(actor, number)
    return found, rows, return_draft(actor, number).draft


def without_own(sources: Sequence[Source], rows: Sequence[LockedLine]) -> dict[tuple[int, bool], Decimal]:
    """What may go back of each receipt line, rejected and accepted, when this return did not ask for it."""
    room = {}
    for source in sources:
        room[source.id, True], room[source.id, False] = source.rejects, source.accepted
    for row in rows:
        if (key := (row.receipt_line_id, row.rejected)) in room:
            room[key] += row.quantity
    return room


@step
def rewrite(
    actor: Actor, found: LockedReturn, rows: Sequence[LockedLine], draft: ReturnDraft, lines: Sequence[NewLine]
) -> None:
    """Write header and lines of a return that becomes a draft again; with the next statement."""
    ids = [line.id for line in draft.lines]
    db.later(
        _REWRITE,
        {
            "company": actor.company_id,
            "id": found.id,
            "kept": db.array(id_ for id_ in ids if id_),
            "last": max((row.line_no for row in rows), default=0),
            "ids": db.array(ids),
            "order_lines": db.array(line.source.order_line_id for line in lines),
            "receipt_lines": db.array(line.source.id for line in lines),
            "rejected": [line.asked.rejected for line in lines],
            "locations": db.array(line.location_id for line in lines),
            "reasons": [line.asked.reason for line in lines],
            "notes": [line.asked.note for line in lines],
            "quantities": db.array(line.asked.quantity for line in lines),
            "settlement": draft.wanted,
            "contact": draft.contact.strip()[:120],
            "note": draft.note.strip()[:1000],
            "replace_on": draft.replace_on,
        },
    )


@step
def promise(found: LockedReturn, day: object) -> None:
    """Write the latest word on the day of the replacement; the first one stays as the promise."""
    db.later(
        "UPDATE purchasing_purchasereturn SET replace_on = %(day)s::date, version = version + 1, updated_at = now(),"
        " promised_on = coalesce(promised_on, %(day)s::date) WHERE id = %(id)s::bigint",
        {"day": day, "id": found.id},
    )
