"""Pages of carriers and of one parcel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts.secret import Secret
from gendan.carriers import commands, queries
from gendan.carriers.adapters import ADAPTERS
from gendan.carriers.models import Status
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.subjects import page_of
from gendan.kernel.timeline import entries
from gendan.kernel.values import BadValue, to_date, whole

SAVE = "carriers.save_carrier"
EMPTY: dict[str, Any] = {
    "code": "", "name": "", "aliases": [], "adapter": "", "settings": {}, "secrets_set": [], "tracking_url": "",
    "silent_hours": 48, "is_active": True, "version": None, "push_url": "",
}  # fmt: skip


@require_GET
def carrier_list(request: HttpRequest) -> HttpResponse:
    """The company's carriers and how tracking goes."""
    actor = actor_of(request)
    return render(request, "carriers/carrier_list.html", {"actor": actor, "carriers": queries.carriers(actor)})


@require_http_methods(["GET", "POST"])
def carrier_new(request: HttpRequest) -> HttpResponse:
    """Set up a carrier."""
    actor = actor_of(request)
    actor.must(SAVE)
    if request.method == "POST":
        return _save(request, actor, request.POST.get("code", ""), new=True)
    return _form(request, actor, EMPTY)


@require_http_methods(["GET", "POST"])
def carrier_edit(request: HttpRequest, code: str) -> HttpResponse:
    """One carrier: how it is asked, where it pushes to, what was changed."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save(request, actor, code, new=False)
    return _form(request, actor, queries.carrier(actor, code))


def _form(request: HttpRequest, actor: Actor, row: dict[str, Any]) -> HttpResponse:
    context = {
        "actor": actor,
        "carrier": row,
        "may": actor.may(SAVE),
        "adapters": list(ADAPTERS.values()),
        "history": entries(actor, [("carrier", row["id"])], 30) if row.get("id") else [],
    }
    return render(request, "carriers/carrier_form.html", context)


def _save(request: HttpRequest, actor: Actor, code: str, *, new: bool) -> HttpResponse:
    posted = request.POST
    adapter = ADAPTERS.get(posted.get("adapter", ""))
    fields = adapter.fields if adapter else ()
    given = {field.name: posted.get(f"settings.{adapter.code}.{field.name}", "") for field in fields if adapter}
    names = posted.get("aliases", "").replace("，", ",").replace("、", ",").split(",")
    values = {
        "name": posted.get("name", ""),
        "aliases": [name.strip() for name in names if name.strip()],
        "adapter": posted.get("adapter", ""),
        "settings": {field.name: given[field.name] for field in fields if not field.secret},
        "tracking_url": posted.get("tracking_url", ""),
        "silent_hours": posted.get("silent_hours", ""),
        "is_active": "is_active" in posted,
    }
    secrets = {field.name: Secret(given[field.name]) for field in fields if field.secret and given[field.name]}
    version = whole(posted.get("version", ""))
    try:
        done = commands.save_carrier(actor=actor, code=code, new=new, version=version, secrets=secrets, values=values)
    except Invalid as wrong:  # a field of the form is called after its adapter, too
        within = f"settings.{values['adapter']}."
        raise Invalid({name.replace("settings.", within, 1): text for name, text in wrong.fields.items()}) from wrong
    messages.success(request, _("承运商 %(code)s 已保存。") % {"code": done.number})
    return redirect_to(request, reverse("carriers:carrier_list"))


@require_GET
def parcel(request: HttpRequest, carrier: str, number: str) -> HttpResponse:
    """One parcel: all that its carrier said, and a form to tell what it did not say."""
    actor = actor_of(request)
    row = queries.parcel(actor, carrier, number)
    context = {
        "actor": actor,
        "parcel": row,
        "documents": [
            {**document, "url": page_of(document["kind"], document["number"])} for document in row["documents"]
        ],
        "statuses": [(value, label) for value, label in Status.choices if value != "unknown"],
    }
    return render(request, "carriers/parcel.html", context)


@require_POST
def parcel_record(request: HttpRequest, carrier: str, number: str) -> HttpResponse:
    """Tell by hand what happened."""
    actor, posted = actor_of(request), request.POST
    commands.record_event(
        actor=actor,
        carrier=carrier,
        tracking_number=number,
        status=posted.get("status", ""),
        at=_moment(actor, posted.get("at", "")),
        place=posted.get("place", ""),
        text=posted.get("text", ""),
        signed_by=posted.get("signed_by", ""),
    )
    messages.success(request, _("物流信息已登记。"))
    return redirect_to(request, reverse("carriers:parcel", args=[carrier, number]))


@require_POST
def parcel_check(request: HttpRequest, carrier: str, number: str) -> HttpResponse:
    """Ask the carrier now; back to where it was asked from."""
    commands.check_now(actor=actor_of(request), carrier=carrier, tracking_number=number)
    messages.success(request, _("正在向承运商查询，有新信息时本页自动更新。"))
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, None):
        back = reverse("carriers:parcel", args=[carrier, number])
    return redirect_to(request, back)


def _moment(actor: Actor, text: str) -> datetime | None:
    """What a date-and-time field holds, in the company's time."""
    if not text.strip():
        return None
    day, _sep, clock = text.strip().replace(" ", "T").partition("T")
    try:
        hour, minute = (int(part) for part in (clock or "0:0").split(":")[:2])
        found = to_date(day)
        return datetime(found.year, found.month, found.day, hour, minute, tzinfo=actor.zone)
    except (BadValue, ValueError) as bad:
        raise Invalid({"at": _("时间应写成 2026-11-21 15:30")}) from bad
