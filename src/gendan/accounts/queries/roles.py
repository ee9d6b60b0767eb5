"""Roles, and every permission that there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.accounts.renewal import offered
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.unit import COMMANDS, VIEWS, label_of, view_permission

VIEW = view_permission("accounts.view", _("查看公司、用户和角色"))

CONTEXTS: dict[str, str | Promise] = {
    "purchasing": _("采购"),
    "sales": _("销售"),
    "inventory": _("库存"),
    "settlement": _("结算"),
    "catalog": _("基础资料"),
    "flow": _("审批"),
    "insight": _("报表"),
    "integrations": _("导入导出"),
    "accounts": _("公司与用户"),
    "kernel": _("通用"),
}

_ROLES = """
SELECT r.id, r.code, r.name, r.permissions, r.given, r.amount_limit, r.discount_limit, r.second_factor, r.version,
 (SELECT count(*) FROM accounts_membership_roles mr JOIN accounts_membership m ON m.id = mr.membership_id
  WHERE mr.role_id = r.id AND m.is_active) AS holders
FROM accounts_role r WHERE r.company_id = %s AND (%s::text IS NULL OR r.code = %s::text)
ORDER BY r.code <> 'admin', r.id
"""


@dataclass(frozen=True, slots=True)
class Permission:
    """One checkbox of a role."""

    code: str
    label: str
    is_view: bool


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    """The permissions of one context."""

    context: str
    label: str
    permissions: list[Permission]


def known_permissions() -> set[str]:
    """Every permission that a role can hold."""
    return {found.permission for found in COMMANDS.values() if found.permission} | set(VIEWS)


def permission_groups() -> list[PermissionGroup]:
    """All permissions by context, what one may see before what one may do."""
    grouped: dict[str, list[Permission]] = {}
    for code in known_permissions():
        context, _dot, verb = code.partition(".")
        grouped.setdefault(context, []).append(Permission(code, label_of(code), verb.startswith("view")))
    order = [*CONTEXTS, *sorted(set(grouped) - set(CONTEXTS))]
    return [
        PermissionGroup(
            context,
            str(CONTEXTS.get(context, context)),
            sorted(grouped[context], key=lambda found: (not found.is_view, found.code)),
        )
        for context in order
        if context in grouped
    ]


def roles(actor: Actor) -> list[dict[str, Any]]:
    """The company's roles with the number of people who hold them."""
    actor.must(VIEW)
    return db.dicts(_ROLES, [actor.company_id, None, None])


def role(actor: Actor, code: str) -> dict[str, Any]:
    """One role."""
    actor.must(VIEW)
    found = db.dicts(_ROLES, [actor.company_id, code, code])
    if not found:
        raise NotFound(what=code)
    known = known_permissions()
    fresh = [code for code in offered(found[0]["code"], found[0]["given"], found[0]["permissions"]) if code in known]
    return {**found[0], "offered": [{"code": code, "label": label_of(code)} for code in fresh]}
