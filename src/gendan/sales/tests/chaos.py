"""One world in which anybody may do anything of both chains, for tests of what must hold whatever happens."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from gendan.inventory.models import Balance
from gendan.inventory.rules import AdjustmentLineIn, TransferLineIn
from gendan.inventory.tests import make as inventory
from gendan.kernel.errors import AppError
from gendan.kernel.unit import Done
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import GoodsReceipt, OrderLine, PurchaseOrder, Requisition
from gendan.purchasing.rules.inspection import InspectIn
from gendan.purchasing.rules.lines import LineIn as Bought
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.requisitions import Pick
from gendan.sales import commands
from gendan.sales.models import Delivery, Peg, SalesLine, SalesOrder
from gendan.sales.queries.drafts import draft_of
from gendan.sales.rules.lines import LineIn
from gendan.sales.tests.make import World

DAY = date(2027, 1, 4)


class Chaos:
    """Acts of both chains on BOLT, each with what the dice say; a refusal is an answer like any other."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice = world, random.Random(seed)
        self.done: list[str] = []
        self.refused: list[str] = []

    def act(self, times: int) -> None:
        """Do so many acts."""
        for _ in range(times):
            self.once(self.dice.choice(ACTS))

    def once(self, act: Callable[[Chaos], Done | None]) -> None:
        """One act, refused or not."""
        try:
            if act(self) is not None:
                self.done.append(act.__name__)
        except AppError as refusal:
            self.refused.append(f"{act.__name__}: {refusal}")

    def some(self, most: int = 12) -> Decimal:
        return Decimal(self.dice.randint(1, most))

    def one(self, numbers: list[str]) -> str | None:
        return self.dice.choice(numbers) if numbers else None

    def orders(self, *states: str) -> list[str]:
        found = SalesOrder.objects.filter(company_id=self.world.actor.company_id, state__in=states)
        return list(found.order_by("id").values_list("number", flat=True))

    def purchases(self) -> list[str]:
        found = PurchaseOrder.objects.filter(
            company_id=self.world.actor.company_id, is_open=True, approved_at__isnull=False
        )
        return list(found.order_by("id").values_list("number", flat=True))


def sell(c: Chaos) -> Done:
    line = LineIn("BOLT", c.some(), Decimal("9.90"), requested_on=DAY + timedelta(days=c.dice.randint(0, 30)))
    return commands.create_order(actor=c.world.actor, customer="C001", warehouse="MAIN", lines=[line], submit=True)


def buy(c: Chaos) -> Done:
    line = Bought("BOLT", c.some(20), Decimal(5), required_on=DAY + timedelta(days=c.dice.randint(0, 30)))
    return purchasing.create_order(actor=c.world.actor, supplier="S001", warehouse="MAIN", lines=[line], submit=True)


def confirm(c: Chaos) -> Done | None:
    if not (number := c.one(c.purchases())):
        return None
    wanted = OrderLine.objects.get(order__number=number, order__company_id=c.world.actor.company_id).quantity
    refused = min(c.some(), wanted)
    parts = [ConfirmIn(1, refused, refused=True)]
    if wanted > refused:
        parts.append(ConfirmIn(1, wanted - refused, DAY + timedelta(days=c.dice.randint(0, 60))))
    return purchasing.confirm_order(actor=c.world.actor, number=number, lines=parts)


def receive(c: Chaos) -> Done | None:
    if not (number := c.one(c.purchases())):
        return None
    return purchasing.receive_goods(actor=c.world.actor, order=number, lines=[ReceiveIn(1, c.some())])


def inspect(c: Chaos) -> Done | None:
    waiting = GoodsReceipt.objects.filter(company_id=c.world.actor.company_id, state="to_inspect")
    if not (number := c.one(list(waiting.order_by("id").values_list("number", flat=True)))):
        return None
    lines = [InspectIn(1, c.some(6), c.some(3))]
    return purchasing.inspect_receipt(actor=c.world.actor, number=number, lines=lines)


def reverse(c: Chaos) -> Done | None:
    posted = GoodsReceipt.objects.filter(company_id=c.world.actor.company_id, state="posted", reverses=None)
    if not (number := c.one(list(posted.order_by("id").values_list("number", flat=True)))):
        return None
    return purchasing.reverse_receipt(actor=c.world.actor, number=number, reason="收错")


def end_purchase(c: Chaos) -> Done | None:
    if not (number := c.one(c.purchases())):
        return None
    end = c.dice.choice([purchasing.close_order, purchasing.cancel_order])
    return end(actor=c.world.actor, number=number, reason="停产")


def reserve(c: Chaos) -> Done | None:
    number = c.one(c.orders("to_ship", "partly_shipped"))
    return commands.reserve_order(actor=c.world.actor, number=number) if number else None


def release(c: Chaos) -> Done | None:
    number = c.one(c.orders("to_ship", "partly_shipped"))
    return commands.release_order(actor=c.world.actor, number=number) if number else None


def deliver(c: Chaos) -> Done | None:
    number = c.one(c.orders("to_ship", "partly_shipped"))
    return commands.deliver_order(actor=c.world.actor, number=number) if number else None


