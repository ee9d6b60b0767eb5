"""What the accountant of the demonstration company has on the desk: invoices of today's orders, payments both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.settlement import commands
from gendan.settlement.rules.lines import BillLineIn, Cover, PartIn

LATEST = 400  # of the history's orders, that are looked at beside today's
_NEWEST = "SELECT coalesce(max(id), 0) FROM purchasing_purchaseorder WHERE company_id = %s::bigint"
# Today's orders first, then the newest of the history.
_RECEIVED = """
SELECT o.number, p.code, array_agg(l.line_no ORDER BY l.line_no), array_agg(l.accepted - l.invoiced ORDER BY l.line_no)
FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id
JOIN catalog_partner p ON p.id = o.supplier_id
WHERE o.company_id = %s::bigint AND l.accepted > l.invoiced AND o.id > %s::bigint
GROUP BY o.id, p.code ORDER BY o.external_key IS NOT NULL, o.id DESC LIMIT 5
"""
_SOLD = """
SELECT o.number, o.gross FROM sales_salesorder o WHERE o.company_id = %s::bigint AND o.external_key IS NULL
 AND o.state IN ('shipped', 'signed') AND o.gross > 0 ORDER BY o.id LIMIT 2
"""


@dataclass(frozen=True, slots=True)
class Order:
    """An order of which something came in, and how much of each line."""

    number: str
    supplier: str
    lines: Sequence[int]
    quantities: Sequence[Decimal]


def tell(people: Mapping[str, Actor], today: date) -> None:
    """One invoice is paid, one in part and overdue, one waits for approval, one differs, one is a draft; a customer has
    paid half.
    """
    finance = people["finance"]
    (newest,), *_none = db.rows(_NEWEST, [finance.company_id])
    orders = [Order(*row) for row in db.rows(_RECEIVED, [finance.company_id, newest - LATEST])]
    story = (_paid, _overdue, _matched, _differs, _draft)
    for n, (order, chapter) in enumerate(zip(orders, story, strict=False), 1):
        chapter(finance, order, f"2631200000{n:04d}", today)
    for number, gross in db.rows(_SOLD, [finance.company_id])[:1]:
        half = (gross / 2).quantize(Decimal("0.01"))
        commands.receive_payment(actor=finance, parts=[PartIn(number, half)], reference="示例流水 0101")


def _lines(order: Order) -> list[BillLineIn]:
    return [
        BillLineIn(quantity, (Cover(order.number, line, quantity),))
        for line, quantity in zip(order.lines, order.quantities, strict=True)
    ]


def _posted(finance: Actor, order: Order, reference: str, dated_on: date, *extra: BillLineIn) -> str:
    done = commands.create_bill(
        actor=finance,
        supplier=order.supplier,
        reference=reference,
        lines=[*_lines(order), *extra],
        dated_on=dated_on,
        post=True,
    )
    return done.number


def _paid(finance: Actor, order: Order, reference: str, today: date) -> None:
    number = _posted(finance, order, reference, today - timedelta(days=12))
    commands.approve_bill(actor=finance, number=number, reason="示例")
    _pay(finance, number, Decimal(1))


def _overdue(finance: Actor, order: Order, reference: str, today: date) -> None:
    number = _posted(finance, order, reference, today - timedelta(days=40))
    commands.approve_bill(actor=finance, number=number, reason="示例")
    _pay(finance, number, Decimal("0.4"))


def _matched(finance: Actor, order: Order, reference: str, today: date) -> None:
    _posted(finance, order, reference, today - timedelta(days=2))


def _differs(finance: Actor, order: Order, reference: str, today: date) -> None:
    freight = BillLineIn(Decimal(1), (), Decimal(350), Decimal(0), description="运费（示例）")
    more = BillLineIn(Decimal(5), (Cover(order.number, order.lines[0], Decimal(5)),))
    _posted(finance, order, reference, today - timedelta(days=1), more, freight)


def _draft(finance: Actor, order: Order, reference: str, today: date) -> None:
    commands.create_bill(
        actor=finance, supplier=order.supplier, reference=reference, lines=_lines(order), dated_on=today
    )


def _pay(finance: Actor, number: str, share: Decimal) -> None:
    gross = db.rows(
        "SELECT gross FROM settlement_bill WHERE company_id = %s::bigint AND number = %s::text",
        [finance.company_id, number],
    )[0][0]
    amount = (gross * share).quantize(Decimal("0.01"))
    if amount > 0:
        commands.pay_bill(actor=finance, parts=[PartIn(number, amount)], reference="示例流水 0088")
