"""Who has an account elsewhere is asked before they belong to another company, and stays unknown until they agree."""

from __future__ import annotations

import pytest
from django.test import Client

from gendan.accounts import commands, queries
from gendan.accounts.errors import AlreadyInvited, AlreadyMember, BeyondOwnRights, InvitationClosed
from gendan.accounts.models import Company, Invitation, Membership, User
from gendan.accounts.tests.make import (
    PASSWORD,
    actor_for,
    api_client,
    make_actor,
    make_company,
    make_stranger,
    make_user,
    signed_in_client,
)
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return make_actor(make_company(name="邀请方"), roles=["admin"], name="王总")


@pytest.fixture
def guest() -> User:
    return make_user(make_company(), ["buyer"], username="guest", name="不可泄露", email="secret@example.com")


def invite(admin: Actor, username: str = "guest", *roles: str) -> int:
    return commands.invite_member(actor=admin, username=username, roles=roles or ["warehouse_keeper"]).id


def test_nobody_belongs_to_a_company_before_accepting(admin: Actor, guest: User):
    asked = invite(admin)
    assert queries.actor_by_user(guest.pk, admin.company_id) is None
    commands.accept_invitation(actor=actor_for(guest), invitation_id=asked)
    here = queries.actor_by_user(guest.pk, admin.company_id)
    assert here
    assert here.may("purchasing.receive_goods")
    assert not here.may("purchasing.create_order")
    assert Event.objects.get(type="accounts.invitation_accepted").company_id == admin.company_id


def test_a_declined_invitation_leaves_no_trace_of_the_person(admin: Actor, guest: User):
    asked = invite(admin)
    commands.decline_invitation(actor=actor_for(guest), invitation_id=asked)
    assert not Membership.objects.filter(company_id=admin.company_id, user=guest).exists()
    assert Event.objects.get(type="accounts.invitation_declined").user_id is None
    assert queries.invitations(admin)[0]["state"] == "declined"
    with pytest.raises(InvitationClosed):
        commands.accept_invitation(actor=actor_for(guest), invitation_id=asked)


def test_a_name_that_nobody_has_is_invited_just_alike(admin: Actor, guest: User):
    api, page = api_client(admin), signed_in_client(admin)
    names = ("guest", "nobody-at-all")
    answers = [api.post("/invitations", {"username": name, "roles": ["buyer"]}) for name in names]
    assert [answer.status_code for answer in answers] == [201, 201]
    first, second = (a.content.decode().replace(name, "…") for a, name in zip(answers, names, strict=True))
    assert first == second
    shown = page.get("/users/").content.decode() + api.get("/invitations").content.decode()
    assert "nobody-at-all" in shown
    assert "不可泄露" not in shown
    assert "secret@example.com" not in shown
    again = [api.post("/invitations", {"username": name}).json()["code"] for name in names]
    assert again == ["accounts.AlreadyInvited"] * 2
    assert api.get("/users/guest").status_code == 404


def test_only_the_person_asked_may_answer_and_only_the_company_withdraw(admin: Actor, guest: User):
    asked = invite(admin)
    other = make_stranger()
    for answer in (commands.accept_invitation, commands.decline_invitation, commands.withdraw_invitation):
        with pytest.raises(NotFound):
            answer(actor=other, invitation_id=asked)
    with pytest.raises(NotFound):
        commands.accept_invitation(actor=admin, invitation_id=asked)
    commands.withdraw_invitation(actor=admin, invitation_id=asked)
    with pytest.raises(InvitationClosed):
        commands.accept_invitation(actor=actor_for(guest), invitation_id=asked)
    assert queries.own_invitations(guest.pk) == []


def test_an_old_invitation_lapses_and_may_be_repeated(admin: Actor, guest: User):
    asked = invite(admin)
    with pytest.raises(AlreadyInvited):
        invite(admin, "GUEST")
    db.execute("UPDATE accounts_invitation SET created_at = now() - interval '31 days'")
    with pytest.raises(InvitationClosed):
        commands.accept_invitation(actor=actor_for(guest), invitation_id=asked)
    assert invite(admin) != asked


def test_members_are_not_invited_and_nobody_gives_more_than_they_hold(admin: Actor, guest: User):
    company = Membership.objects.get(user_id=admin.user_id or 0).company
    make_user(company, username="colleague")
    with pytest.raises(AlreadyMember):
        invite(admin, "Colleague")
    inviter = make_actor(company, permissions=["accounts.invite_member"])
    with pytest.raises(BeyondOwnRights):
        invite(inviter, "guest", "buyer")


def test_the_person_is_told_where_they_work_and_answers_on_their_pages(admin: Actor, guest: User):
    asked = invite(admin)
    browser = signed_in_client(guest)
    told = notices.own_notices(actor_for(guest)).items[0]
    assert told["url"] == f"/invitations/{asked}"
    assert "王总" in told["text"]
    assert "邀请方" in told["text"]
    assert 'href="/invitations"' in browser.get("/profile").content.decode()
    assert "邀请方" in browser.get(told["url"]).content.decode()
    assert browser.post(f"/invitations/{asked}/accept").status_code == 302
    assert browser.session["company_id"] == admin.company_id
    page = browser.get("/").content.decode()
    assert "gd-invited" not in page
    assert f"您已加入公司 {Company.objects.get(pk=admin.company_id).name}，" in page


def test_who_signs_in_is_asked_and_may_answer_later(admin: Actor, guest: User):
    invite(admin)
    browser = Client()
    response = browser.post("/accounts/login/?next=/users/", {"login": "guest", "password": PASSWORD})
    assert response["Location"] == "/invitations?next=%2Fusers%2F"
    assert 'href="/users/"' in browser.get(response["Location"]).content.decode()
    assert browser.get("/").status_code == 200


def test_who_works_nowhere_any_more_can_still_accept_and_see_nothing_else(admin: Actor, guest: User):
    Membership.objects.filter(user=guest).update(is_active=False)
    asked = invite(admin)
    browser = Client()
    response = browser.post("/accounts/login/", {"login": "guest", "password": PASSWORD})
    assert response["Location"].startswith("/invitations")
    assert "邀请方" in browser.get(response["Location"]).content.decode()
    assert browser.post(f"/invitations/{asked}/accept")["Location"] == "/"
    assert browser.get("/").status_code == 200
    assert Invitation.objects.get().state == "accepted"
