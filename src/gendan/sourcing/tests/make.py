"""Situations of inquiries for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from gendan.accounts.models import Company
from gendan.catalog.tests import make as catalog
from gendan.kernel.actor import Actor
from gendan.kernel.sealed import unseal
from gendan.kernel.unit import Done
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.purchasing.tests import make as buying
from gendan.sourcing import commands
from gendan.sourcing.models import Invitation
from gendan.sourcing.rules.inquiry import AnswerLineIn, AwardIn, BreakIn, LineIn, SourceIn, SupplierIn

LINES = (LineIn("BOLT", Decimal(100)), LineIn("NUT", Decimal(200)))


@dataclass(slots=True)
class World:
    """A company with the suppliers S001, S002, S003, the products BOLT and NUT, seen by an administrator."""

    actor: Actor

    @property
    def company(self) -> Company:
        return Company.objects.get(pk=self.actor.company_id)


def make_world() -> World:
    """See World."""
    world = buying.make_world()
    company = Company.objects.get(pk=world.company_id)
    for code in ("S002", "S003"):
        catalog.make_supplier(company, code)
    return World(world.actor)


def inquire(world: World, *suppliers: str, send: bool = True, **fields: Any) -> str:
    """An inquiry for 100 BOLT and 200 NUT to the given suppliers (S001, S002)."""
    asked = [SupplierIn(code) for code in suppliers or ("S001", "S002")]
    lines = fields.pop("lines", LINES)
    done = commands.create_inquiry(actor=world.actor, warehouse="MAIN", lines=lines, suppliers=asked, **fields)
    if send:
        commands.send_inquiry(actor=world.actor, number=done.number)
    return done.number


def offer(line: int, price: str, days: int | None = 10, **fields: Any) -> AnswerLineIn:
    """A price for a line, without tax, delivered in some days; ``breaks``: further (from quantity, price)."""
    breaks = [BreakIn(Decimal(0), Decimal(price))]
    breaks += [BreakIn(Decimal(start), Decimal(each)) for start, each in fields.pop("breaks", ())]
    return AnswerLineIn(line, tuple(breaks), Decimal(0), days, **fields)


def answer(world: World, number: str, supplier: str, *lines: AnswerLineIn, **fields: Any) -> Done:
    """Enter an answer, in company currency without tax unless said otherwise."""
    given = {"tax_included": False, **fields}
    actor = given.pop("actor", world.actor)
    return commands.answer_inquiry(actor=actor, number=number, supplier=supplier, lines=lines, **given)


def award(world: World, number: str, *parts: tuple[int, str, str], **fields: Any) -> Done:
    """Award (line, supplier, quantity) parts."""
    awards = [AwardIn(line, supplier, Decimal(quantity)) for line, supplier, quantity in parts]
    return commands.award_inquiry(actor=fields.pop("actor", world.actor), number=number, awards=awards, **fields)


def answered(world: World, **fields: Any) -> str:
    """An inquiry that S001 (BOLT 2, NUT 1) and S002 (BOLT 1.8 in 30 days, NUT 1.2) answered."""
    number = inquire(world, **fields)
    answer(world, number, "S001", offer(1, "2", 5), offer(2, "1", 5))
    answer(world, number, "S002", offer(1, "1.8", 30), offer(2, "1.2", 30))
    return number


def requested(world: World, quantity: str = "100") -> str:
    """An approved requisition of BOLT."""
    lines = [RequestIn("BOLT", Decimal(quantity))]
    done = purchasing.create_requisition(actor=world.actor, warehouse="MAIN", lines=lines)
    purchasing.submit_requisition(actor=world.actor, number=done.number)
    return done.number


def for_requisition(number: str, quantity: str = "100") -> LineIn:
    """A line that asks for a requisition's first line."""
    return replace(LINES[0], quantity=Decimal(quantity), sources=(SourceIn(number, 1, Decimal(quantity)),))


def token_of(number: str, supplier: str) -> str:
    """The token of a supplier's link."""
    invited = Invitation.objects.get(inquiry__number=number, partner__code=supplier)
    return str(unseal(invited.token_sealed)["token"])


def in_past(number: str, closes_at: datetime) -> None:
    """Let an inquiry have ended."""
    from gendan.sourcing.models import Inquiry

    Inquiry.objects.filter(number=number).update(closes_at=closes_at)
