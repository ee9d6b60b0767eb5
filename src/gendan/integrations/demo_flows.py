"""Approvals in the demonstration company: small requisitions pass by themselves, large ones wait for the management.

Orders are approved by limit as before; the flow for large ones is drawn, and waits to be published.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from gendan.flow import commands as flow
from gendan.flow.examples import example
from gendan.flow.queries.inbox import Wanted, inbox
from gendan.kernel.actor import Actor
from gendan.purchasing import commands
from gendan.purchasing.rules.requisitions import RequestIn

# product, quantity, supplier, what for: 160, 5,900 and 59,000 CNY
WISHES = (
    ("P0001", 500, "S001", "车间维修"),
    ("P0005", 1000, "S003", "十二月包装"),
    ("P0005", 10000, "S003", "全年框架备货"),
)


def tell(people: dict[str, Actor], today: date) -> None:
    """Publish the flow for requisitions, draw the one for orders, and submit three requisitions."""
    for code in ("small_requests", "large_orders"):
        one = example(code)
        flow.create_flow(actor=people["admin"], kind=one["kind"], name=one["name"], definition=one["definition"])
    flow.publish_flow(actor=people["admin"], kind="requisition", note="从示例开始")
    for product, quantity, supplier, reason in WISHES:
        day = today + timedelta(days=21)
        lines = [RequestIn(product, Decimal(quantity), "PCS", day, supplier)]
        done = commands.create_requisition(
            actor=people["sales"], warehouse="MAIN", lines=lines, required_on=day, reason=reason, submit=True
        )
    waiting = inbox(people["manager"], Wanted(kind="requisition")).items
    (last,) = (row for row in waiting if row.number == done.number)
    flow.approve_task(actor=people["manager"], task_id=last.id, note="价格已核对，同意")
