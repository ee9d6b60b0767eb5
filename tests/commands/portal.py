"""Situations of customers' and suppliers' links."""

from __future__ import annotations

import secrets
from datetime import date
from decimal import Decimal

from gendan.accounts.secret import Secret
from gendan.portal import commands
from gendan.portal.commands.production import ProgressIn
from gendan.portal.errors import InvitationOver
from gendan.portal.rules import LineAnswer, Part
from gendan.portal.tests.accounts import PASSWORD, invite, join, token_of
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests.make import make_order

from .quality import opened
from .sales import order
from .scenario import Arguments, World, scenario


@scenario("portal.create_link")
def create_link(world: World) -> Arguments:
    return {"number": order(world), "recipient": "王五"}


@scenario("portal.revoke_link")
def revoke_link(world: World) -> Arguments:
    return {"link_id": commands.create_link(actor=world.admin, number=order(world)).id}


@scenario("portal.ask_question")
def ask_question(world: World) -> Arguments:
    return {"number": order(world), "text": "什么时候到？"}


@scenario("portal.answer_question")
def answer_question(world: World) -> Arguments:
    return {"number": order(world), "text": "明天到。"}


@scenario("portal.answer_order")
def answer_order(world: World) -> Arguments:
    number = make_order(world.buy, 10, 20).number
    purchasing.send_order(actor=world.admin, number=number, email="", recipient="王经理")
    due = date(2030, 5, 20)
    late = LineAnswer(2, "change", (Part(Decimal(5), due), Part(Decimal(15), due)), Decimal(8))
    return {"number": number, "lines": [LineAnswer(1, "accept"), late]}


@scenario("portal.answer_corrective")
def answer_corrective(world: World) -> Arguments:
    given = {"cause": "刀具磨损", "action": "换刀并全检"}
    return {"number": opened(world), "supplier": world.buy.supplier.pk, **given}


@scenario("portal.report_progress")
def report_progress(world: World) -> Arguments:
    return {"number": make_order(world.buy, 10).number, "lines": [ProgressIn(1, 40, "热处理")]}


@scenario("portal.invite_supplier_person")
def invite_supplier_person(world: World) -> Arguments:
    return {"supplier": "S001", "email": "li@s001.example", "name": "李销售", "rights": ["answer"]}


@scenario("portal.save_supplier_person")
def save_supplier_person(world: World) -> Arguments:
    return {"person": invite(world.admin), "rights": ["ship"], "is_active": True}


@scenario("portal.reset_supplier_person")
def reset_supplier_person(world: World) -> Arguments:
    return {"person": invite(world.admin)}


@scenario("portal.invite_colleague")
def invite_colleague(world: World) -> Arguments:
    return {"by": invite(world.admin), "email": "wu@s001.example", "name": "吴跟单", "rights": ["answer"]}


@scenario("portal.save_colleague")
def save_colleague(world: World) -> Arguments:
    boss = invite(world.admin)
    return {"by": boss, "person": invite(world.admin, email="wu@s001.example"), "rights": ["answer"]}


@scenario("portal.reset_colleague")
def reset_colleague(world: World) -> Arguments:
    return {"by": invite(world.admin), "person": invite(world.admin, email="wu@s001.example")}


@scenario("portal.join_supplier", refusal=InvitationOver)
def join_supplier(world: World) -> Arguments:
    return {"token": Secret(token_of(invite(world.admin))), "password": Secret(PASSWORD)}


@scenario("portal.save_own_account")
def save_own_account(world: World) -> Arguments:
    return {"person": invite(world.admin), "name": "李经理", "language": "en"}


@scenario("portal.change_supplier_password")
def change_supplier_password(world: World) -> Arguments:
    person = invite(world.admin)
    join(person)
    return {"person": person, "current": Secret(PASSWORD), "password": Secret("anders-als-vorher-9")}


@scenario("portal.end_supplier_sessions")
def end_supplier_sessions(world: World) -> Arguments:
    person = invite(world.admin)
    join(person)
    return {"person": person}


@scenario("portal.create_supplier_key")
def create_supplier_key(world: World) -> Arguments:
    return {"person": invite(world.admin), "name": "ERP", "key": Secret("gds_" + secrets.token_urlsafe(32))}


@scenario("portal.revoke_supplier_key")
def revoke_supplier_key(world: World) -> Arguments:
    person = invite(world.admin)
    key = Secret("gds_" + secrets.token_urlsafe(32))
    made = commands.create_supplier_key(actor=world.admin, person=person, name="ERP", key=key)
    return {"person": person, "key_id": made.id}
