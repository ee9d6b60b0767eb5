"""Users and members: made, changed, given roles, shut out; nobody grants more than they hold."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import authenticate

from gendan.accounts import commands, queries
from gendan.accounts.errors import (
    BelongsElsewhere,
    BeyondOwnLimit,
    BeyondOwnRights,
    EmailInUse,
    LastAdministrator,
    NotYourself,
    UserExists,
)
from gendan.accounts.models import Company, Membership, Role, User
from gendan.accounts.secret import Secret
from gendan.accounts.tests.make import PASSWORD, actor_for, join, make_actor, make_company, make_stranger, make_user
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, IdempotencyKeyReused, Invalid, NotFound, Stale
from gendan.kernel.models import Event
from gendan.kernel.tests.make import at_once

pytestmark = pytest.mark.django_db
PASSWORDS = Secret("Xiao-mao-2026")


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def admin(company: Company) -> Actor:
    return make_actor(company, roles=["admin"])


@pytest.fixture
def clerk(company: Company) -> User:
    return make_user(company, ["buyer"], username="li.lei", name="李雷")


def new_user(actor: Actor, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "username": "han.meimei",
        "name": "韩梅梅",
        "password": PASSWORDS,
        "roles": ["buyer"],
    } | changes
    return commands.create_user(actor=actor, **given)


def member(actor: Actor, username: str) -> Membership:
    return Membership.objects.get(company_id=actor.company_id, user__username=username)


class TestCreateUser:
    def test_a_new_user_can_sign_in_and_work(self, admin: Actor):
        done = new_user(admin, email="han@example.com", phone="138", superior=None)
        user = authenticate(username="han.meimei", password="Xiao-mao-2026")
        assert user is not None
        assert (done.kind, done.number) == ("user", "han.meimei")
        actor = queries.actor_by_user(user.pk, None)
        assert actor
        assert actor.company_id == admin.company_id
        assert actor.may("purchasing.create_order")
        event = Event.objects.get(type="accounts.user_created")
        assert event.data == {"name": "韩梅梅", "roles": ["buyer"]}

    def test_the_password_is_nowhere_in_the_event_log_or_the_stored_answer(self, admin: Actor):
        from gendan.kernel import db

        new_user(admin.with_key("k1"))
        kept = str(db.rows("SELECT data::text FROM kernel_event")) + str(
            db.rows("SELECT fingerprint, result::text FROM kernel_idempotency")
        )
        assert "Xiao-mao-2026" not in kept
        assert "Xiao-mao-2026" not in repr(PASSWORDS) + str(PASSWORDS)

    def test_repeating_it_with_its_key_makes_one_user(self, admin: Actor):
        first, second = (new_user(admin.with_key("k1"), password=Secret("Xiao-mao-2026")) for _ in range(2))
        assert second.replayed
        assert first.id == second.id
        with pytest.raises(IdempotencyKeyReused):
            new_user(admin.with_key("k1"), password=Secret("Da-gou-2026"))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", ""),
            ("username", "两 个"),
            ("username", "a" * 151),
            ("name", "  "),
            ("name", "长" * 81),
            ("email", "nonsense"),
            ("phone", "1" * 33),
            ("language", "klingon"),
            ("password", Secret("short")),
            ("password", Secret("12345678")),
            ("password", Secret("")),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field(self, admin: Actor, field: str, value: Any):
        with pytest.raises(Invalid) as refusal:
            new_user(admin, **{field: value})
        assert list(refusal.value.fields) == [field]
        assert not User.objects.filter(name="韩梅梅").exists()

    def test_user_names_are_taken_whatever_their_case_and_company(self, admin: Actor):
        make_user(make_company(), username="Han.Meimei")
        with pytest.raises(UserExists):
            new_user(admin)

    def test_an_email_address_belongs_to_one_user(self, admin: Actor, clerk: User):
        with pytest.raises(EmailInUse):
            new_user(admin, email=clerk.email.upper())

    def test_a_role_of_another_company_does_not_exist(self, admin: Actor):
        other = make_company()
        Role.objects.create(company=other, code="theirs", name="x")
        with pytest.raises(Invalid, match="theirs"):
            new_user(admin, roles=["theirs"])

    def test_the_superior_is_a_colleague(self, admin: Actor, clerk: User):
        new_user(admin, superior="LI.LEI")
        assert member(admin, "han.meimei").superior == clerk
        with pytest.raises(Invalid):
            new_user(admin, username="x1", superior=make_user(make_company()).username)

    def test_it_needs_its_permission(self, company: Company):
        with pytest.raises(Forbidden):
            new_user(make_actor(company, permissions=["accounts.view"]))

    def test_who_may_make_users_cannot_make_an_administrator(self, company: Company):
        actor = make_actor(company, permissions=["accounts.create_user", "accounts.view"])
        with pytest.raises(BeyondOwnRights, match="全部权限"):
            new_user(actor, roles=["admin"])
        assert not User.objects.filter(username="han.meimei").exists()

    def test_nor_somebody_who_approves_more(self, company: Company):
        Role.objects.create(company=company, code="boss", name="x", permissions=["accounts.view"], amount_limit=None)
        actor = make_actor(company, permissions=["accounts.create_user", "accounts.view"], limit="5000")
        with pytest.raises(BeyondOwnLimit):
            new_user(actor, roles=["boss"])


class TestUpdateUser:
    def test_it_changes_what_is_given_and_says_so(self, admin: Actor, clerk: User):
        done = commands.update_user(actor=admin, username="li.lei", version=1, name="李磊", phone="139")
        clerk.refresh_from_db()
        assert (clerk.name, clerk.phone, clerk.email) == ("李磊", "139", "li.lei@example.com")
        assert done.version == 2
        assert Event.objects.get(type="accounts.user_updated").data["changes"]["name"] == ["李雷", "李磊"]

    def test_nothing_changed_is_no_event_and_no_version(self, admin: Actor, clerk: User):
        assert commands.update_user(actor=admin, username="li.lei", name="李雷").version == 1
        assert not Event.objects.filter(type="accounts.user_updated").exists()

    def test_a_superior_is_set_and_removed(self, admin: Actor, clerk: User):
        boss = make_user(Company.objects.get(pk=admin.company_id), username="boss")
        commands.update_user(actor=admin, username="li.lei", superior="boss")
        assert member(admin, "li.lei").superior == boss
        commands.update_user(actor=admin, username="li.lei", superior="")
        assert member(admin, "li.lei").superior is None
        with pytest.raises(Invalid):
            commands.update_user(actor=admin, username="li.lei", superior="li.lei")

    def test_a_stale_form_is_refused(self, admin: Actor, clerk: User):
        commands.update_user(actor=admin, username="li.lei", version=1, name="李磊")
        with pytest.raises(Stale):
            commands.update_user(actor=admin, username="li.lei", version=1, name="李蕾")

    def test_a_stranger_finds_nobody(self, clerk: User):
        with pytest.raises(NotFound):
            commands.update_user(actor=make_stranger(), username="li.lei", name="X")

    def test_somebody_of_two_companies_belongs_to_themselves(self, admin: Actor, clerk: User):
        other = make_actor()
        join(other.company_id, clerk)
        with pytest.raises(BelongsElsewhere):
            commands.update_user(actor=other, username="li.lei", email="thief@example.com")
        with pytest.raises(BelongsElsewhere):
            commands.reset_password(actor=other, username="li.lei", password=PASSWORDS)
        with pytest.raises(BelongsElsewhere):
            commands.update_user(actor=admin, username="li.lei", name="X")

    def test_the_address_of_somebody_with_more_rights_cannot_be_turned(self, company: Company, admin: Actor):
        boss = User.objects.get(pk=admin.user_id or 0)
        actor = make_actor(company, permissions=["accounts.update_user", "accounts.reset_password"])
        with pytest.raises(BeyondOwnRights):
            commands.update_user(actor=actor, username=boss.username, email="thief@example.com")
        with pytest.raises(BeyondOwnRights):
            commands.reset_password(actor=actor, username=boss.username, password=PASSWORDS)

    def test_it_needs_its_permission(self, company: Company, clerk: User):
        with pytest.raises(Forbidden):
            commands.update_user(actor=make_actor(company, permissions=[]), username="li.lei", name="X")


class TestRolesOfMembers:
    def test_a_member_gets_exactly_these_roles(self, admin: Actor, clerk: User):
        done = commands.set_member_roles(
            actor=admin, username="li.lei", roles=["accountant", "qc_inspector"], version=1
        )
        assert queries.member(admin, "li.lei")["roles"] == ["qc_inspector", "accountant"]
        assert done.version == 2
        assert Event.objects.get(type="accounts.member_roles_set").data["changes"]["roles"] == [
            ["buyer"],
            ["accountant", "qc_inspector"],
        ]

    def test_the_same_roles_again_change_nothing(self, admin: Actor, clerk: User):
        assert commands.set_member_roles(actor=admin, username="li.lei", roles=["buyer"]).version == 1

    def test_a_stale_form_is_refused(self, admin: Actor, clerk: User):
        commands.set_member_roles(actor=admin, username="li.lei", roles=[], version=1)
        with pytest.raises(Stale):
            commands.set_member_roles(actor=admin, username="li.lei", roles=["buyer"], version=1)

    def test_unknown_roles_are_named(self, admin: Actor, clerk: User):
        with pytest.raises(Invalid, match="emperor"):
            commands.set_member_roles(actor=admin, username="li.lei", roles=["emperor"])

    def test_roles_beyond_ones_own_can_be_neither_given_nor_taken(self, company: Company, admin: Actor, clerk: User):
        actor = make_actor(company, permissions=["accounts.set_member_roles"])
        boss = User.objects.get(pk=admin.user_id or 0)
        for username, roles in (("li.lei", ["buyer", "admin"]), (boss.username, [])):
            with pytest.raises(BeyondOwnRights):
                commands.set_member_roles(actor=actor, username=username, roles=roles)

    def test_nobody_lifts_themselves(self, company: Company):
        me = make_user(company, permissions=["accounts.set_member_roles"], username="me")
        with pytest.raises(BeyondOwnRights):
            commands.set_member_roles(actor=actor_for(me), username="me", roles=["admin"])

    def test_the_last_administrator_stays_one(self, admin: Actor):
        boss = User.objects.get(pk=admin.user_id or 0)
        with pytest.raises(LastAdministrator):
            commands.set_member_roles(actor=admin, username=boss.username, roles=["buyer"])
        assert queries.member(admin, boss.username)["roles"] == ["admin"]

    def test_a_disabled_administrator_does_not_count(self, company: Company, admin: Actor):
        second = make_user(company, ["admin"], username="second", is_active=False)
        boss = User.objects.get(pk=admin.user_id or 0)
        with pytest.raises(LastAdministrator):
            commands.set_member_roles(actor=admin, username=boss.username, roles=[])
        User.objects.filter(pk=second.pk).update(is_active=True)
        commands.set_member_roles(actor=admin, username=boss.username, roles=[])

    def test_strangers_and_colleagues_without_the_permission_cannot(self, company: Company, clerk: User):
        with pytest.raises(NotFound):
            commands.set_member_roles(actor=make_stranger(), username="li.lei", roles=[])
        with pytest.raises(Forbidden):
            commands.set_member_roles(actor=make_actor(company, permissions=[]), username="li.lei", roles=[])


class TestShuttingOut:
    def test_a_deactivated_member_cannot_act_any_more(self, admin: Actor, clerk: User):
        commands.deactivate_member(actor=admin, username="li.lei", version=1)
        assert queries.actor_by_user(clerk.pk, admin.company_id) is None
        commands.reactivate_member(actor=admin, username="li.lei", version=2)
        back = queries.actor_by_user(clerk.pk, admin.company_id)
        assert back
        assert back.may("purchasing.create_order")
        assert list(Event.objects.order_by("id").values_list("type", flat=True)) == [
            "accounts.member_deactivated",
            "accounts.member_reactivated",
        ]

    def test_doing_it_twice_does_it_once(self, admin: Actor, clerk: User):
        for _attempt in range(2):
            commands.deactivate_member(actor=admin, username="li.lei")
        assert Event.objects.count() == 1

    def test_nobody_shuts_themselves_out(self, admin: Actor):
        boss = User.objects.get(pk=admin.user_id or 0)
        with pytest.raises(NotYourself):
            commands.deactivate_member(actor=admin, username=boss.username)

    def test_nor_somebody_with_more_rights(self, company: Company, admin: Actor):
        boss = User.objects.get(pk=admin.user_id or 0)
        actor = make_actor(company, permissions=["accounts.deactivate_member"])
        with pytest.raises(BeyondOwnRights):
            commands.deactivate_member(actor=actor, username=boss.username)

    def test_stale_strange_and_forbidden_are_refused(self, company: Company, admin: Actor, clerk: User):
        with pytest.raises(Stale):
            commands.deactivate_member(actor=admin, username="li.lei", version=7)
        for command in (commands.deactivate_member, commands.reactivate_member):
            with pytest.raises(NotFound):
                command(actor=make_stranger(), username="li.lei")
            with pytest.raises(Forbidden):
                command(actor=make_actor(company, permissions=[]), username="li.lei")


class TestResetPassword:
    def test_the_new_password_works_and_the_old_does_not(self, admin: Actor, clerk: User):
        commands.reset_password(actor=admin, username="li.lei", password=PASSWORDS)
        assert authenticate(username="li.lei", password="Xiao-mao-2026")
        assert authenticate(username="li.lei", password=PASSWORD) is None
        assert Event.objects.get().type == "accounts.password_reset"
        assert Event.objects.get().data == {}

    def test_a_weak_one_is_refused(self, admin: Actor, clerk: User):
        with pytest.raises(Invalid) as refusal:
            commands.reset_password(actor=admin, username="li.lei", password=Secret("li.lei.1"))
        assert "password" in refusal.value.fields

    def test_strangers_and_colleagues_without_the_permission_cannot(self, company: Company, clerk: User):
        with pytest.raises(NotFound):
            commands.reset_password(actor=make_stranger(), username="li.lei", password=PASSWORDS)
        with pytest.raises(Forbidden):
            commands.reset_password(actor=make_actor(company, permissions=[]), username="li.lei", password=PASSWORDS)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_administrators_cannot_remove_each_other(self):
        company = make_company()
        one, two = (make_user(company, ["admin"], username=name) for name in ("one", "two"))
        results = at_once(
            [
                lambda: commands.set_member_roles(actor=actor_for(one), username="two", roles=[]),
                lambda: commands.set_member_roles(actor=actor_for(two), username="one", roles=[]),
            ]
        )
        kinds = sorted(type(result).__name__ for result in results)
        assert kinds in (["Done", "LastAdministrator"], ["Done", "Forbidden"], ["BeyondOwnRights", "Done"])
        assert Membership.objects.filter(company=company, roles__code="admin").count() == 1

    def test_one_user_name_at_once_makes_one_user(self):
        admin = make_actor()
        results = at_once([lambda: new_user(admin, roles=[])] * 3)
        assert sorted(type(result).__name__ for result in results) == ["Done", "UserExists", "UserExists"]
