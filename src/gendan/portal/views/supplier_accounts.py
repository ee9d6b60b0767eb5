"""What staff do with the accounts of a supplier's people, from the supplier's page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gendan.catalog.queries import Panel
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import whole
from gendan.portal import commands
from gendan.portal.queries.people import INVITE, RIGHT_LABELS, people_of, supplier_named
from gendan.purchasing.queries.supplier_address import public_address


@require_http_methods(["GET", "POST"])
def accounts(request: HttpRequest, supplier: str) -> HttpResponse:
    """The people of a supplier who may sign in; invite one more."""
    actor = actor_of(request)
    actor.must(INVITE)
    known = supplier_named(actor, supplier)
    if known is None:
        raise NotFound(what=supplier)
    if request.method == "POST":
        posted = request.POST
        done = commands.invite_supplier_person(
            actor=actor,
            supplier=supplier,
            email=posted.get("email", ""),
            name=posted.get("name", ""),
            rights=posted.getlist("right"),
            language=posted.get("language", "zh-hans"),
        )
        messages.success(request, _("已给 %(email)s 发出邀请") % {"email": done.number})
        return redirect_to(request, reverse("portal:supplier_accounts", args=[supplier]))
    context = {
        "actor": actor,
        "supplier": known,
        "people": people_of(actor.company_id, known["id"]),
        "rights": list(RIGHT_LABELS.items()),
        "languages": list(settings.LANGUAGES),
        "address": public_address(reverse("portal:supplier_entrance")),
    }
    return render(request, "portal/supplier_accounts.html", context)


@require_POST
def person(request: HttpRequest, supplier: str, person_id: int) -> HttpResponse:
    """Change what somebody of a supplier may do, shut them out or let them in again, send a new link."""
    actor, posted = actor_of(request), request.POST
    version = whole(posted.get("version", ""))
    match posted.get("verb", ""):
        case "reset":
            commands.reset_supplier_person(actor=actor, person=person_id, version=version)
            messages.success(request, _("新的链接已发出"))
        case "off" | "on" as verb:
            commands.save_supplier_person(actor=actor, person=person_id, is_active=verb == "on", version=version)
            messages.success(request, _("已保存"))
        case _:
            rights = posted.getlist("right")
            commands.save_supplier_person(actor=actor, person=person_id, rights=rights, version=version)
            messages.success(request, _("已保存"))
    return redirect_to(request, reverse("portal:supplier_accounts", args=[supplier]))


def partner_panel(actor: Actor, kind: str, record: dict[str, Any]) -> Panel | None:
    """On the page of a supplier: who signs in there, and when they were last seen."""
    if kind != "partner" or not actor.may(INVITE):
        return None
    supplier = supplier_named(actor, record["code"])
    if supplier is None:
        return None
    found = people_of(actor.company_id, supplier["id"])[:8]
    facts: list[tuple[str, Any]] = [(row["name"], _seen(row)) for row in found]
    return Panel(
        _("供应商账号"), "users", facts, [(_("管理账号"), reverse("portal:supplier_accounts", args=[record["code"]]))]
    )


def _seen(row: dict[str, Any]) -> str:
    if not row["seen_at"]:
        return str(row["state_label"])
    return f"{row['state_label']} · {timezone.localtime(row['seen_at']):%Y-%m-%d %H:%M}"
