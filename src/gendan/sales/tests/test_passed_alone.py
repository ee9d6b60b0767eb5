"""A flow that asks nobody is nobody's approval: every door says which flow let the document pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils.translation import override

from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.catalog.tests.make import make_supplier
from gendan.changes import commands as changes
from gendan.changes.targets import TARGETS
from gendan.flow.tests.make import draw
from gendan.kernel import duties, verify
from gendan.kernel.actor import Actor
from gendan.kernel.models import Event
from gendan.kernel.timeline import entries
from gendan.kernel.unit import Done
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.sales import commands
from gendan.sales.models import SalesOrder
from gendan.sales.queries.drafts import draft_of
from gendan.sales.rules.returned import ReturnIn
from gendan.sales.tests.make import World, make_order, make_world

pytestmark = pytest.mark.django_db
SMALL: dict[str, Any] = {
    "key": "worth",
    "type": "branch",
    "branches": [
        {"key": "small", "name": "小额", "when": "amount < 1000000.0", "nodes": []},
        {
            "key": "rest",
            "name": "其他",
            "when": "",
            "nodes": [{"key": "boss", "type": "approve", "name": "主管", "assignees": [{"by": "superior"}]}],
        },
    ],
}
PAGES = {"po": "/po/{}", "requisition": "/pr/{}", "so": "/so/{}", "co": "/co/{}", "rma": "/rma/{}"}
APIS = {
    "po": "purchase-orders",
    "requisition": "requisitions",
    "so": "sales-orders",
    "co": "changes",
    "rma": "returns",
}


def _order(world: World, *, submit: bool = True) -> Done:
    lines = [LineIn("BOLT", Decimal(4), Decimal("9.90"), required_on=date(2026, 12, 10))]
    return purchasing.create_order(actor=world.actor, supplier="S001", warehouse="MAIN", lines=lines, submit=submit)


def _po(world: World) -> str:
    return _order(world).number


def _po_later(world: World) -> str:
    number = _order(world, submit=False).number
    return purchasing.submit_order(actor=world.actor, number=number).number


def _requisition(world: World) -> str:
    lines = [RequestIn("BOLT", Decimal(2), required_on=date(2026, 12, 10))]
    made = purchasing.create_requisition(actor=world.actor, warehouse="MAIN", lines=lines, submit=True)
    return made.number


def _so(world: World) -> str:
    return make_order(world, 2).number


def _so_later(world: World) -> str:
    number = make_order(world, 2, submit=False).number
    return commands.submit_order(actor=world.actor, number=number).number


def _co(world: World) -> str:
    number = _order(world).number
    content: dict[str, Any] = TARGETS["po"].read(world.actor, number).content
    content["lines"][0]["quantity"] = "5"
    return changes.create_change(actor=world.actor, kind="po", order=number, content=content, submit=True).number


def _rma(world: World) -> str:
    order = make_order(world, 2).number
    sent = commands.deliver_order(actor=world.actor, number=order)
    commands.sign_delivery(actor=world.actor, number=sent.number)
    lines = [ReturnIn(order, 1, Decimal(1), "damaged")]
    return commands.request_return(actor=world.actor, lines=lines, approve=True).number


MADE = {
    "po": ("po", _po),
    "po submitted later": ("po", _po_later),
    "requisition": ("requisition", _requisition),
    "so": ("so", _so),
    "so submitted later": ("so", _so_later),
    "co": ("co", _co),
    "rma": ("rma", _rma),
}


def _own(actor: Actor) -> list[str]:
    """What the report says was approved by who submitted it."""
    return [row["number"] for row in duties.happened(actor) if row["rule"] == "submit_approve"]


@pytest.mark.parametrize("case", MADE)
def test_a_flow_that_asks_nobody_is_nobodys_approval(case: str) -> None:
    kind, make = MADE[case]
    world = make_world(bolts=10)
    make_supplier(world.actor.company_id, "S001")
    draw(world.actor, SMALL, kind=kind)
    number = make(world)
    event = Event.objects.get(subject_kind=kind, subject_number=number, type__endswith="_passed")
    flow = (event.data["flow"], event.data["version"])
    assert flow[1] == 1
    assert not Event.objects.filter(subject_number=number, type__endswith="_approved").exists()
    said = {entry["label"]: entry["text"] for entry in entries(world.actor, [(kind, event.subject_id)])}
    with override("en"):
        also = {entry["label"]: entry["text"] for entry in entries(world.actor, [(kind, event.subject_id)])}
    assert f"审批流程「{flow[0]}」第 1 版" in said["按审批流程通过，没有审批人"]
    assert "version 1" in also["Passed by the approval flow, nobody approved"]
    client = signed_in_client(world.actor)
    page = client.get(PAGES[kind].format(number)).content.decode()
    assert f"审批流程「{flow[0]}」第 1 版" in page
    told = api_client(world.actor).get(f"/api/v1/{APIS[kind]}/{number}").json()
    assert told["passed_by"] == {"flow": flow[0], "version": 1}
    assert not any(told.get(name) for name in ("approved_by", "decided_by", "approver"))
    audit = client.get(reverse("kernel:audit"), {"kind": kind, "number": number}).content.decode()
    assert "按审批流程通过，没有审批人" in audit
    assert number not in _own(world.actor)
    assert [(check.name, str(one)) for check, found in verify.differences() for one in found] == []


def test_without_a_flow_who_may_approves_the_own_and_the_report_says_so() -> None:
    world = make_world()
    make_supplier(world.actor.company_id, "S001")
    number = _order(world).number
    assert number in _own(world.actor)
    told = api_client(world.actor).get(f"/api/v1/purchase-orders/{number}").json()
    assert (told["passed_by"], bool(told["approved_by"])) == (None, True)


def test_an_edit_that_leaves_a_passed_order_approved_makes_nobody_its_approver() -> None:
    world = make_world(bolts=10)
    draw(world.actor, SMALL, kind="so")
    number = make_order(world, 2).number
    was = draft_of(world.actor, number).draft
    commands.update_order(actor=world.actor, number=number, draft=replace(was, note="改了备注"))
    order = SalesOrder.objects.get(number=number)
    assert (order.state, order.approved_by_id, bool(order.approved_at)) == ("to_ship", None, True)
