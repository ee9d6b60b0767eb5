"""Situations of exceptions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from gendan.accounts import commands as accounts
from gendan.accounts.models import User
from gendan.accounts.tests.make import make_user
from gendan.alerts import commands
from gendan.alerts.models import Case
from gendan.alerts.remedies.urging import AnswerIn
from gendan.purchasing.tests.make import make_order

from .scenario import Arguments, World, scenario

LATER = datetime(2026, 12, 5, 10, tzinfo=ZoneInfo("Asia/Shanghai"))  # the lines of make_order were due on the 1st
SEES = ("purchasing.view",)
OWN = "it looks at the documents of one's own company only"


def found(world: World) -> str:
    """The case of an order that should have come; it is the administrator's."""
    order = make_order(world.buy, 10).number
    commands.scan(actor=world.admin, rules=["overdue_receipt"], now=LATER)
    return Case.objects.get(company_id=world.admin.company_id, document_number=order).number


def with_superior(world: World) -> None:
    """The administrator has somebody above."""
    mine = User.objects.get(pk=world.admin.user_id).username
    accounts.update_user(actor=world.admin, username=mine, superior=world.colleague.username)


@scenario("alerts.scan", own=OWN)
def scan(world: World) -> Arguments:
    make_order(world.buy, 10)
    return {"rules": ["overdue_receipt"], "now": LATER}


@scenario("alerts.read_events", own=OWN)
def read_events(world: World) -> Arguments:
    commands.read_events(actor=world.admin)
    make_order(world.buy, 10)
    return {"now": LATER}


@scenario("alerts.mind_answers", own=OWN)
def mind_answers(world: World) -> Arguments:
    with_superior(world)
    found(world)
    return {"now": LATER + timedelta(days=30)}


@scenario("alerts.take_case", asks=SEES)
def take_case(world: World) -> Arguments:
    return {"number": found(world)}


@scenario("alerts.assign_case", asks=SEES)
def assign_case(world: World) -> Arguments:
    return {"number": found(world), "to": make_user(world.company, ["admin"]).username, "note": "请跟进"}


@scenario("alerts.snooze_case", asks=SEES)
def snooze_case(world: World) -> Arguments:
    return {"number": found(world), "until": timezone.localdate() + timedelta(days=30), "note": "等放假后"}


@scenario("alerts.resolve_case", asks=SEES)
def resolve_case(world: World) -> Arguments:
    return {"number": found(world), "note": "已电话确认"}


@scenario("alerts.dismiss_case", asks=SEES)
def dismiss_case(world: World) -> Arguments:
    return {"number": found(world), "reason": "供应商已说明"}


@scenario("alerts.reopen_case", asks=SEES)
def reopen_case(world: World) -> Arguments:
    number = found(world)
    commands.resolve_case(actor=world.admin, number=number)
    return {"number": number, "note": "其实没有到货"}


@scenario("alerts.escalate_case", asks=SEES)
def escalate_case(world: World) -> Arguments:
    with_superior(world)
    return {"number": found(world), "note": "解决不了"}


@scenario("alerts.save_rule", own="every company has the same built-in rules, and sets up its own")
def save_rule(world: World) -> Arguments:
    return {"code": "overdue_receipt", "thresholds": {"days": Decimal(3)}, "severity": "low"}


@scenario("alerts.record_remedy", asks=SEES)
def record_remedy(world: World) -> Arguments:
    number = found(world)
    effect = {"code": "accepted", "args": {"reason": "样品"}}
    return {
        "number": number,
        "remedy": "accept_difference",
        "values": {"reason": "样品"},
        "effect": effect,
        "now": LATER,
    }


@scenario("alerts.urge_supplier", asks=(*SEES, "purchasing.view_price"))
def urge_supplier(world: World) -> Arguments:
    return {"number": found(world), "email": "sales@example.com", "recipient": "王经理"}


@scenario("alerts.answer_urge")
def answer_urge(world: World) -> Arguments:
    number = found(world)
    urge = commands.urge_supplier(actor=world.admin, number=number).data["urge"]
    order = Case.objects.get(company_id=world.admin.company_id, number=number).document_number
    return {"urge": urge, "lines": [AnswerIn(order, 1, "date", date(2030, 1, 1))]}


@scenario("alerts.mind_urges", own=OWN)
def mind_urges(world: World) -> Arguments:
    with_superior(world)
    commands.urge_supplier(actor=world.admin, number=found(world))
    return {"now": LATER + timedelta(days=3650)}


WRITTEN = {"name": "大额订单行", "trigger": "state", "condition": "missing > 5.0"}
OWN_RULES = "every company has its own rules under the same codes"


def mattered_little(world: World) -> None:
    """A rule whose cases went away by themselves within the day."""
    now = timezone.now()
    common = {"company_id": world.admin.company_id, "rule": "overdue_receipt", "severity": "low", "state": "resolved"}
    Case.objects.bulk_create(
        Case(**common, number=f"EX-9{n}", key=f"x{n}", document_kind="po", document_id=1, document_number="PO-1",
             active=False, opened_at=now, closed_at=now, closed_how="gone")
        for n in range(12)
    )  # fmt: skip


@scenario("alerts.save_own_rule")
def save_own_rule(world: World) -> Arguments:
    code = commands.save_own_rule(actor=world.admin, definition=WRITTEN).number
    return {"code": code, "definition": {"condition": "missing > 9.0"}}


@scenario("alerts.restore_own_rule")
def restore_own_rule(world: World) -> Arguments:
    code = commands.save_own_rule(actor=world.admin, definition=WRITTEN).number
    commands.save_own_rule(actor=world.admin, code=code, definition={"condition": "missing > 9.0"})
    return {"code": code, "to": 1}


@scenario("alerts.import_own_rules", own=OWN_RULES)
def import_own_rules(world: World) -> Arguments:
    return {"rules": [WRITTEN]}


@scenario("alerts.apply_proposal")
def apply_proposal(world: World) -> Arguments:
    mattered_little(world)
    return {"rule": "overdue_receipt", "after": "1"}


@scenario("alerts.undo_proposal")
def undo_proposal(world: World) -> Arguments:
    mattered_little(world)
    done = commands.apply_proposal(actor=world.admin, rule="overdue_receipt", after="1")
    return {"proposal": done.data["proposal"]}


@scenario("alerts.tell_report", own=OWN)
def tell_report(world: World) -> Arguments:
    found(world)
    return {"week": date(2026, 11, 30)}
