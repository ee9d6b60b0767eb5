"""How far suppliers' answers may go, for the company and for single suppliers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gendan.kernel import db
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.values import BadValue, to_integer, to_number
from gendan.purchasing.commands.answer_policy import save_answer_policy
from gendan.purchasing.posted import version_of

_ALL = """
SELECT coalesce(p.code, '') AS supplier, coalesce(p.name, '') AS supplier_name, x.days, x.percent, x.silence_hours,
 x.sends, x.version FROM purchasing_answerpolicy x LEFT JOIN catalog_partner p ON p.id = x.partner_id
WHERE x.company_id = %s::bigint ORDER BY x.partner_id IS NOT NULL, p.code LIMIT 500
"""
NONE: dict[str, Any] = {
    "supplier": "",
    "supplier_name": "",
    "days": 0,
    "percent": Decimal(0),
    "silence_hours": 48,
    "sends": False,
    "version": 0,
}


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """See and say what is taken of suppliers' answers at once."""
    actor = actor_of(request)
    actor.must("purchasing.save_answer_policy")
    if request.method == "POST":
        posted = request.POST
        try:
            given: dict[str, Any] = {
                "days": to_integer(posted.get("days", "").strip() or "0"),
                "percent": to_number(posted.get("percent", "").strip() or "0"),
                "silence_hours": to_integer(posted.get("silence_hours", "").strip() or "48"),
            }
        except BadValue as wrong:
            raise Invalid({"days": wrong.text}) from wrong
        save_answer_policy(
            actor=actor,
            supplier=posted.get("supplier", "").strip(),
            sends=bool(posted.get("sends")),
            version=version_of(request),
            **given,
        )
        messages.success(request, _("已保存"))
        return redirect_to(request, reverse("portal:supplier_settings"))
    found = db.dicts(_ALL, [actor.company_id])
    whole = next((row for row in found if not row["supplier"]), NONE)
    asked = request.GET.get("supplier", "").strip()[:64]
    row = whole if not asked else next((row for row in found if row["supplier"] == asked), None)
    row = row or {**whole, "supplier": asked, "supplier_name": "", "version": 0}
    context = {"actor": actor, "row": row, "own": [row for row in found if row["supplier"]]}
    return render(request, "portal/supplier_settings.html", context)
