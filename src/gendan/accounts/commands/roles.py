"""Roles: which commands and views their holders may use, up to which amount."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.accounts import renewal, rules, steps
from gendan.accounts.commands.people import must_cover
from gendan.accounts.errors import AdministratorRoleFixed, RoleInUse
from gendan.accounts.models import Membership, Role
from gendan.accounts.queries import known_permissions
from gendan.kernel import events
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command

LARGEST = Decimal("9999999999999999.99")


@command("accounts.save_role", _("新建或修改角色"))
def save_role(
    *,
    actor: Actor,
    code: str,
    name: str,
    permissions: Sequence[str],
    amount_limit: Decimal | None = Decimal(0),
    discount_limit: Decimal | None = None,
    version: int | None = None,
) -> Done:
    """Make a role, or change one. ``amount_limit`` None is no limit, ``discount_limit`` (percent) None the company's.
    Nobody can put in or take out what they lack.
    """
    code, name = code.strip(), name.strip()
    _check(code, name, permissions, amount_limit, discount_limit)
    steps.lock_people(actor.company_id)
    role = Role.objects.filter(company_id=actor.company_id, code=code).first()
    wanted = Role(
        company_id=actor.company_id,
        code=code,
        name=name,
        permissions=sorted(set(permissions)),
        amount_limit=amount_limit,
        discount_limit=discount_limit,
    )
    if role is None:
        if version is not None:
            raise NotFound(what=code)
        must_cover(actor, [wanted])
        wanted.save()
        limits = {"amount_limit": amount_limit, "discount_limit": discount_limit}
        _record("accounts.role_created", actor, wanted, permissions=wanted.permissions, **limits)
        return Done("role", wanted.pk, code)
    if code == rules.ADMINISTRATOR:
        raise AdministratorRoleFixed()
    check_version(role.name, role.version, version)
    changes = _changes(role, wanted)
    if changes:
        must_cover(actor, [role, wanted])
        role.name, role.permissions = name, wanted.permissions
        role.amount_limit, role.discount_limit = amount_limit, discount_limit
        role.version += 1
        role.given = sorted(renewal.template_of(code) or role.given)  # who saves the page has read what is new
        role.save(update_fields=["name", "permissions", "given", "amount_limit", "discount_limit", "version"])
        _record("accounts.role_updated", actor, role, changes=changes)
    return Done("role", role.pk, code, version=role.version)


@command("accounts.delete_role", _("删除角色"))
def delete_role(*, actor: Actor, code: str, version: int | None = None) -> Done:
    """Delete a role that nobody holds."""
    steps.lock_people(actor.company_id)
    role = Role.objects.filter(company_id=actor.company_id, code=code).first()
    if role is None:
        raise NotFound(what=code)
    if code == rules.ADMINISTRATOR:
        raise AdministratorRoleFixed()
    check_version(role.name, role.version, version)
    must_cover(actor, [role])
    if holders := Membership.objects.filter(roles=role).count():
        raise RoleInUse(name=role.name, count=holders)
    done = Done("role", role.pk, code, version=role.version)
    _record("accounts.role_deleted", actor, role, name=role.name)
    role.delete()
    return done


def _check(
    code: str,
    name: str,
    permissions: Sequence[str],
    amount_limit: Decimal | None,
    discount_limit: Decimal | None,
) -> None:
    problems: dict[str, str | Promise] = {}
    if not rules.ROLE_CODE.fullmatch(code):
        problems["code"] = _("角色代码以小写字母开头，只含小写字母、数字和下划线。")
    if not 1 <= len(name) <= 80:
        problems["name"] = _("请填写角色名称（最多 80 字）。")
    allowed = known_permissions() | ({rules.EVERYTHING} if code == rules.ADMINISTRATOR else set())
    if unknown := sorted(set(permissions) - allowed):
        problems["permissions"] = _("没有这些权限：%(codes)s") % {"codes": "、".join(unknown)}
    if amount_limit is not None and not (0 <= amount_limit <= LARGEST and amount_limit == round(amount_limit, 2)):
        problems["amount_limit"] = _("审批金额上限不能为负，最多两位小数。")
    if discount_limit is not None and not (0 <= discount_limit <= 100 and discount_limit == round(discount_limit, 3)):
        problems["discount_limit"] = _("折扣上限应在 0 到 100 之间，最多三位小数。")
    if problems:
        raise Invalid(problems)


def _changes(role: Role, wanted: Role) -> dict[str, object]:
    changes: dict[str, object] = {
        key: [getattr(role, key), getattr(wanted, key)]
        for key in ("name", "amount_limit", "discount_limit")
        if getattr(role, key) != getattr(wanted, key)
    }
    before, after = set(role.permissions), set(wanted.permissions)
    if before != after:
        changes["permissions"] = [sorted(before - after), sorted(after - before)]
    return changes


def _record(event_type: str, actor: Actor, role: Role, **data: Any) -> None:
    events.record(event_type, steps.subject_of(role), actor, **data)
