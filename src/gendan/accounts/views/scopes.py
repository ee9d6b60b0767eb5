"""Pages of what a role sees: its data scope and its rights on single fields."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gendan.accounts import commands, queries
from gendan.accounts.labels import WHOSE
from gendan.accounts.queries import FieldRight
from gendan.accounts.views.posted import version_of
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS
from gendan.kernel.fields import MODE_LABELS as MODES
from gendan.kernel.fields import Field
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.timeline import entries

NO_RIGHT = "no_right"
CONTEXTS: dict[str, str | Promise] = {
    "purchasing": gettext_lazy("采购单据"),
    "sales": gettext_lazy("销售单据"),
    "inventory": gettext_lazy("库存单据"),
}
LISTS: dict[str, str | Promise] = {
    "warehouses": gettext_lazy("仓库"),
    "supplier_groups": gettext_lazy("供应商分组"),
    "categories": gettext_lazy("产品类别"),
}
KIND_LABELS: dict[str, str | Promise] = {
    "po": gettext_lazy("采购订单"),
    "requisition": gettext_lazy("采购申请"),
    "so": gettext_lazy("销售订单"),
    "quotation": gettext_lazy("报价单"),
    "partner": gettext_lazy("往来单位"),
    "product": gettext_lazy("产品"),
}


@require_GET
def role_rights(request: HttpRequest, code: str) -> HttpResponse:
    """What the holders of a role see, and what they may do with single fields."""
    actor = actor_of(request)
    scope = queries.role_scope(actor, code)
    said = {(right.kind, right.field): right for right in queries.field_rights(actor)[code]}
    context = {
        "actor": actor,
        "role": scope,
        "contexts": CONTEXTS,
        "whose": list(WHOSE.items()),
        "lists": [(name, label, queries.CHOICES[name](actor)) for name, label in LISTS.items()],
        "kinds": _kinds(said),
        "modes": MODES,
        "history": entries(actor, [("role", scope["id"])], 30),
    }
    return render(request, "accounts/role_rights.html", context)


def _kinds(said: dict[tuple[str, str], FieldRight]) -> list[dict[str, Any]]:
    """The fields by kind, each with what is said of it."""
    found: dict[str, dict[str, Any]] = {}
    for field in queries.settable_fields():
        model = KINDS.get(field.kind)
        kind = found.setdefault(
            field.kind,
            {"label": KIND_LABELS.get(field.kind, field.kind), "states": model.State.choices if model else [],
             "fields": []},
        )  # fmt: skip
        right = said.get((field.kind, field.name), FieldRight(field.kind, field.name, ""))
        kind["fields"].append({"field": field, "right": right, "with_states": model and not field.permission})
    return list(found.values())


@require_POST
def role_scope(request: HttpRequest, code: str) -> HttpResponse:
    """Narrow what the holders of a role see."""
    posted = request.POST
    done = commands.save_role_scope(
        actor=actor_of(request),
        code=code,
        documents={context: posted.get(f"documents.{context}", "all") for context in CONTEXTS},
        warehouses=posted.getlist("warehouses"),
        supplier_groups=posted.getlist("supplier_groups"),
        categories=posted.getlist("categories"),
        version=version_of(request),
    )
    messages.success(request, _("数据范围已保存。"))
    return redirect_to(request, reverse("accounts:role_rights", args=[done.number]))


@require_POST
def role_fields(request: HttpRequest, code: str) -> HttpResponse:
    """Say which fields are hidden, fixed, or must be filled in."""
    rights = [
        FieldRight(
            field.kind,
            field.name,
            request.POST.get(f"mode.{field.kind}.{field.name}", ""),
            tuple(request.POST.getlist(f"states.{field.kind}.{field.name}")),
        )
        for field in queries.settable_fields()
    ]
    done = commands.save_field_rights(actor=actor_of(request), code=code, rights=rights, version=version_of(request))
    messages.success(request, _("字段权限已保存。"))
    return redirect_to(request, reverse("accounts:role_rights", args=[done.number]))


@require_GET
def field_rights(request: HttpRequest) -> HttpResponse:
    """What every role says of every field."""
    actor = actor_of(request)
    roles = queries.roles(actor)
    said = _said(actor)
    kinds = [
        {**kind, "rows": [(one["field"], [said.get((role["code"], *_key(one)), "") or _without(role, one["field"])
                                          for role in roles])
                          for one in kind["fields"]]}
        for kind in _kinds({})
    ]  # fmt: skip
    context = {"actor": actor, "roles": roles, "kinds": kinds, "modes": {**MODES, NO_RIGHT: _("无权查看")}}
    return render(request, "accounts/field_rights.html", context)


def _without(role: dict[str, Any], field: Field) -> str:
    """What a role does not see because it lacks the permission, whatever is said of the field."""
    held = {"*", field.permission}.intersection(role["permissions"])
    return NO_RIGHT if field.permission and not held else ""


def _key(one: dict[str, Any]) -> tuple[str, str]:
    return one["field"].kind, one["field"].name


def _said(actor: Actor) -> dict[tuple[str, str, str], str]:
    return {
        (code, right.kind, right.field): right.mode
        for code, rights in queries.field_rights(actor).items()
        for right in rights
    }
