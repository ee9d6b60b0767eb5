"""Situations of the rules about suppliers beside their orders."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal

from gendan.alerts.tests.situations import Situation, World, after, situation
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests import make as buying
from gendan.quality import commands as quality
from gendan.sourcing import commands as sourcing
from gendan.sourcing.rules.inquiry import LineIn, SupplierIn
from gendan.sourcing.rules.papers import PaperIn

SENDING = "UPDATE purchasing_sending SET {} WHERE company_id = %(company)s"
PAPER = "UPDATE sourcing_supplierpaper SET {} WHERE company_id = %(company)s"
INVITED = "UPDATE sourcing_invitation SET answers = {} WHERE company_id = %(company)s"
ACTION = "UPDATE quality_correctiveaction SET state = '{}' WHERE company_id = %(company)s"


@situation("supplier_silent")
def supplier_silent(world: World) -> Situation:
    number = buying.make_order(world.buy, 10).number
    purchasing.send_order(actor=world.actor, number=number, email="", recipient="王经理")
    mend, spoil = world.set(SENDING.format("seen_at = now()")), world.set(SENDING.format("seen_at = NULL"))
    return Situation(mend, spoil, after(world.today, 2), (world.today,), 2, {"sent_to": "王经理"})


@situation("paper_expiring")
def paper_expiring(world: World) -> Situation:
    ends = after(world.today, 40)
    sourcing.save_paper(actor=world.actor, supplier="S001", paper=PaperIn("licence", "营业执照", expires_on=ends))
    mend = world.set(PAPER.format("expires_on = expires_on + 365"))
    spoil = world.set(PAPER.format("expires_on = expires_on - 365"))
    return Situation(mend, spoil, after(ends, 2), (after(ends, -31),), 2, {"paper": "营业执照"})


@situation("inquiry_unanswered")
def inquiry_unanswered(world: World) -> Situation:
    line, asked = LineIn("BOLT", Decimal(100)), SupplierIn("S001")
    closes = datetime.combine(after(world.today, 10), time(12), UTC)
    done = sourcing.create_inquiry(
        actor=world.actor, warehouse="MAIN", lines=[line], suppliers=[asked], closes_at=closes
    )
    sourcing.send_inquiry(actor=world.actor, number=done.number)
    mend, spoil = world.set(INVITED.format(1)), world.set(INVITED.format(0))
    return Situation(mend, spoil, after(world.today, 10), (world.today, after(world.today, 8)), 0, {"count": 1})


@situation("action_overdue")
def action_overdue(world: World) -> Situation:
    due = after(world.today, 5)
    quality.create_action(actor=world.actor, problem="螺纹不合格", due_on=due, supplier="S001", product="BOLT")
    mend, spoil = world.set(ACTION.format("answered")), world.set(ACTION.format("open"))
    return Situation(mend, spoil, after(due, 3), (due,), 3, {"problem": "螺纹不合格"})


@situation("contract_ending")
def contract_ending(world: World) -> Situation:
    ends = after(world.today, 60)
    world.now(
        "INSERT INTO sourcing_contract (company_id, number, state, version, created_by_id, partner_id, currency,"
        " valid_from, valid_to, created_at, updated_at, in_force_at)"
        " SELECT p.company_id, 'FC-000001', 'in_force', 1, %(user)s, p.id, 'CNY', %(from)s::date, %(to)s::date, now(),"
        " now(), now() FROM catalog_partner p WHERE p.company_id = %(company)s AND p.code = 'S001'",
        **{"user": world.actor.user_id, "from": world.today, "to": ends},
    )
    world.now(
        "INSERT INTO sourcing_contractline (company_id, contract_id, line_no, product_id, unit_id, quantity)"
        " SELECT c.company_id, c.id, 1, %(product)s, %(unit)s, 100 FROM sourcing_contract c"
        " WHERE c.company_id = %(company)s",
        product=world.stock.bolt.pk,
        unit=world.stock.bolt.unit_id,
    )
    buying.make_order(world.buy, 10)
    bought = "UPDATE purchasing_orderline SET contract = '{}', quantity = 90 WHERE company_id = %(company)s"
    mend, spoil = world.set(bought.format("")), world.set(bought.format("FC-000001"))
    spoil()
    return Situation(mend, spoil, after(ends, -45), (), 0, {"used_up": 90})
