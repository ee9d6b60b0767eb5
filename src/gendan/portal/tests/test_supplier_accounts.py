"""Accounts of suppliers' people: invited once, a sign-in apart from ours, rights of their own, shut out at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client
from django.utils import timezone

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.models import Partner
from gendan.catalog.tests import make as catalog
from gendan.kernel import db, verify
from gendan.kernel.errors import Forbidden, Invalid, NotFound
from gendan.kernel.models import Event
from gendan.portal import commands, demo, letter, sessions
from gendan.portal.errors import BeyondOwn, PersonExists
from gendan.portal.models import SupplierAnswer, SupplierPerson, SupplierSession
from gendan.portal.tests.accounts import JSON, PASSWORD, invite, join, letter_of, make_client, make_key, token_of
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import OrderLine
from gendan.purchasing.tests import make as buying

pytestmark = pytest.mark.django_db
SIGN_IN = "/s/sign-in"


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def sent(world: buying.World, *quantities: int, **fields: Any) -> str:
    """An order that was sent to its supplier."""
    number = buying.make_order(world, *quantities, **fields).number
    purchasing.send_order(actor=world.actor, number=number, email="", recipient="王经理")
    return number


def sign_in(client: Client, email: str = "li@s001.example", password: str = PASSWORD) -> Any:
    return client.post(SIGN_IN, {"email": email, "password": password})


def test_who_is_invited_chooses_a_password_once_and_is_signed_in(world: buying.World) -> None:
    number = sent(world, 10)
    person = invite(world.actor, language="en")
    letter.send(**letter_of(person))
    assert (mail.outbox[0].to, token_of(person) in str(mail.outbox[0].body)) == (["li@s001.example"], True)
    row = SupplierPerson.objects.get(pk=person)
    assert (row.password, token_of(person) in str(row.token_hash), row.mailed_at is None) == ("", False, False)
    client, address = Client(), f"/s/join/{token_of(person)}"
    assert "Password (8 characters at least)" in client.get(address).content.decode()  # in their language
    assert client.post(address, {"password": "123", "again": "123"}).status_code == 422
    assert client.post(address, {"password": PASSWORD, "again": "anders"}).status_code == 422
    join(person, client)
    assert number in client.get("/s/me").content.decode()
    cookie = client.cookies[sessions.COOKIE]
    assert (cookie["httponly"], cookie["path"], cookie["samesite"]) == (True, "/s", "Lax")
    for method in (Client().get, Client().post):
        assert method(address).status_code == 404  # the link is used up
    event = Event.objects.get(type="portal.person_joined")
    assert (event.via, event.user_id, token_of(person) in str(event.data)) == ("supplier", None, False)


def test_a_link_ends_and_a_new_one_takes_its_place(world: buying.World) -> None:
    person = invite(world.actor)
    first = token_of(person)
    commands.reset_supplier_person(actor=world.actor, person=person)
    assert Client().get(f"/s/join/{first}").status_code == 404
    SupplierPerson.objects.update(token_ends=timezone.now() - timedelta(minutes=1))
    assert Client().get(f"/s/join/{token_of(person)}").status_code == 410
    with pytest.raises(PersonExists):
        invite(world.actor, email="LI@S001.example")


def test_sessions_of_ours_and_of_theirs_open_nothing_of_each_other(world: buying.World) -> None:
    number = sent(world, 10)
    theirs = make_client(world.actor)
    token = theirs.cookies[sessions.COOKIE].value
    ours = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    staff = ours.cookies[settings.SESSION_COOKIE_NAME].value
    assert ours.get(f"/po/{number}").status_code == 200
    for path in (f"/po/{number}", "/catalog/partners"):
        answer = theirs.get(path)
        assert (answer.status_code, "/accounts/login/" in answer["Location"]) == (302, True), path
    assert ours.get("/s/me")["Location"].startswith(SIGN_IN)
    swapped = Client()
    swapped.cookies[settings.SESSION_COOKIE_NAME] = token
    assert swapped.get(f"/po/{number}").status_code == 302
    swapped = Client()
    swapped.cookies[sessions.COOKIE] = staff
    assert swapped.get("/s/me")["Location"].startswith(SIGN_IN)
    assert swapped.get("/s/me", headers=JSON).status_code == 401
    assert db.row("SELECT count(*) FROM portal_suppliersession WHERE token_hash = %s", [token]) == (0,)  # only its hash


def test_a_name_is_locked_after_wrong_passwords_and_the_right_one_begins_anew(world: buying.World) -> None:
    make_client(world.actor)
    client = Client()
    for _n in range(2):
        assert sign_in(client, password="falsch-und-falsch").status_code == 422
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/s/me")
    db.execute("DELETE FROM kernel_limit")
    for _n in range(5):
        assert sign_in(Client(), password="falsch-und-falsch").status_code == 422
    locked = sign_in(Client())
    assert (locked.status_code, sessions.COOKIE in locked.cookies) == (429, False)
    assert Event.objects.filter(type="portal.person_sign_in_failed").count() == 7
    assert sign_in(Client(), email="nobody@s001.example").status_code == 422


def test_an_address_may_not_try_without_end(world: buying.World) -> None:
    tried = [sign_in(Client(), email=f"n{n}@s001.example").status_code for n in range(12)]
    assert tried == [422] * 10 + [429] * 2


@pytest.mark.parametrize(
    "following", ["https://evil.example", "//evil.example/s/me", "/po/PO-1", "/s/me/../../po", "/s/x"]
)
def test_signing_in_leads_nowhere_else(world: buying.World, following: str) -> None:
    make_client(world.actor)
    answer = Client().post(SIGN_IN, {"email": "li@s001.example", "password": PASSWORD, "next": following})
    assert answer["Location"] == "/s/me"


def test_a_person_answers_by_name_and_as_far_as_their_rights_go(world: buying.World) -> None:
    number = sent(world, 10, 20)
    client = make_client(world.actor, rights=["answer"])
    page = client.get(f"/s/me/po/{number}").content.decode()
    assert ("9.9" in page, "李销售" in page) == (False, True)
    assert client.get(f"/s/me/po/{number}/pdf").status_code == 403
    assert client.get("/s/me/ship").status_code == 403
    assert client.get("/s/me/statement").status_code == 403
    assert client.get("/s/me/people").status_code == 403
    answer = client.post(f"/s/me/po/{number}/answer", {"all": "1", "name": "Somebody Else"})
    assert answer.status_code == 302
    said = SupplierAnswer.objects.get(order__number=number)
    assert (said.name, said.person_id is None, said.link_id) == ("李销售", False, None)
    assert OrderLine.objects.get(order__number=number, line_no=2).confirmed == 20
    event = Event.objects.filter(type="portal.order_answered").latest("id")
    assert (event.via, event.data["who"]) == ("supplier", "李销售")
    looks = make_client(world.actor, email="zhao@s001.example", rights=[])
    assert looks.get(f"/s/me/po/{number}").status_code == 200
    assert looks.post(f"/s/me/po/{number}/answer", {"all": "1"}).status_code == 403


def test_a_person_finds_nothing_of_other_suppliers_nor_of_what_was_not_sent(world: buying.World) -> None:
    catalog.make_supplier(world.actor.company_id, "S002")
    other = sent(world, 10)
    unsent = buying.make_order(world, 10).number
    client = make_client(world.actor, supplier="S002", email="wang@s002.example")
    for number in (other, unsent):
        assert client.get(f"/s/me/po/{number}").status_code == 404
        assert client.post(f"/s/me/po/{number}/answer", {"all": "1"}).status_code == 404
    assert other not in client.get("/s/me").content.decode() + client.get("/s/me/lines").content.decode()


def test_who_is_shut_out_is_out_at_once(world: buying.World) -> None:
    person = invite(world.actor)
    client, second = join(person), Client()
    assert sign_in(second).status_code == 302
    assert SupplierSession.objects.filter(person=person).count() == 2
    commands.save_supplier_person(actor=world.actor, person=person, is_active=False)
    for one in (client, second):
        assert one.get("/s/me").status_code == 302
    assert sign_in(Client()).status_code == 422
    commands.save_supplier_person(actor=world.actor, person=person, is_active=True)
    assert sign_in(Client()).status_code == 302


def test_a_reset_voids_the_password_and_leaving_everywhere_ends_every_session(world: buying.World) -> None:
    person = invite(world.actor)
    client, second = join(person), Client()
    sign_in(second)
    assert second.post("/s/me/account/leave").status_code == 302
    assert client.get("/s/me").status_code == 302
    sign_in(client)
    commands.reset_supplier_person(actor=world.actor, person=person)
    assert client.get("/s/me").status_code == 302
    assert sign_in(Client()).status_code == 422
    join(person, client, "anders-als-vorher-9")
    assert sign_in(Client(), password="anders-als-vorher-9").status_code == 302


def test_a_forgotten_password_is_chosen_anew_and_nobody_learns_who_has_an_account(world: buying.World) -> None:
    person = invite(world.actor)
    join(person)
    asked = [Client().post("/s/forgot", {"email": email}) for email in ("li@s001.example", "who@s001.example")]
    assert len({(answer.status_code, "如果这个邮箱有账号" in answer.content.decode()) for answer in asked}) == 1
    assert sign_in(Client()).status_code == 302  # until the link is used the old one is good
    join(person, password="anders-als-vorher-9")
    assert sign_in(Client()).status_code == 422


def test_a_new_password_needs_the_old_one_and_keeps_only_this_browser(world: buying.World) -> None:
    client, second = make_client(world.actor), Client()
    sign_in(second)
    new = {"password": "anders-als-vorher-9", "again": "anders-als-vorher-9"}
    assert client.post("/s/me/account/password", {"current": "falsch", **new}, headers=JSON).status_code == 422
    assert client.post("/s/me/account/password", {"current": PASSWORD, **new}).status_code == 302
    assert (client.get("/s/me").status_code, second.get("/s/me").status_code) == (200, 302)


def by_key(key: str) -> int:
    return Client().get("/api/v1/supplier/me", headers={"Authorization": f"Bearer {key}"}).status_code


def test_a_reset_and_shutting_out_end_the_keys_and_a_new_password_an_old_letter(world: buying.World) -> None:
    person = invite(world.actor)
    client = join(person)
    key = make_key(person)
    assert by_key(key) == 200
    assert commands.reset_supplier_person(actor=world.actor, person=person).state == "invited"
    join(person, client)
    assert by_key(key) == 401
    key = make_key(person)
    for is_active in (False, True):
        commands.save_supplier_person(actor=world.actor, person=person, is_active=is_active)
    assert by_key(key) == 401
    sign_in(client)
    Client().post("/s/forgot", {"email": "li@s001.example"})
    new = {"password": "anders-als-vorher-9", "again": "anders-als-vorher-9"}
    assert client.post("/s/me/account/password", {"current": PASSWORD, **new}).status_code == 302
    assert Client().get(f"/s/join/{token_of(person)}").status_code == 404


def test_a_reset_while_somebody_signs_in_keeps_them_out(world: buying.World, monkeypatch: Any) -> None:
    person = invite(world.actor)
    join(person)
    check = hashers.check_password

    def slow(password: str, encoded: str) -> bool:
        good = check(password, encoded)
        commands.reset_supplier_person(actor=world.actor, person=person)
        return good

    monkeypatch.setattr(sessions, "check_password", slow)
    client = Client()
    answer = sign_in(client)
    assert (answer.status_code, sessions.COOKIE in answer.cookies) == (422, False)
    assert not SupplierSession.objects.exists()


def test_people_of_a_supplier_that_is_given_up_do_not_come_in(world: buying.World) -> None:
    person = invite(world.actor)
    client, key = join(person), make_key(person)
    Partner.objects.filter(company_id=world.company_id, code="S001").update(is_supplier=False, is_customer=True)
    assert (client.get("/s/me").status_code, by_key(key), sign_in(Client()).status_code) == (302, 401, 422)
    staff = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    assert "李销售" in staff.get("/supplier-accounts/S001").content.decode()
    assert "/supplier-accounts/S001" in staff.get("/catalog/partners/S001").content.decode()
    Partner.objects.filter(company_id=world.company_id, code="S001").update(is_supplier=True, is_active=False)
    assert (client.get("/s/me").status_code, by_key(key), sign_in(Client()).status_code) == (302, 401, 422)


def test_an_own_account_elsewhere_does_not_let_anybody_try_without_end(world: buying.World) -> None:
    make_client(world.actor)
    join(invite(buying.make_world().actor), password="anders-als-vorher-9")
    wrong = "falsch-und-falsch"
    tried = [sign_in(Client(), password=own).status_code for own in (wrong, wrong, "anders-als-vorher-9", wrong, wrong)]
    assert tried == [422, 422, 302, 422, 422]
    assert sign_in(Client()).status_code == 429


def test_a_suppliers_administrator_gives_no_more_than_they_have(world: buying.World) -> None:
    boss = invite(world.actor, rights=["answer", "people"])
    client = join(boss)
    given = {"email": "new@s001.example", "name": "新人", "right": ["answer", "money"]}
    assert client.post("/s/me/people", given, headers=JSON).status_code == 403
    assert client.post("/s/me/people", {**given, "right": ["answer"]}).status_code == 302
    person = SupplierPerson.objects.get(email="new@s001.example")
    assert (person.rights, person.created_by_id, person.partner.code) == (["answer"], None, "S001")
    join(person.pk)
    rich = invite(world.actor, email="cfo@s001.example", rights=["money"])
    for target, verb in ((boss, "off"), (rich, "off"), (rich, "reset")):
        assert client.post(f"/s/me/people/{target}", {"verb": verb}, headers=JSON).status_code == 403
    assert client.post(f"/s/me/people/{person.pk}", {"verb": "off"}).status_code == 302
    assert not SupplierPerson.objects.get(pk=person.pk).is_active
    catalog.make_supplier(world.actor.company_id, "S002")
    stranger = invite(world.actor, supplier="S002", email="x@s002.example", rights=[])
    assert client.post(f"/s/me/people/{stranger}", {"verb": "off"}, headers=JSON).status_code == 404
    admin = world.actor
    with pytest.raises(BeyondOwn):
        commands.invite_colleague(actor=admin, by=person.pk, email="y@s001.example", name="Y")


def test_one_sign_in_opens_the_accounts_in_several_companies_one_at_a_time(world: buying.World) -> None:
    other = buying.make_world()
    numbers = [sent(one, 10 * n, 5) for n, one in enumerate((world, other), 1)]
    people = [invite(one.actor) for one in (world, other)]
    for person in people:
        join(person)
    client = Client()
    sign_in(client)
    page = client.get("/s/me").content.decode()
    assert page.count('name="person"') == 2
    lines = []
    for person in people:
        client.post("/s/switch", {"person": person})
        lines.append(OrderLine.objects.filter(order__company_id=SupplierPerson.objects.get(pk=person).company_id))
        text = client.get("/s/me/lines").content.decode()
        first = lines[-1].order_by("line_no")[0]
        assert f"<b>{first.quantity:.0f}" in text
    assert numbers
    stranger = invite(world.actor, email="other@s001.example")
    client.post("/s/switch", {"person": stranger})
    assert "李销售" in client.get("/s/me/account").content.decode()


def test_what_staff_need_to_invite(world: buying.World) -> None:
    nobody = catalog.make_actor("purchasing.view", company=company_of(world))
    with pytest.raises(Forbidden):
        invite(nobody)
    with pytest.raises(NotFound):
        invite(world.actor, supplier="NOPE")
    with pytest.raises(Invalid) as wrong:
        invite(world.actor, email="x", name=" ", rights=["everything"], language="xx")
    assert "rights" in wrong.value.fields


def company_of(world: buying.World) -> Any:
    return User.objects.get(pk=world.actor.user_id or 0).memberships.get().company


def test_staff_see_who_signs_in_on_the_page_of_the_supplier(world: buying.World) -> None:
    client = signed_in_client(User.objects.get(pk=world.actor.user_id or 0))
    assert client.post(
        "/supplier-accounts/S001", {"email": "a@s001.example", "name": "A", "right": ["ship"]}
    ).status_code in {204, 302}
    person = SupplierPerson.objects.get(email="a@s001.example")
    join(person.pk)
    page = client.get("/supplier-accounts/S001").content.decode()
    assert "登记发货" in page
    assert "已启用" in client.get("/catalog/partners/S001").content.decode()
    given = {"right": ["answer", "money"], "version": SupplierPerson.objects.get(pk=person.pk).version}
    assert client.post(f"/supplier-people/{person.pk}/S001", given).status_code in {204, 302}
    assert SupplierPerson.objects.get(pk=person.pk).rights == ["answer", "money"]
    assert client.post(f"/supplier-people/{person.pk}/S001", {**given, "version": 1}, headers=JSON).status_code == 409


def test_the_demonstrations_supplier_signs_in_and_has_something_to_do(world: buying.World) -> None:
    for _n in range(4):
        buying.make_order(world, 10)
    demo.tell({"admin": world.actor})
    ((role, name, password),) = demo.sign_in({"admin": world.actor}, PASSWORD)
    client = Client()
    assert ("S001" in role, sign_in(client, name, password).status_code) == (True, 302)
    assert client.get("/s/me").content.decode().count("PO-") >= 4
    assert [found for _check, found in verify.differences(world.company_id) if found] == []
