"""Orders of the demonstration company at their suppliers: one was sent, one is countered, at one nobody answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.contrib.auth.hashers import make_password

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.portal import commands, rules
from gendan.portal.rules import LineAnswer, Part
from gendan.purchasing import commands as purchasing

_WAITING = """
SELECT o.number FROM purchasing_purchaseorder o WHERE o.company_id = %s::bigint AND o.state = 'approved'
 AND NOT EXISTS (SELECT 1 FROM purchasing_orderline l WHERE l.order_id = o.id
  AND (l.required_on IS NULL OR l.confirmed + l.refused + l.shipped > 0))
ORDER BY o.id LIMIT 3
"""
_LINE = """
SELECT l.line_no, l.quantity, l.unit_price, l.required_on FROM purchasing_purchaseorder o
JOIN purchasing_orderline l ON l.order_id = o.id WHERE o.company_id = %s::bigint AND o.number = %s::text
ORDER BY l.line_no LIMIT 1
"""
# Nobody can send an order three days ago: the time is moved, as that of the history is.
_LONG_AGO = """
UPDATE purchasing_sending SET first_at = first_at - interval '3 days', sent_at = sent_at - interval '3 days'
WHERE order_id = (SELECT id FROM purchasing_purchaseorder WHERE company_id = %s::bigint AND number = %s::text)
"""
RECIPIENT = "Ada Okafor"


def tell(people: Mapping[str, Actor]) -> None:
    """Send what waits for a supplier's word: the second is countered, the last silent."""
    buyer = people["admin"]
    numbers = [number for (number,) in db.rows(_WAITING, [buyer.company_id])]
    for number in numbers:
        purchasing.send_order(actor=buyer, number=number, email="", recipient=RECIPIENT, language="en")
    if len(numbers) > 1:
        _counter(buyer, numbers[1])
    if len(numbers) > 2:
        db.execute(_LONG_AGO, [buyer.company_id, numbers[2]])


def _counter(buyer: Actor, number: str) -> None:
    """The supplier wants a little more money, and sends the rest ten days later."""
    row = db.row(_LINE, [buyer.company_id, number])
    assert row is not None
    line, quantity, price, due = row
    half = (quantity / 2).quantize(Decimal(1), ROUND_HALF_UP) or quantity
    parts = [Part(half, due)]
    if quantity > half:
        parts.append(Part(quantity - half, due + timedelta(days=10)))
    dearer = (price * Decimal("1.03")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    supplier = replace(
        buyer, user_id=None, name=RECIPIENT, permissions=rules.permissions_of(("answer",)), via="supplier"
    )
    said = LineAnswer(line, "change", tuple(parts), dearer, note="Raw material is dearer, second half after 10 days.")
    commands.answer_order(actor=supplier, number=number, lines=[said])


_BUSIEST = """
SELECT p.id, p.code, p.name FROM purchasing_sending s JOIN purchasing_purchaseorder o ON o.id = s.order_id
JOIN catalog_partner p ON p.id = o.supplier_id WHERE o.company_id = %s::bigint
GROUP BY p.id ORDER BY count(*) DESC, p.id LIMIT 1
"""
_OPEN_ORDERS = """
SELECT o.number FROM purchasing_purchaseorder o WHERE o.company_id = %s::bigint AND o.supplier_id = %s::bigint
 AND o.state IN ('approved', 'confirmed', 'partly_shipped', 'shipped', 'partly_received')
 AND NOT EXISTS (SELECT 1 FROM purchasing_sending s WHERE s.order_id = o.id) ORDER BY o.id DESC LIMIT 12
"""
_PASSWORD = """
UPDATE portal_supplierperson SET password = %s::text, token_hash = NULL, token_ends = NULL, accepted_at = now()
WHERE id = %s::bigint
"""
ACCOUNT = "supplier@example.com"


def sign_in(people: Mapping[str, Actor], password: str) -> list[tuple[str, str, str]]:
    """A supplier with an account: its open orders were sent, and somebody there has the password of all the others."""
    buyer = people["admin"]
    row = db.row(_BUSIEST, [buyer.company_id])
    if row is None:
        return []
    for (number,) in db.rows(_OPEN_ORDERS, [buyer.company_id, row[0]]):
        purchasing.send_order(actor=buyer, number=number, email="", recipient=RECIPIENT, language="en")
    person = commands.invite_supplier_person(
        actor=buyer, supplier=row[1], email=ACCOUNT, name=RECIPIENT, rights=rules.RIGHTS, language="en"
    )
    db.execute(_PASSWORD, [make_password(password), person.id])
    return [(f"供应商 {row[1]} /s/", ACCOUNT, password)]
