"""Invoices are compared again when goods come in after them, or are taken back; nothing is added to receiving."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from gendan.kernel import db, wall
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.settlement.commands import match_bill

log = logging.getLogger("gendan.settlement")
AT_ONCE = 200
RIGHTS = frozenset({"settlement.post_bill"})
_COMPANIES = """
SELECT DISTINCT b.company_id, c.timezone FROM settlement_bill b JOIN accounts_company c ON c.id = b.company_id
WHERE b.is_open AND b.state IN ('matched', 'mismatch') ORDER BY 1
"""
# Invoices whose approval has not begun, with receipts of their order lines that were written or changed since the last
# match; those in approval would be refused, and keep the others from their turn.
_CHANGED = """
SELECT b.number FROM settlement_bill b
WHERE b.company_id = %s::bigint AND b.is_open AND b.state IN ('matched', 'mismatch') AND EXISTS (
 SELECT 1 FROM settlement_billline l JOIN settlement_billmatch m ON m.bill_line_id = l.id
 JOIN purchasing_receiptline rl ON rl.order_line_id = m.order_line_id
 JOIN purchasing_goodsreceipt g ON g.id = rl.receipt_id
 WHERE l.bill_id = b.id AND g.updated_at > coalesce(b.matched_at, b.posted_at))
 AND NOT EXISTS (SELECT 1 FROM flow_instance f WHERE f.kind = 'bill' AND f.document_id = b.id
  AND f.transition = 'submit' AND f.state = 'running')
ORDER BY b.id LIMIT %s::int
"""


@app.periodic(cron="* * * * * */30")
@app.task(name="settlement.rematch", queue="upkeep", queueing_lock="settlement.rematch")
def rematch(timestamp: int) -> None:
    """Compare again what goods came in for, company by company."""
    for company_id, zone in db.rows(_COMPANIES):
        with wall.within(company_id):
            rematch_changed(Actor(company_id, None, "", RIGHTS, via="job", timezone=zone))


def rematch_changed(actor: Actor) -> int:
    """Compare a company's invoices again where receipts changed; how many. What is in approval waits for its end."""
    found = 0
    for (number,) in db.rows(_CHANGED, [actor.company_id, AT_ONCE]):
        try:
            match_bill(actor=actor, number=number)
            found += 1
        except AppError as refusal:
            log.info("%s was not matched again: %s", number, refusal)
    return found
