"""What the pages of master data share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gendan.catalog import commands, queries
from gendan.catalog.forms import version_of
from gendan.catalog.steps.master import SPECS
from gendan.kernel import attachments
from gendan.kernel import timeline as history
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.unit import COMMENT


def address(page: str, *args: Any, **parameters: str) -> str:
    """The address of a page of any context, "" where it does not exist."""
    try:
        found = reverse(page, args=args)
    except NoReverseMatch:
        return ""
    return f"{found}?{urlencode(parameters)}" if parameters else found


def list_page(
    request: HttpRequest, resource: str, template: str, fixed: dict[str, str] | None = None, **extra: Any
) -> HttpResponse:
    """A list of a resource as the address asks for it; ``fixed`` filters are the page's own."""
    actor = actor_of(request)
    asked = request.GET
    filters = {name: asked.get(name, "") for name in queries.FILTERS[resource]} | (fixed or {})
    if "active" in filters and not filters["active"]:
        filters["active"] = "true"
    if filters.get("active") == "all":
        filters["active"] = ""
    q = asked.get("q", "")
    page = queries.rows(actor, resource, q=q, filters=filters, sort=asked.get("sort", "code"), after=asked.get("after"))
    for row in page.items:
        row["resource"] = resource
        if resource == "sales-prices":
            row["whose"] = whose(row)
    found = queries.count(actor, resource, q, filters)
    context = {
        "page": page,
        "count": min(found, queries.COUNT_CAP),
        "capped": found > queries.COUNT_CAP,
        "export": address("integrations:export", resource, **{k: v for k, v in {**filters, "q": q}.items() if v}),
        "import_page": address("integrations:import_page", resource=resource)
        if actor.may("integrations.import_file")
        else "",
        "actor": actor,
        "may_save": actor.may(SPECS[resource].permission),
        "resource": resource,
        **extra,
    }
    return render(request, template, context)


def sales_prices_of(actor: Actor, **filters: str) -> list[dict[str, Any]] | None:
    """The first sales prices of a product, each with whom it is for; None for who may not see them."""
    if not actor.may(queries.VIEW_SALES_PRICE):
        return None
    found = queries.rows(actor, "sales-prices", filters=filters, limit=50).items
    return [{**row, "whose": whose(row)} for row in found]


def whose(price: dict[str, Any]) -> str:
    """Whom a sales price is for, in words."""
    if price["customer"]:
        return f"{price['customer']} {price['customer_name']}"
    return _("%(name)s（等级）") % {"name": price["customer_class_name"]} if price["customer_class"] else _("标准价")


def timeline_of(
    actor: Actor, kind: str, record: dict[str, Any], *more: tuple[str, str, list[dict[str, Any]]]
) -> dict[str, Any]:
    """What the timeline of a record's page needs; ``more`` are (kind, resource, records) that it tells of, too."""
    subjects = [(kind, record["id"]), *((other, row["id"]) for other, _resource, rows in more for row in rows)]
    resources = {kind: f"{kind}s", **{other: resource for other, resource, _rows in more}}
    labels = {
        name: {column.name: str(column.label) for column in SPECS[resource].columns}
        for name, resource in resources.items()
    }
    entries = [
        {**entry, "changes": _changes(labels[entry["kind"]], entry["data"])}
        | ({"number": "", "url": ""} if entry["kind"] == kind else {})
        for entry in history.entries(actor, subjects)
    ]
    may_comment = actor.may(COMMENT)
    return {
        "entries": entries,
        "files": attachments.attachments_of(actor, subjects),
        "comment_url": address("kernel:add_comment", kind, record["code"]) if may_comment else "",
        "attach_url": address("kernel:attach_file", kind, record["code"]) if may_comment else "",
        "people_url": address("accounts:people"),
    }


def _changes(labels: dict[str, str], data: dict[str, Any] | None) -> list[tuple[str, Any, Any]]:
    changes = (data or {}).get("changes") or {}
    return [(labels[name], _plain(old), _plain(new)) for name, (old, new) in changes.items() if name in labels]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "；".join(" ".join(str(part) for part in item.values() if part) for item in value)
    return "" if value is None else str(value)


def saved(request: HttpRequest, text: str) -> None:
    """Tell the user on the next page."""
    messages.success(request, text)


@require_POST
def switch(request: HttpRequest, resource: str, to: str) -> HttpResponse:
    """Switch one or several records on or off: ``ids`` are codes; bins name their ``warehouse``, addresses their
    ``partner``, too."""
    actor = actor_of(request)
    codes = request.POST.getlist("ids")[:1000]
    if resource not in SPECS or "code" not in SPECS[resource].key or to not in {"on", "off"} or not codes:
        raise NotFound(what=resource)
    extra = {name: request.POST.get(name, "") for name in SPECS[resource].key if name != "code"}
    if len(codes) == 1:
        key = {"code": codes[0], **extra}
        commands.set_active(actor=actor, resource=resource, key=key, active=to == "on", version=version_of(request))
    else:
        rows = [{"code": code, "is_active": to == "on", **extra} for code in codes]
        outcomes = commands.save_rows(actor=actor, resource=resource, rows=rows, atomic=True).data["outcomes"]
        refused = {o["key"] or str(o["row"]): "；".join(o["errors"].values()) for o in outcomes if o["errors"]}
        if refused:
            raise Invalid(dict(refused))
    done = _("已启用 %(count)s 项。") if to == "on" else _("已停用 %(count)s 项。")
    saved(request, done % {"count": len(codes)})
    return redirect_to(request, _back(request, resource))


def _back(request: HttpRequest, resource: str) -> str:
    if resource == "bins":
        return reverse("catalog:warehouse", args=[request.POST.get("warehouse", "")])
    if resource == "addresses":
        return f"{reverse('catalog:partner', args=[request.POST.get('partner', '')])}?tab=addresses"
    names = {"products": "product_list", "partners": "partner_list", "warehouses": "warehouse_list"}
    if resource in names:
        return reverse(f"catalog:{names[resource]}")
    return reverse("catalog:basic_list", args=[resource])
