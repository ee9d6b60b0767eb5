"""Roles: data that administrators edit, within what they hold themselves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts import commands, queries
from gendan.accounts.errors import AdministratorRoleFixed, BeyondOwnDiscount, BeyondOwnLimit, BeyondOwnRights, RoleInUse
from gendan.accounts.models import Role
from gendan.accounts.roles import TEMPLATES
from gendan.accounts.tests.make import actor_for, join, make_actor, make_company, make_stranger, make_user
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale
from gendan.kernel.models import Event
from gendan.kernel.unit import COMMANDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return make_actor()


def save(actor: Actor, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "code": "helper",
        "name": "帮手",
        "permissions": ["catalog.view"],
        "amount_limit": Decimal(0),
    } | changes
    return commands.save_role(actor=actor, **given)


def test_a_new_role_works_at_once(admin: Actor):
    save(admin, permissions=["accounts.view", "kernel.comment"], amount_limit=Decimal("300"))
    company = make_company()
    user = make_user(company)
    join(admin.company_id, user, ["helper"])
    actor = queries.actor_by_user(user.pk, admin.company_id)
    assert actor
    assert actor.permissions == {"accounts.view", "kernel.comment"}
    assert actor.amount_limit == Decimal(300)
    assert Event.objects.filter(type="accounts.role_created").count() == 1


def test_a_change_takes_effect_with_the_next_request(admin: Actor):
    save(admin)
    user = make_user(make_company())
    join(admin.company_id, user, ["helper"])
    done = save(admin, version=1, permissions=["accounts.view"], amount_limit=None)
    actor = queries.actor_by_user(user.pk, admin.company_id)
    assert actor
    assert actor.permissions == {"accounts.view"}
    assert actor.amount_limit is None
    assert done.version == 2
    changes = Event.objects.get(type="accounts.role_updated").data["changes"]
    assert changes["permissions"] == [["catalog.view"], ["accounts.view"]]


def test_nothing_changed_is_no_event_and_no_version(admin: Actor):
    save(admin)
    assert save(admin, version=1).version == 1
    assert not Event.objects.filter(type="accounts.role_updated").exists()


def test_a_stale_form_is_refused(admin: Actor):
    save(admin)
    save(admin, version=1, name="新名")
    with pytest.raises(Stale):
        save(admin, version=1, name="更新的名")


def test_changing_a_role_that_was_deleted_meanwhile_does_not_make_it_again(admin: Actor):
    with pytest.raises(NotFound):
        save(admin, version=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "Groß"),
        ("code", "1st"),
        ("name", ""),
        ("permissions", ["catalog.fly"]),
        ("permissions", ["*"]),
        ("amount_limit", Decimal("-1")),
        ("amount_limit", Decimal("0.001")),
        ("amount_limit", Decimal("1e17")),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(admin: Actor, field: str, value: Any):
    with pytest.raises(Invalid) as refusal:
        save(admin, **{field: value})
    assert list(refusal.value.fields) == [field]


def test_the_administrators_role_is_fixed(admin: Actor):
    with pytest.raises(AdministratorRoleFixed):
        save(admin, code="admin", permissions=["accounts.view"])
    with pytest.raises(AdministratorRoleFixed):
        commands.delete_role(actor=admin, code="admin")
    assert Role.objects.get(company_id=admin.company_id, code="admin").permissions == ["*"]


def test_nobody_puts_into_a_role_or_takes_out_what_they_lack(admin: Actor):
    company = Role.objects.get(company_id=admin.company_id, code="admin").company
    actor = make_actor(company, permissions=["accounts.save_role", "accounts.delete_role", "catalog.view"], limit="100")
    save(actor)
    with pytest.raises(BeyondOwnRights):
        save(actor, permissions=["catalog.view", "accounts.view"])
    with pytest.raises(BeyondOwnLimit):
        save(actor, amount_limit=Decimal("100.01"))
    with pytest.raises(BeyondOwnRights):
        save(actor, code="buyer", permissions=["catalog.view"])
    with pytest.raises(BeyondOwnRights):
        commands.delete_role(actor=actor, code="accountant")


def test_nobody_lifts_their_own_role():
    me = make_user(make_company(), permissions=["accounts.save_role"])
    role = Role.objects.get(company_id=me.last_company_id or 0, permissions=["accounts.save_role"])
    with pytest.raises(BeyondOwnRights):
        save(actor_for(me), code=role.code, permissions=["accounts.save_role", "accounts.view"])


def test_a_role_that_somebody_holds_is_not_deleted(admin: Actor):
    save(admin)
    user = make_user(make_company())
    join(admin.company_id, user, ["helper"])
    with pytest.raises(RoleInUse):
        commands.delete_role(actor=admin, code="helper")
    commands.set_member_roles(actor=admin, username=user.username, roles=[])
    commands.delete_role(actor=admin, code="helper", version=1)
    assert not Role.objects.filter(code="helper").exists()
    assert Event.objects.filter(type="accounts.role_deleted").exists()


def test_stale_unknown_and_forbidden_deletions_are_refused(admin: Actor):
    save(admin)
    with pytest.raises(Stale):
        commands.delete_role(actor=admin, code="helper", version=5)
    with pytest.raises(NotFound):
        commands.delete_role(actor=admin, code="nothing")
    with pytest.raises(NotFound):
        commands.delete_role(actor=make_stranger(), code="helper")
    for command in (lambda actor: save(actor), lambda actor: commands.delete_role(actor=actor, code="helper")):
        with pytest.raises(Forbidden):
            command(make_actor(make_company(), permissions=[]))


def test_roles_of_another_company_are_other_roles(admin: Actor):
    other = make_stranger()
    save(admin)
    save(other, name="别家")
    assert queries.role(admin, "helper")["name"] == "帮手"
    assert queries.role(other, "helper")["name"] == "别家"


def test_every_permission_of_the_standard_roles_exists():
    known = queries.known_permissions() | {"*"}
    missing = {t.code: sorted(set(t.permissions) - known) for t in TEMPLATES if set(t.permissions) - known}
    assert not missing, f"accounts/roles.py names permissions that no command or view declares: {missing}"


def test_every_command_is_granted_by_its_permission_in_the_matrix():
    shown = {found.code for group in queries.permission_groups() for found in group.permissions}
    assert {found.permission for found in COMMANDS.values() if found.permission} <= shown


def test_a_role_limits_discounts_and_nobody_grants_more_than_their_own(admin: Actor):
    save(admin, code="seller", permissions=["accounts.save_role", "accounts.view"], discount_limit=Decimal(15))
    user = make_user(make_company())
    join(admin.company_id, user, ["seller"])
    seller = queries.actor_by_user(user.pk, admin.company_id)
    assert seller
    save(seller, permissions=[], discount_limit=Decimal(15))
    with pytest.raises(BeyondOwnDiscount):
        save(seller, permissions=[], discount_limit=Decimal(16), version=1)
    with pytest.raises(Invalid):
        save(admin, discount_limit=Decimal(101), version=1)