def plan_delivery(c: Chaos) -> Done | None:
    number = c.one(c.orders("to_ship", "partly_shipped"))
    return commands.create_delivery(actor=c.world.actor, orders=[number]) if number else None


def deliveries(c: Chaos, *states: str) -> list[str]:
    found = Delivery.objects.filter(company_id=c.world.actor.company_id, state__in=states)
    return list(found.order_by("id").values_list("number", flat=True))


def ship(c: Chaos) -> Done | None:
    number = c.one(deliveries(c, "to_pick", "picking", "packed"))
    return commands.ship_delivery(actor=c.world.actor, number=number) if number else None


def cancel_delivery(c: Chaos) -> Done | None:
    number = c.one(deliveries(c, "to_pick", "picking", "packed", "shipped"))
    return commands.cancel_delivery(actor=c.world.actor, number=number, reason="改期") if number else None


def sign(c: Chaos) -> Done | None:
    number = c.one(deliveries(c, "shipped"))
    return commands.sign_delivery(actor=c.world.actor, number=number) if number else None


def end_sale(c: Chaos) -> Done | None:
    number = c.one(c.orders("to_ship", "partly_shipped"))
    end = c.dice.choice([commands.close_order, commands.cancel_order])
    return end(actor=c.world.actor, number=number, reason="客户取消") if number else None


def reallocate(c: Chaos) -> Done:
    return commands.reallocate(actor=c.world.actor)


def move(c: Chaos) -> Done | None:
    numbers = c.orders("to_ship", "partly_shipped")
    if len(numbers) < 2:
        return None
    giver, taker = c.dice.sample(numbers, 2)
    return commands.move_reservation(actor=c.world.actor, number=giver, line=1, to_number=taker, to_line=1)


def ask(c: Chaos) -> Done:
    return commands.request_shortage(actor=c.world.actor)


def order_asked(c: Chaos) -> Done | None:
    found = Requisition.objects.filter(company_id=c.world.actor.company_id, state__in=("approved", "partly_ordered"))
    if not (number := c.one(list(found.order_by("id").values_list("number", flat=True)))):
        return None
    pick = Pick(number, 1, supplier="S001", unit_price=Decimal(5))
    return purchasing.order_requisitions(actor=c.world.actor, lines=[pick], submit=True)


def end_request(c: Chaos) -> Done | None:
    found = Requisition.objects.filter(company_id=c.world.actor.company_id).exclude(state__in=("ordered", "cancelled"))
    number = c.one(list(found.order_by("id").values_list("number", flat=True)))
    return purchasing.cancel_requisition(actor=c.world.actor, number=number) if number else None


def lose(c: Chaos) -> Done:
    lost = AdjustmentLineIn("BOLT", -c.some(4), c.dice.choice(["A-01", "A-02"]))
    return inventory.adjust(c.world.stock, lost, post=True)


def carry(c: Chaos) -> Done:
    places = c.dice.sample(["A-01", "A-02"], 2)
    return inventory.transfer(c.world.stock, TransferLineIn("BOLT", c.some(6), *places), post=True)


def change(c: Chaos) -> Done | None:
    number = c.one(c.orders("draft", "pending_review", "to_ship"))
    if not number:
        return None
    found = draft_of(c.world.actor, number)
    lines = tuple(replace(line, quantity=c.some()) for line in found.draft.lines)
    draft = replace(found.draft, lines=lines)
    return commands.update_order(actor=c.world.actor, number=number, draft=draft, version=found.version)


def cover(c: Chaos) -> Done | None:
    number = c.one(c.orders("to_ship", "partly_shipped"))
    if not number:
        return None
    purchase = c.dice.choice(["", *c.purchases()])
    return commands.cover_line(actor=c.world.actor, number=number, line=1, purchase=purchase)


ACTS: tuple[Callable[[Chaos], Done | None], ...] = (
    sell,
    sell,
    sell,
    buy,
    buy,
    confirm,
    receive,
    receive,
    inspect,
    reverse,
    end_purchase,
    reserve,
    release,
    deliver,
    plan_delivery,
    ship,
    cancel_delivery,
    sign,
    end_sale,
    reallocate,
    move,
    ask,
    order_asked,
    end_request,
    lose,
    carry,
    change,
    cover,
)


def what_is_wrong(world: World) -> list[str]:
    """What does not hold: the books, reserved ≤ on hand, ties ≤ both ends; empty when all is well."""
    found = [f"{check.name}: {one}" for check, many in differences(world.actor.company_id) for one in many]
    for balance in Balance.objects.filter(company_id=world.actor.company_id, location__kind="bin"):
        if not 0 <= balance.reserved <= balance.on_hand:
            found.append(f"balance {balance.pk}: {balance.reserved} of {balance.on_hand}")
    for line in SalesLine.objects.filter(company_id=world.actor.company_id):
        tied = Peg.objects.filter(line=line).aggregate(s=Sum("quantity"))["s"] or 0
        if tied > line.quantity - line.cancelled - line.shipped:
            found.append(f"line {line.pk}: {tied} tied")
    return found
