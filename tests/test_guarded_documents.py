"""Documents that take effect by a command of their own wait for approval once a company publishes a flow for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from gendan.accounts.tests.make import actor_for, api_client, make_user, signed_in_client
from gendan.flow import commands as flows
from gendan.flow.errors import InApproval, NotApproved
from gendan.flow.examples import offered
from gendan.flow.models import Instance, Task
from gendan.flow.subjects import subject_of
from gendan.flow.tests.make import approve, draw
from gendan.inventory import commands as stock
from gendan.kernel.documents import KINDS
from gendan.kernel.unit import COMMANDS
from gendan.kernel.verify import differences
from gendan.sales import commands as sales

from .commands import SCENARIOS
from .commands.scenario import World, make_world

pytestmark = pytest.mark.django_db
# kind: the command that lets it take effect, the state in which it waits, the state after, page, API
GUARDED = {
    "adjustment": ("inventory.post_adjustment", "draft", "posted", "/aj/{}/post", "/adjustments/{}/post"),
    "count": ("inventory.post_count", "review", "posted", "/sc/{}/post", "/counts/{}/post"),
    "transfer": ("inventory.post_transfer", "draft", "in_transit", "/tr/{}/post", "/transfers/{}/post"),
    "quotation": ("sales.send_quotation", "draft", "sent", "/qu/{}/do/send", "/quotations/{}/send"),
    "rtv": ("purchasing.approve_return", "draft", "approved", "/rtv/{}/approve", "/purchase-returns/{}/approve"),
    "qi": ("purchasing.concede_goods", "open", "done", "/qi/{}/concede", "/inspections/{}/concede"),
    "bill": ("settlement.approve_bill", "matched", "approved", "/bills/{}/do/approve", "/bills/{}/approve"),
    "rma": ("sales.approve_return", "requested", "approved", "/rma/{}/approve", "/returns/{}/approve"),
}


@dataclass(slots=True)
class Waiting:
    """A document of a company whose 孙 approves such documents."""

    world: World
    boss: Any
    kind: str
    number: str

    @property
    def state(self) -> str:
        model: Any = KINDS[self.kind]
        return str(model.objects.values_list("state", flat=True).get(number=self.number))

    @property
    def task(self) -> int:
        return Task.objects.get(instance__number=self.number, state="waiting").pk


def situation(world: World, kind: str) -> str:
    """A document that could take effect now."""
    if kind == "transfer":
        return stock.create_transfer(actor=world.admin, **SCENARIOS["inventory.create_transfer"].build(world)).number
    return str(SCENARIOS[GUARDED[kind][0]].build(world)["number"])


def make_waiting(kind: str) -> Waiting:
    """See Waiting; the flow is published after the document was written."""
    world = make_world()
    seen = [f"{context}.view" for context in ("inventory", "sales", "purchasing", "quality", "settlement")]
    boss = make_user(world.company, permissions=seen, limit=0, name="孙")
    number = situation(world, kind)
    draw(world.admin, approve("boss", {"by": "person", "value": boss.username}), kind=kind)
    return Waiting(world, boss, kind, number)


@pytest.mark.parametrize("kind", GUARDED)
def test_it_waits_and_takes_effect_when_everybody_agreed(kind: str) -> None:
    command, before, after, _page, _api = GUARDED[kind]
    found = make_waiting(kind)
    run = COMMANDS[command].run
    done = run(actor=found.world.admin, number=found.number)
    assert (done.state, done.data["approval"], found.state) == (before, "running", before)
    with pytest.raises(InApproval, match="孙"):
        run(actor=found.world.admin, number=found.number)
    assert flows.approve_task(actor=actor_for(found.boss), task_id=found.task).state == after
    assert found.state == after
    assert not any(each for _check, each in differences(found.world.admin.company_id))


@pytest.mark.parametrize("kind", GUARDED)
def test_by_page_and_by_api_it_waits_the_same_and_its_page_shows_whose_turn_it_is(kind: str) -> None:
    _command, before, after, page, api = GUARDED[kind]
    found = make_waiting(kind)
    web = signed_in_client(found.world.admin)
    answer = web.post(page.format(found.number), follow=True)
    assert "已提交审批" in answer.content.decode()
    assert "孙" in answer.content.decode()
    assert found.state == before
    again = api_client(found.world.admin).post(f"{api.format(found.number)}", {})
    assert (again.status_code, again.json()["code"]) == (409, "flow.InApproval")
    inbox = signed_in_client(found.boss)
    shown = inbox.get(f"/approvals/{kind}/{found.number}", follow=True).content.decode()
    assert f"/approvals/tasks/{found.task}/approve" in shown
    assert inbox.post(f"/approvals/tasks/{found.task}/approve", {"reason": ""}, follow=True).status_code == 200
    assert found.state == after


@pytest.mark.parametrize("kind", GUARDED)
def test_rejected_or_taken_back_it_has_not_taken_effect_and_may_be_sent_again(kind: str) -> None:
    command, before, after, _page, _api = GUARDED[kind]
    found = make_waiting(kind)
    run = COMMANDS[command].run
    run(actor=found.world.admin, number=found.number)
    flows.withdraw_approval(actor=found.world.admin, kind=kind, number=found.number)
    assert found.state == before
    run(actor=found.world.admin, number=found.number)
    flows.reject_task(actor=actor_for(found.boss), task_id=found.task, reason="不同意")
    assert found.state == ("rejected" if kind == "rma" else before)
    run(actor=found.world.admin, number=found.number)
    flows.approve_task(actor=actor_for(found.boss), task_id=found.task)
    assert found.state == after


def test_what_is_written_and_posted_in_one_breath_waits_too() -> None:
    world = make_world()
    boss = make_user(world.company, permissions=["inventory.view"], limit=0, name="孙")
    asked = [
        (stock.create_adjustment, SCENARIOS["inventory.create_adjustment"].build(world)),
        (stock.create_transfer, SCENARIOS["inventory.create_transfer"].build(world)),
    ]
    for kind in ("adjustment", "transfer"):
        draw(world.admin, approve("boss", {"by": "person", "value": boss.username}), kind=kind)
    for command, arguments in asked:
        done = command(actor=world.admin, **arguments, post=True)
        assert (done.state, done.data["approval"]) == ("draft", "running")
        task = Task.objects.get(instance__number=done.number, state="waiting")
        assert flows.approve_task(actor=actor_for(boss), task_id=task.pk).state in {"posted", "in_transit"}


def test_a_reversal_waits_like_what_it_reverses_and_can_be_given_up() -> None:
    world = make_world()
    arguments = SCENARIOS["inventory.reverse_adjustment"].build(world)
    boss = make_user(world.company, permissions=["inventory.view"], limit=0, name="孙")
    draw(world.admin, approve("boss", {"by": "person", "value": boss.username}), kind="adjustment")
    first = stock.reverse_adjustment(actor=world.admin, **arguments)
    assert first.state == "draft"
    with pytest.raises(InApproval):
        stock.cancel_document(actor=world.admin, number=first.number)
    flows.withdraw_approval(actor=world.admin, kind="adjustment", number=first.number)
    stock.cancel_document(actor=world.admin, number=first.number)
    second = stock.reverse_adjustment(actor=world.admin, **arguments)
    task = Task.objects.get(instance__number=second.number, state="waiting")
    assert flows.approve_task(actor=actor_for(boss), task_id=task.pk).state == "posted"
    assert not any(each for _check, each in differences(world.admin.company_id))


def test_a_quotation_that_was_never_approved_gives_no_order() -> None:
    found = make_waiting("quotation")
    with pytest.raises(NotApproved):
        sales.order_quotation(actor=found.world.admin, number=found.number)
    sales.send_quotation(actor=found.world.admin, number=found.number)
    flows.approve_task(actor=actor_for(found.boss), task_id=found.task)
    assert sales.order_quotation(actor=found.world.admin, number=found.number).kind == "so"


def test_every_kind_tells_facts_that_it_knows_and_has_an_example_without_errors() -> None:
    for kind in GUARDED:
        world = make_world()
        number = situation(world, kind)
        draw(world.admin, approve("boss", {"by": "person", "value": world.colleague.username}), kind=kind)
        COMMANDS[GUARDED[kind][0]].run(actor=world.admin, number=number)
        told, known = Instance.objects.get(number=number).facts, subject_of(kind).facts
        assert set(told) - {"split_with"} <= set(known), kind
        assert told["lines"], kind
        assert set(told["lines"][0]) <= set(known["lines"].fields), kind
    kinds = {one["kind"] for one in offered()}
    assert set(GUARDED) <= kinds
