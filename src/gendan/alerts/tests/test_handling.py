"""Who may deal with an exception, who may not close one, to whom it can be handed, and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company, Membership, User
from gendan.accounts.tests.make import PASSWORD, actor_for, make_user
from gendan.alerts import bulk, commands
from gendan.alerts.errors import CannotSee, CauseGone, NotYours, OwnSignal
from gendan.alerts.models import Case
from gendan.alerts.permissions import HANDLE, HANDLE_OTHERS
from gendan.alerts.queries.handling import handled, who_can_see
from gendan.alerts.remedies.doing import do, remedies_of
from gendan.alerts.tests.make import cases, scan
from gendan.alerts.tests.situations import DUE, World, after, make_world
from gendan.kernel import jobs
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, WrongState
from gendan.kernel.models import Job
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
RULE = "overdue_receipt"
SEES = ("alerts.view", "purchasing.view", "kernel.comment")
DEALS = (*SEES, HANDLE)


@pytest.fixture
def world() -> World:
    return make_world()


def colleague(world: World, *permissions: str) -> User:
    return make_user(Company.objects.get(pk=world.actor.company_id), permissions=permissions)


def late(world: World, owner: User) -> Case:
    """A late order, for which somebody answers."""
    buying.make_order(world.buy, 10)
    scan(world.actor, after(DUE, 3), RULE)
    (case,) = cases(world.actor, RULE)
    Case.objects.filter(pk=case.pk).update(owner=owner)
    return case


def refusal(actor: Actor, verb: str, case: Case, **more: object) -> type[AppError] | None:
    try:
        getattr(commands, f"{verb}_case")(actor=actor, number=case.number, **more)
    except AppError as refused:
        return type(refused)
    return None


def test_a_case_is_dealt_with_by_its_owner_those_above_and_who_may_deal_with_others(world: World) -> None:
    owner, other, above, head, away = (colleague(world, *DEALS) for _n in range(5))
    case = late(world, owner)
    middle = colleague(world, *SEES)
    members = Membership.objects.filter(company_id=world.actor.company_id)
    members.filter(user=owner).update(superior=middle)
    members.filter(user=middle).update(superior=above)
    stranger = actor_for(other)
    for verb, more in (("take", {}), ("resolve", {}), ("dismiss", {"reason": "x"}), ("assign", {"to": other.username})):
        assert refusal(stranger, verb, case, **more) is NotYours
    with pytest.raises(NotYours):
        do(actor=stranger, number=case.number, code="accept_difference", values={"reason": "x"})
    assert "accept_difference" not in {row["code"] for row in remedies_of(stranger, case.number)["offers"]}
    assert refusal(replace(stranger, permissions=stranger.permissions | {HANDLE_OTHERS}), "take", case) is None
    Case.objects.filter(pk=case.pk).update(owner=owner)
    assert handled(actor_for(above)) == {above.pk, owner.pk, middle.pk}
    assert refusal(actor_for(above), "assign", case, to=owner.username) is None
    assert refusal(actor_for(head), "take", case) is NotYours
    accounts.save_department(actor=world.actor, code="B", name="采购部", head=head.username)
    accounts.update_user(actor=world.actor, username=owner.username, department="B")
    assert refusal(actor_for(head), "snooze", case, until=after(world.today, 3)) is None
    assert away.pk not in (handled(actor_for(head)) or ())
    assert refusal(actor_for(owner), "resolve", case) is None


def test_nobody_closes_a_sign_about_what_they_did_themselves(world: World) -> None:
    buyer, manager = colleague(world, "*"), colleague(world, "*")
    number = buying.make_order(world.buy, 10, actor=actor_for(buyer)).number
    case = Case.objects.create(
        company_id=world.actor.company_id, number="EX-900001", state="open", rule="price_deviation", key="line:1",
        severity="medium", document_kind="po", document_number=number, owner=manager,
        document_id=PurchaseOrder.objects.get(company_id=world.actor.company_id, number=number).pk,
    )  # fmt: skip
    own = actor_for(buyer)
    assert refusal(own, "take", case) is OwnSignal
    assert refusal(own, "assign", case, to=buyer.username) is OwnSignal
    Case.objects.filter(pk=case.pk).update(owner=buyer)
    for verb, more in (("resolve", {}), ("dismiss", {"reason": "x"}), ("snooze", {"until": after(world.today, 3)})):
        assert refusal(own, verb, case, **more) is OwnSignal
    with pytest.raises(OwnSignal):
        do(actor=own, number=case.number, code="accept_difference", values={"reason": "x"})
    assert refusal(own, "assign", case, to=manager.username) is None
    assert refusal(actor_for(manager), "dismiss", case, reason="涨价已谈妥") is None


def test_a_case_is_handed_only_to_who_sees_it(world: World) -> None:
    owner, sees, blind = colleague(world, *DEALS), colleague(world, *SEES), colleague(world, "alerts.view")
    narrowed = colleague(world, *SEES)
    role = narrowed.memberships.get().roles.get()
    accounts.save_role_scope(actor=world.actor, code=role.code, documents={"purchasing": "own"})
    case = late(world, owner)
    actor = actor_for(owner)
    for user in (blind, narrowed):
        assert refusal(actor, "assign", case, to=user.username) is CannotSee
    row = {"rule": case.rule, "document_kind": case.document_kind, "id": case.pk}
    offered = {one["value"] for one in who_can_see(actor, row, "", most=20)}
    assert {owner.username, sees.username} <= offered
    assert not offered & {blind.username, narrowed.username}
    assert refusal(actor, "assign", case, to=sees.username) is None


def test_what_was_closed_by_hand_is_put_back_while_its_cause_stands(world: World) -> None:
    owner = colleague(world, *DEALS)
    case, actor = late(world, owner), actor_for(owner)
    assert refusal(actor, "reopen", case) is WrongState
    for verb, more in (("take", {}), ("resolve", {}), ("dismiss", {"reason": "误点"})):
        commands_done = refusal(actor, verb, case, **more)
        assert commands_done is None
        assert refusal(actor, "reopen", case) is None
        case.refresh_from_db()
        assert (case.state, case.closed_at, case.reason, case.answered_at) == ("open", None, "", None)
        assert case.answer_by is not None
    commands.resolve_case(actor=actor, number=case.number)
    Case.objects.filter(pk=case.pk).update(active=False)
    assert refusal(actor, "reopen", case) is CauseGone


def test_the_page_says_who_deals_with_it_and_offers_no_button_that_is_refused(world: World) -> None:
    owner, other = colleague(world, *DEALS), colleague(world, *DEALS)
    case = late(world, owner)
    client = Client()
    for user, says, button in ((owner, False, True), (other, True, False)):
        client.login(username=user.username, password=PASSWORD)
        page = client.get(f"/ex/{case.number}").content.decode()
        assert (f"由{owner.name}负责" in page) is says
        assert (f"/ex/{case.number}/do/take" in page) is button
    found = client.get(f"/ex/{case.number}/people?q={owner.username}").json()["items"]
    assert [one["value"] for one in found] == [owner.username]


def test_more_than_a_list_shows_is_dealt_with_by_the_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    owner, other = colleague(world, *DEALS), colleague(world, *DEALS)
    buying.make_order(world.buy, 10, 20, 30, 40)
    scan(world.actor, after(DUE, 3), RULE)
    mine, theirs = cases(world.actor, RULE)[:3], cases(world.actor, RULE)[3]
    Case.objects.filter(pk__in=[case.pk for case in mine]).update(owner=owner)
    Case.objects.filter(pk=theirs.pk).update(owner=other)
    client = Client()
    client.login(username=owner.username, password=PASSWORD)
    answer = client.post("/cases/do/resolve", {"all": f"?rule={RULE}", "note": "到货了"})
    job = Job.objects.get(company_id=world.actor.company_id)
    assert answer["Location"].endswith(f"/jobs/{job.pk}")
    jobs.execute(job.pk, bulk.TASK)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 4, 4)
    assert [row["line"] for row in job.result["rows"]] == [theirs.number]
    assert [case.state for case in cases(world.actor, RULE)] == ["resolved"] * 3 + ["open"]
