"""Situations of inquiries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from gendan.catalog.tests import make as catalog
from gendan.kernel.attachments import Content
from gendan.kernel.bulk import Undone
from gendan.kernel.errors import Invalid
from gendan.sourcing import commands
from gendan.sourcing.rules.contract import ContractDraft, ContractLineIn
from gendan.sourcing.rules.draft import InquiryDraft
from gendan.sourcing.rules.inquiry import AnswerLineIn, AwardIn, BreakIn, LineIn, SupplierIn
from gendan.sourcing.rules.papers import PaperIn

from .scenario import Arguments, World, scenario

PRICES = ("purchasing.view_price",)
LINES = (LineIn("BOLT", Decimal(100)),)
OFFER = (AnswerLineIn(1, (BreakIn(Decimal(0), Decimal("1.80")),), Decimal(0), 7),)


def inquiry(world: World, *, send: bool = False) -> str:
    """An inquiry for a hundred BOLT to S001."""
    done = commands.create_inquiry(actor=world.admin, warehouse="MAIN", lines=LINES, suppliers=[SupplierIn("S001")])
    if send:
        commands.send_inquiry(actor=world.admin, number=done.number)
    return done.number


def answered(world: World) -> str:
    """The same, answered."""
    number = inquiry(world, send=True)
    commands.answer_inquiry(actor=world.admin, number=number, supplier="S001", lines=OFFER)
    return number


@scenario("sourcing.create_inquiry", refusal=Invalid)
def create_inquiry(world: World) -> Arguments:
    return {"warehouse": "MAIN", "lines": LINES, "suppliers": [SupplierIn("S001")]}


@scenario("sourcing.update_inquiry")
def update_inquiry(world: World) -> Arguments:
    return {"number": inquiry(world), "draft": InquiryDraft("MAIN", "紧固件", lines=LINES)}


@scenario("sourcing.delete_inquiry")
def delete_inquiry(world: World) -> Arguments:
    return {"number": inquiry(world)}


@scenario("sourcing.send_inquiry")
def send_inquiry(world: World) -> Arguments:
    return {"number": inquiry(world)}


@scenario("sourcing.invite_supplier")
def invite_supplier(world: World) -> Arguments:
    catalog.make_supplier(world.company, "S009")
    return {"number": inquiry(world, send=True), "supplier": "S009"}


@scenario("sourcing.move_closing")
def move_closing(world: World) -> Arguments:
    return {"number": inquiry(world, send=True), "closes_at": timezone.now() + timedelta(days=3)}


@scenario("sourcing.answer_inquiry")
def answer_inquiry(world: World) -> Arguments:
    return {"number": inquiry(world, send=True), "supplier": "S001", "lines": OFFER}


@scenario("sourcing.award_inquiry", asks=("purchasing.create_order",))
def award_inquiry(world: World) -> Arguments:
    return {"number": answered(world), "awards": [AwardIn(1, "S001", Decimal(40))]}


@scenario("sourcing.close_inquiry")
def close_inquiry(world: World) -> Arguments:
    return {"number": answered(world), "reason": "不买了"}


@scenario("sourcing.save_settings", own="settings are of the actor's company")
def save_settings(world: World) -> Arguments:
    return {"values": {"late_answers": "refuse"}}


def paper(world: World) -> int:
    """A licence of S001 that ends in ten days."""
    ends = PaperIn("licence", "营业执照", expires_on=world.admin.today() + timedelta(days=10))
    return commands.save_paper(actor=world.admin, supplier="S001", paper=ends).id


@scenario("sourcing.save_paper")
def save_paper(world: World) -> Arguments:
    return {"supplier": "S001", "paper": PaperIn("licence", "营业执照"), "paper_id": paper(world)}


@scenario("sourcing.remove_paper")
def remove_paper(world: World) -> Arguments:
    return {"paper_id": paper(world)}


@scenario("sourcing.mind_papers", own="the worker looks in each company by itself")
def mind_papers(world: World) -> Arguments:
    paper(world)
    return {"today": world.admin.today()}


def contract_draft(world: World) -> ContractDraft:
    today = world.admin.today()
    line = ContractLineIn("BOLT", (BreakIn(Decimal(0), Decimal("1.8")),), Decimal(500))
    return ContractDraft("S001", today, today + timedelta(days=300), lines=(line,))


def contract(world: World, *, start: bool = False) -> str:
    number = commands.create_contract(actor=world.admin, draft=contract_draft(world)).number
    if start:
        commands.start_contract(actor=world.admin, number=number)
    return number


@scenario("sourcing.create_contract", refusal=Invalid, asks=PRICES)
def create_contract(world: World) -> Arguments:
    return {"draft": contract_draft(world)}


@scenario("sourcing.save_contract", asks=PRICES)
def update_contract(world: World) -> Arguments:
    return {"number": contract(world), "draft": replace(contract_draft(world), title="改了")}


@scenario("sourcing.delete_contract")
def delete_contract(world: World) -> Arguments:
    return {"number": contract(world)}


@scenario("sourcing.start_contract")
def start_contract(world: World) -> Arguments:
    return {"number": contract(world)}


@scenario("sourcing.change_contract", asks=PRICES)
def change_contract(world: World) -> Arguments:
    draft = replace(contract_draft(world), title="改了")
    return {"number": contract(world, start=True), "draft": draft, "reason": "年度调整"}


@scenario("sourcing.terminate_contract")
def terminate_contract(world: World) -> Arguments:
    return {"number": contract(world, start=True), "reason": "换供应商"}


@scenario("sourcing.sign_contract")
def sign_contract(world: World) -> Arguments:
    content = Content("合同.pdf", "application/pdf", 4, "ab" * 32)
    today = world.admin.today()
    return {"number": contract(world), "party": "ours", "signer": "王总", "signed_on": today, "content": content}


@scenario("sourcing.end_contracts", own="the worker looks in each company by itself")
def end_contracts(world: World) -> Arguments:
    contract(world, start=True)
    return {"today": world.admin.today() + timedelta(days=400)}


@scenario("sourcing.save_contracts", refusal=Undone, asks=PRICES)
def save_contracts(world: World) -> Arguments:
    return {"drafts": [replace(contract_draft(world), reference="HT-1")]}


def awarded(world: World) -> str:
    """The same, awarded to S001."""
    number = answered(world)
    commands.award_inquiry(actor=world.admin, number=number, awards=[AwardIn(1, "S001", Decimal(100))])
    return number


@scenario("sourcing.contract_awards", asks=PRICES)
def contract_awards(world: World) -> Arguments:
    return {"number": awarded(world)}


@scenario("sourcing.list_awards", asks=PRICES)
def list_awards(world: World) -> Arguments:
    return {"number": awarded(world)}
