"""Pages of units, categories, currencies, taxes and customer classes: one list and one form, from their columns."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gendan.catalog import commands, queries
from gendan.catalog.forms import values_of, version_of
from gendan.catalog.steps.master import SPECS, Spec
from gendan.catalog.views.common import list_page, saved
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Column
from gendan.kernel.errors import NotFound
from gendan.kernel.http import actor_of, redirect_to

BASICS = ("units", "categories", "currencies", "taxes", "customer-classes")
KINDS = {"number": "number", "integer": "integer", "flag": "yesno", "code": "code"}


def _spec(resource: str) -> Spec:
    if resource not in BASICS:
        raise NotFound(what=resource)
    return SPECS[resource]


def _shown(actor: Actor, spec: Spec) -> list[Column]:
    """The columns that the actor may see; what is switched off is shown otherwise."""
    return [c for c in spec.columns if c.name != "is_active" and (not c.permission or actor.may(c.permission))]


@require_GET
def basic_list(request: HttpRequest, resource: str) -> HttpResponse:
    """One of the small tables; tabs lead to the others."""
    spec = _spec(resource)
    extra: dict[str, Any] = {
        "spec": spec,
        "columns": [(c.name, c.label, KINDS.get(c.kind, "text")) for c in _shown(actor_of(request), spec)],
        "tabs": [
            (SPECS[name].label, reverse("catalog:basic_list", args=[name]), name == resource, None) for name in BASICS
        ],
    }
    return list_page(request, resource, "catalog/basic_list.html", **extra)


@require_http_methods(["GET", "POST"])
def basic_new(request: HttpRequest, resource: str) -> HttpResponse:
    """Make a record of a small table."""
    return _form(request, resource, None)


@require_http_methods(["GET", "POST"])
def basic_edit(request: HttpRequest, resource: str, code: str) -> HttpResponse:
    """Change a record of a small table."""
    return _form(request, resource, code)


def _form(request: HttpRequest, resource: str, code: str | None) -> HttpResponse:
    spec, actor = _spec(resource), actor_of(request)
    actor.must(spec.permission)
    fields = tuple(column.name for column in _shown(actor, spec))
    if request.method == "POST":
        values = values_of(spec, request, fields)
        if code is not None:
            values["code"] = code
        done = commands.SAVE[resource](actor=actor, values=values, version=version_of(request), new=code is None)
        saved(request, _("%(code)s 已保存。") % {"code": done.number})
        return redirect_to(request, reverse("catalog:basic_list", args=[resource]))
    row = queries.record(actor, resource, code) if code is not None else None
    context = {
        "spec": spec,
        "row": row,
        "resource": resource,
        "inputs": [_input(actor, spec, name, row) for name in fields],
    }
    return render(request, "catalog/basic_form.html", context)


def _input(actor: Actor, spec: Spec, name: str, row: dict[str, Any] | None) -> dict[str, Any]:
    column = next(column for column in spec.columns if column.name == name)
    options = []
    if column.ref:
        options = [("", "—"), *((r["code"], f"{r['code']} {r['name']}") for r in queries.choices(actor, column.ref))]
    kind = {"flag": "checkbox", "number": "number", "integer": "number"}.get(column.kind, "text")
    return {
        "name": name,
        "label": column.label,
        "type": "select" if options else kind,
        "value": row[name] if row else column.default,
        "required": column.required,
        "options": options,
        "fixed": row is not None and name == "code",
    }
