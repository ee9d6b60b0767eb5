"""Situations of the rules about stock, selling and control."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from gendan.accounts.models import Company, Membership
from gendan.accounts.tests.make import actor_for, make_user
from gendan.alerts.tests.situations import DUE, Change, Situation, World, after, situation
from gendan.catalog.models import Location
from gendan.changes import commands as changes
from gendan.changes.targets import TARGETS
from gendan.inventory.tests import make as inventory
from gendan.kernel import db
from gendan.purchasing.tests import make as buying
from gendan.sales.tests import make as selling

HELD = "UPDATE inventory_balance SET on_hand = {} WHERE company_id = %(company)s"
PRODUCT = "UPDATE catalog_product SET {} WHERE company_id = %(company)s AND code = 'BOLT'"
SOLD = "UPDATE sales_salesline SET {} WHERE company_id = %(company)s AND line_no = 1"
BOUGHT = "UPDATE purchasing_purchaseorder SET {} WHERE company_id = %(company)s"


@situation("low_stock")
def low_stock(world: World) -> Situation:
    inventory.stock(world.stock, "BOLT", 10)
    world.now(PRODUCT.format("safety_stock = 50"))
    mend, spoil = (world.set(PRODUCT.format(f"safety_stock = {n}")) for n in (5, 50))
    return Situation(mend, spoil, world.today, says={"free": 10, "safety": 50})


def sold_daily(world: World, quantity: int, times: int) -> None:
    """So much of BOLT went to customers, every day for so many days up to today."""
    place = world.stock.main.default_location_id
    world.now(
        "INSERT INTO inventory_stockmove (company_id, product_id, from_location_id, to_location_id, quantity,"
        " occurred_at, source_kind, source_id, source_number)"
        " SELECT %(company)s, %(product)s, %(place)s, lo.id, %(quantity)s,"
        " now() - make_interval(days => n), 'dn', n, 'DN-1' FROM generate_series(0, %(last)s::int) AS n"
        " JOIN catalog_location lo ON lo.company_id = %(company)s AND lo.kind = 'customer'",
        product=world.stock.bolt.pk,
        place=place,
        quantity=quantity,
        last=times - 1,
    )


@situation("stock_out")
def stock_out(world: World) -> Situation:
    inventory.stock(world.stock, "BOLT", 100)
    sold_daily(world, 10, 60)
    return Situation(world.set(HELD.format(1000)), world.set(HELD.format(100)), after(world.today, 1))


@situation("overstock")
def overstock(world: World) -> Situation:
    inventory.stock(world.stock, "BOLT", 1000)
    sold_daily(world, 1, 90)
    return Situation(world.set(HELD.format(90)), world.set(HELD.format(1000)), after(world.today, 1))


@situation("slow_mover")
def slow_mover(world: World) -> Situation:
    inventory.stock(world.stock, "BOLT", 10)
    day = after(world.today, 200)
    return Situation(world.set(HELD.format(0)), world.set(HELD.format(10)), day, (after(world.today, 100),))


@situation("expiring_lot")
def expiring_lot(world: World) -> Situation:
    inventory.stock(world.stock, "GLUE", 10, lot="L1")
    world.now("UPDATE inventory_lot SET expires_on = '2026-12-31' WHERE company_id = %(company)s")
    says = {"lot": "L1", "on_hand": 10}
    mend, spoil = world.set(HELD.format(0)), world.set(HELD.format(10))
    return Situation(mend, spoil, DUE, (after(DUE, -1),), 0, says)


@situation("failed_inspection")
def failed_inspection(world: World) -> Situation:
    place = Location.objects.get(company_id=world.actor.company_id, kind="rejected", warehouse=world.stock.main)
    world.now(
        "INSERT INTO inventory_balance (company_id, product_id, location_id, on_hand, reserved, allow_negative)"
        " VALUES (%(company)s, %(product)s, %(place)s, 3, 0, false)",
        product=world.stock.bolt.pk,
        place=place.pk,
    )
    return Situation(world.set(HELD.format(0)), world.set(HELD.format(3)), world.today, says={"on_hand": 3})


@situation("sales_not_shipped")
def sales_not_shipped(world: World) -> Situation:
    selling.make_order(world.sell, 10)
    world.now(SOLD.format(f"due_on = '{DUE}'"))
    mend, spoil = (world.set(SOLD.format(f"due_on = due_on + {n}")) for n in (30, -30))
    return Situation(mend, spoil, after(DUE, 2), (DUE,), 2, {"missing": 10})


@situation("reservation_unmet")
def reservation_unmet(world: World) -> Situation:
    selling.make_order(world.sell, 10)
    world.now(SOLD.format(f"due_on = '{DUE}'"))
    mend, spoil = (world.set(SOLD.format(f"reserved = {n}")) for n in (10, 0))
    return Situation(mend, spoil, after(DUE, -7), (after(DUE, -8),), 0, {"uncovered": 10})


@situation("credit_exceeded")
def credit_exceeded(world: World) -> Situation:
    selling.make_order(world.sell, 10)
    limit = "UPDATE catalog_partner SET credit_limit = {} WHERE company_id = %(company)s AND code = 'C001'"
    world.now(limit.format(50))
    return Situation(world.set(limit.format(10_000)), world.set(limit.format(50)), world.today, says={"limit": 50})


@situation("approval_overdue")
def approval_overdue(world: World) -> Situation:
    buying.make_order(world.buy, 10, actor=replace(world.actor, amount_limit=Decimal(0)))
    mend, spoil = (world.set(BOUGHT.format(f"state = '{state}'")) for state in ("approved", "pending_approval"))
    return Situation(mend, spoil, after(world.today, 3), (world.today,))


@situation("change_unanswered")
def change_unanswered(world: World) -> Situation:
    number = buying.make_order(world.buy, 10).number
    buying.confirm(world.buy, number)
    content = TARGETS["po"].read(world.actor, number).content
    first, *others = content["lines"]
    wanted = {**content, "lines": [{**first, "quantity": "12"}, *others]}
    changes.create_change(actor=world.actor, kind="po", order=number, content=wanted, reason="加量", submit=True)
    state = "UPDATE changes_changeorder SET state = '{}' WHERE company_id = %(company)s"
    mend, spoil = (world.set(state.format(word)) for word in ("withdrawn", "awaiting_partner"))
    return Situation(mend, spoil, after(world.today, 4), (world.today, after(world.today, 1)), says={"order": number})


def limited(world: World, *quantities: int) -> tuple[Change, Change]:
    """Orders of somebody who may approve 100; the changes of that limit to 1000 and back."""
    user = make_user(Company.objects.get(pk=world.actor.company_id), permissions=["*"], limit=100)
    actor = replace(actor_for(user), amount_limit=Decimal(100))
    for quantity in quantities:
        buying.make_order(world.buy, quantity, actor=actor)
    role = Membership.objects.get(user=user).roles.get().pk
    sql = "UPDATE accounts_role SET amount_limit = {} WHERE company_id = %(company)s AND id = %(role)s"
    return world.set(sql.format(1000), role=role), world.set(sql.format(100), role=role)


@situation("order_split")
def order_split(world: World) -> Situation:
    mend, spoil = limited(world, 6, 7)
    return Situation(mend, spoil, world.today, says={"count": 2})


@situation("below_limit")
def below_limit(world: World) -> Situation:
    mend, spoil = limited(world, 10)
    return Situation(mend, spoil, world.today, says={"limit": 100, "amount": 99})


@situation("round_figure")
def round_figure(world: World) -> Situation:
    buying.make_order(world.buy, 10)
    world.now(BOUGHT.format("ordered_on = '2026-11-29', gross = 20000"))
    mend, spoil = (world.set(BOUGHT.format(f"gross = {gross}")) for gross in (20001, 20000))
    return Situation(mend, spoil, DUE, (after(DUE, 60),))


@situation("supplier_is_employee")
def supplier_is_employee(world: World) -> Situation:
    person = make_user(Company.objects.get(pk=world.actor.company_id), permissions=[], phone="138 0000 1111")
    db.execute(
        "INSERT INTO catalog_contact (partner_id, name, title, phone, email, is_main)"
        " VALUES (%s, '王五', '', '13800001111', '', true)",
        [world.buy.supplier.pk],
    )
    phone = "UPDATE accounts_user SET phone = '{}' WHERE id = %(user)s"
    mend, spoil = (
        world.set(phone.format(n) + " AND %(company)s::bigint > 0", user=person.pk) for n in ("1", "138-00001111")
    )
    return Situation(mend, spoil, world.today, says={"person": person.name})
