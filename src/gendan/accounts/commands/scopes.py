"""What the holders of a role see: whose documents, which warehouses, suppliers and products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.accounts import rules, steps
from gendan.accounts.errors import AdministratorRoleFixed
from gendan.accounts.models import Role
from gendan.accounts.queries.scopes import CHOICES, FieldRight
from gendan.accounts.scoped import must_be_unlimited
from gendan.kernel import events, fields
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS, check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.unit import Done, command


@command("accounts.save_role_scope", _("设置角色的数据范围"))
def save_role_scope(
    *,
    actor: Actor,
    code: str,
    documents: Mapping[str, str] | None = None,
    warehouses: Sequence[str] = (),
    supplier_groups: Sequence[str] = (),
    categories: Sequence[str] = (),
    version: int | None = None,
) -> Done:
    """Narrow what the holders of a role see, or widen it again: ``documents`` says per context whose (all, department,
    own); an empty list is no restriction. Who sees only a part cannot.
    """
    must_be_unlimited(actor)
    lists = {"warehouses": warehouses, "supplier_groups": supplier_groups, "categories": categories}
    _check(actor, documents or {}, lists)
    wanted: dict[str, Any] = {name: sorted(set(found)) for name, found in lists.items() if found}
    if whose := {context: mode for context, mode in (documents or {}).items() if mode != "all"}:
        wanted["documents"] = whose
    steps.lock_people(actor.company_id)
    role = lock_role(actor, code, version)
    if role.scope != wanted:
        changes = _changes(role.scope, wanted)
        role.scope = wanted
        role.version += 1
        role.save(update_fields=["scope", "version"])
        events.record("accounts.role_scope_set", steps.subject_of(role), actor, changes=changes)
    return Done("role", role.pk, code, version=role.version)


@command("accounts.save_field_rights", _("设置角色的字段权限"))
def save_field_rights(*, actor: Actor, code: str, rights: Sequence[FieldRight], version: int | None = None) -> Done:
    """Say which fields the holders of a role do not see (hidden), do not change (read_only) or must fill in (required);
    the list replaces the one before. Who is kept from fields cannot.
    """
    must_be_unlimited(actor)
    given = {(right.kind, right.field): right for right in rights if right.mode}
    steps.lock_people(actor.company_id)
    role = lock_role(actor, code, version)
    _check_rights(given)
    wanted = [[kind, name, right.mode, sorted(right.states)] for (kind, name), right in sorted(given.items())]
    if role.field_rights != wanted:
        before = {(kind, name): mode for kind, name, mode, _states in role.field_rights}
        after = {(kind, name): mode for kind, name, mode, _states in wanted}
        changes = {
            ".".join(key): [before.get(key, ""), after.get(key, "")]
            for key in sorted(before | after)
            if before.get(key) != after.get(key)
        }
        role.field_rights = wanted
        role.version += 1
        role.save(update_fields=["field_rights", "version"])
        events.record("accounts.field_rights_set", steps.subject_of(role), actor, changes=changes)
    return Done("role", role.pk, code, version=role.version)


def _check_rights(given: Mapping[tuple[str, str], FieldRight]) -> None:
    problems: dict[str, str | Promise] = {}
    for (kind, name), right in given.items():
        field = fields.FIELDS.get((kind, name))
        if field is None or right.mode not in field.modes:
            problems[f"{kind}.{name}"] = _("这个字段不能这样设置。")
        elif (model := KINDS.get(kind)) and set(right.states) - set(model.State.values):
            problems[f"{kind}.{name}"] = _("没有这些状态。")
    if problems:
        raise Invalid(problems)


def lock_role(actor: Actor, code: str, version: int | None) -> Role:
    """A role that may be changed, in the version that was seen."""
    role = Role.objects.filter(company_id=actor.company_id, code=code).first()
    if role is None:
        raise NotFound(what=code)
    if code == rules.ADMINISTRATOR:
        raise AdministratorRoleFixed()
    check_version(role.name, role.version, version)
    return role


def _check(actor: Actor, documents: Mapping[str, str], lists: Mapping[str, Sequence[str]]) -> None:
    problems: dict[str, str | Promise] = {}
    if set(documents) - set(rules.NARROWED) or set(documents.values()) - set(rules.DOCUMENTS):
        problems["documents"] = _("单据范围为：%(known)s") % {"known": " | ".join(rules.DOCUMENTS)}
    for name, given in lists.items():
        if given and (unknown := sorted(set(given) - {code for code, _name in CHOICES[name](actor)})):
            problems[name] = _("没有：%(codes)s") % {"codes": "、".join(unknown)}
    if problems:
        raise Invalid(problems)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """What becomes of a scope, as the timeline says it."""
    old, new = before.get("documents", {}), after.get("documents", {})
    changes = {f"documents.{context}": [old.get(context, "all"), new.get(context, "all")] for context in rules.NARROWED}
    changes |= {name: ["、".join(before.get(name, ())), "、".join(after.get(name, ()))] for name in rules.LISTS}
    return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}
