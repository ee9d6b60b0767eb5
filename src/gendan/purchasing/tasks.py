"""Orders go to suppliers by themselves, where a company says so: those approved since, to the main contact."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from gendan.kernel import db, wall
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.purchasing.commands.send import send_order

log = logging.getLogger("gendan.purchasing")
AT_ONCE = 100
_COMPANIES = """
SELECT DISTINCT p.company_id, c.timezone FROM purchasing_answerpolicy p JOIN accounts_company c ON c.id = p.company_id
WHERE p.sends ORDER BY 1
"""
_APPROVED = """
SELECT o.number FROM purchasing_purchaseorder o
CROSS JOIN LATERAL (SELECT p.sends, p.sends_since FROM purchasing_answerpolicy p WHERE p.company_id = o.company_id
 AND (p.partner_id = o.supplier_id OR p.partner_id IS NULL) ORDER BY p.partner_id NULLS LAST LIMIT 1) s
WHERE o.company_id = %s::bigint AND o.is_open AND o.state = 'approved' AND s.sends AND o.approved_at >= s.sends_since
 AND NOT EXISTS (SELECT 1 FROM purchasing_sending x WHERE x.order_id = o.id)
 AND EXISTS (SELECT 1 FROM catalog_contact k WHERE k.partner_id = o.supplier_id AND k.email <> '')
ORDER BY o.id LIMIT %s::int
"""
RIGHTS = frozenset({"purchasing.send_order", "purchasing.view_price"})


@app.periodic(cron="* * * * * */20")
@app.task(name="purchasing.send_orders", queue="upkeep", queueing_lock="purchasing.send_orders")
def send_orders(timestamp: int) -> None:
    """Send what was approved and not sent yet, company by company."""
    for company_id, zone in db.rows(_COMPANIES):
        with wall.within(company_id):
            send_approved(Actor(company_id, None, "", RIGHTS, via="job", timezone=zone))


def send_approved(actor: Actor) -> int:
    """Send the approved orders of a company; how many. What is refused (changed meanwhile) is tried again later."""
    sent = 0
    for (number,) in db.rows(_APPROVED, [actor.company_id, AT_ONCE]):
        try:
            send_order(actor=actor, number=number)
            sent += 1
        except AppError as refusal:
            log.warning("%s was not sent: %s", number, refusal)
    return sent
