"""Change orders of the demonstration company: one that took effect, one that waits for approval, one for the supplier;
and what a customer asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from gendan.changes import commands
from gendan.changes.targets import TARGETS
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done

_BOUGHT = """
SELECT o.number FROM purchasing_purchaseorder o WHERE o.company_id = %s::bigint AND o.state = 'confirmed'
 AND o.external_key IS NULL ORDER BY o.id LIMIT 3
"""
_SOLD = """
SELECT o.number FROM sales_salesorder o WHERE o.company_id = %s::bigint AND o.state = 'to_ship'
 AND o.external_key IS NULL ORDER BY o.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Story:
    people: Mapping[str, Actor]

    def numbers(self, sql: str) -> list[str]:
        return [row[0] for row in db.rows(sql, [self.people["admin"].company_id])]

    def change(self, who: str, kind: str, order: str, reason: str, *, factor: str, days: int = 0, **more: Any) -> Done:
        """Somebody asks for another quantity of the first line, or another day."""
        content = TARGETS[kind].read(self.people[who], order).content
        first, *others = content["lines"]
        quantity = (Decimal(first["quantity"]) * Decimal(factor)).to_integral_value() or Decimal(1)
        day = first.get("required_on")
        moved = {"required_on": (date.fromisoformat(day) + timedelta(days=days)).isoformat()} if day and days else {}
        wanted = {**content, "lines": [{**first, "quantity": quantity, **moved}, *others]}
        mine: dict[str, Any] = {"kind": kind, "order": order, "content": wanted, "reason": reason, "submit": True}
        return commands.create_change(actor=self.people[who], **mine, **more)

    def approved(self, done: Done) -> Done:
        """The administrator approves what waits for that."""
        if done.state != "pending_approval":
            return done
        return commands.approve_change(actor=self.people["admin"], number=done.number)


def tell(people: Mapping[str, Actor]) -> None:
    """Changes of orders that are under way, as far as there are such orders."""
    story = _Story(people)
    bought, sold = story.numbers(_BOUGHT), story.numbers(_SOLD)
    if len(bought) == 3:
        done = story.approved(story.change("manager", "po", bought[0], "门诊点晚五天才能收货", factor="1", days=5))
        if done.state == "awaiting_partner":
            commands.accept_change(actor=people["buyer"], number=done.number, note="供应商来电同意")
        story.approved(story.change("manager", "po", bought[1], "门诊点追加", factor="1.2", days=7))
        story.change("buyer", "po", bought[2], "追加安全库存", factor="1.5")
    if sold:
        story.change("admin", "so", sold[0], "客户来电减量", factor="0.8")
