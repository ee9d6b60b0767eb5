"""The list of change orders, one of them with before and after, the versions of an order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.catalog.queries import figure
from gendan.changes import commands
from gendan.changes.models import OPEN_STATES, ChangeOrder
from gendan.changes.permissions import ANSWER, APPROVE, CREATE
from gendan.changes.queries import (
    answers,
    change_detail,
    change_list,
    changes_of_order,
    compare_versions,
    kinds_seen,
    partner_named,
    shown,
    versions_of,
)
from gendan.changes.rules import Diff, compare
from gendan.changes.targets import TARGETS, Target, target_of
from gendan.flow.queries.passed import passed_words
from gendan.flow.queries.progress import progress
from gendan.kernel import duties, prints
from gendan.kernel.attachments import attachments_of
from gendan.kernel.errors import NotFound
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.subjects import page_of
from gendan.kernel.timeline import changes_of, entries
from gendan.kernel.unit import COMMENT, Done
from gendan.kernel.values import whole

Row = dict[str, Any]
LABELS = dict(ChangeOrder.State.choices)
ORIGINS = dict(ChangeOrder.Origin.choices)
# What of a line that comes or goes is worth a row.
TOLD = ("quantity", "unit_price", "required_on", "requested_on")
PAPERS = {"po": "purchasing.order", "so": "sales.order"}


@require_GET
def change_page_list(request: HttpRequest) -> HttpResponse:
    """Change orders, newest first, with how fast partners answer."""
    actor, given = actor_of(request), request.GET
    kind = given.get("kind", "") if given.get("kind", "") in TARGETS else ""
    partner = given.get("partner", "")[:64]
    page = change_list(actor, given.get("state", ""), kind=kind, partner=partner, after=given.get("after"))
    for row in page.items:
        row["origin"] = ORIGINS[row["origin"]]
        row["hours_shown"] = hours(row["hours"]) if row["answered_at"] else ""
    chips: list[tuple[str, Any, None]] = [("", _("未完结"), None)]
    chips += [(state, LABELS[state], None) for state in (*OPEN_STATES, "applied", "rejected", "withdrawn")]
    chips.append(("all", _("全部"), None))
    found = answers(actor, kind, partner)
    context = {
        "actor": actor,
        "page": page,
        "chips": chips,
        "labels": LABELS,
        "kinds": [(name, TARGETS[name].label) for name in kinds_seen(actor)],
        "partner_name": partner_named(actor, partner),
        "answers": {**found, "average": hours(found["average"]), "middle": hours(found["middle"])},
    }
    return render(request, "changes/change_list.html", context)


def hours(value: Any) -> str:
    """«1.5 小时», «3.2 天»; "" when nobody answered."""
    if value is None:
        return ""
    if value < 1:
        return _("%(n)s 分钟") % {"n": max(round(value * 60), 1)}
    if value >= 48:
        return _("%(n)s 天") % {"n": round(value / 24, 1)}
    return _("%(n)s 小时") % {"n": round(value, 1)}


@require_GET
def change_page(request: HttpRequest, number: str) -> HttpResponse:
    """One change order: before and after, whom it hits, who has to decide, what happened."""
    actor = actor_of(request)
    change = change_detail(actor, number)
    target: Target = change["target"]
    order = target.read(actor, change["order_number"])
    open_ = change["state"] in OPEN_STATES
    hit = target.impact(actor, order, change["content"]) if open_ and target.impact_template else None
    subjects = [("co", change["id"])]
    approval = progress(actor, "co", change["id"])
    context = {
        "actor": actor,
        "change": change,
        "approval": approval,
        "by_flow": bool(approval and approval.runs),
        "target": target,
        "order": order,
        "order_url": page_of(target.kind, order.subject.number),
        "blocks": blocks(change["diffs"]),
        "rounds": [
            {**row, "origin": ORIGINS[row["origin"]], "blocks": blocks(row["diffs"])}
            for row in change["proposals"][:-1]
        ],
        "impact": hit,
        "moved_on": open_ and compare(change["base"], shown(actor, target, order.content)) != [],
        "may": {
            "edit": actor.may(CREATE) and actor.may(target.edit),
            "approve": actor.may(APPROVE) and actor.may(target.approve),
            "answer": actor.may(ANSWER) and actor.may(target.edit),
        },
        "within_limit": change["amount"] is None or actor.may_approve(change["amount"]),
        "origin": ORIGINS[change["origin"]],
        "steps": _steps(change),
        "events": entries(actor, subjects),
        "files": attachments_of(actor, subjects),
        "may_comment": actor.may(COMMENT),
        "hours": hours(change["hours"]),
    }
    return render(request, "changes/change_detail.html", context)


def blocks(diffs: Sequence[Diff]) -> list[Row]:
    """Before and after, one block for the header and each line: fields as people call them."""
    found = []
    for diff in diffs:
        cells = [cell for cell in diff.cells if diff.kind not in {"added", "removed"} or cell[0] in TOLD]
        if diff.kind == "header":
            title = _("订单")
        elif diff.line:
            title = _("第 %(line)s 行") % {"line": diff.line}
        else:
            title = _("新行")
        product = f"{diff.product} {diff.product_name}".strip()
        rows = changes_of({"changes": [[name, _figure(name, was), _figure(name, now)] for name, was, now in cells]})
        found.append({"kind": diff.kind, "title": title, "product": product, "cells": rows})
    return found


def _figure(name: str, value: str) -> str:
    """A quantity or a price with thousands separators; contents hold plain numbers."""
    return figure(Decimal(value)) if value and name in {"quantity", "unit_price"} else value


def _steps(change: Row) -> list[Row]:
    """Drafted, approved, agreed to, applied."""
    state = change["state"]
    bad = state in {"rejected", "withdrawn"}

    def step(label: str, on: Any, note: str, now: bool) -> Row:
        # What waits again, after a counter-proposal or being sent back, waits: the day it was done before says nothing.
        if now:
            return {"label": label, "date": None, "note": "", "state": "now"}
        return {"label": label, "date": on, "note": note, "state": "done" if on else "todo"}

    found = [
        step(_("提交"), change["submitted_at"], change["submitter"] or change["author"], state == "draft"),
        step(
            _("审批"),
            change["approved_at"],
            change["approver"] or passed_words(change["passed_by"]),
            state == "pending_approval",
        ),
    ]
    if change["must_agree"] or change["sent_at"]:
        found.append(step(_("对方确认"), change["answered_at"], change["partner_name"], state == "awaiting_partner"))
    found.append(step(_("生效"), change["applied_at"], "", state == "approved"))
    if bad:
        found[-1].update(label=LABELS[state], state="bad", date=change["updated_at"])
    return found


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:300]


Verb = Callable[..., Done]
VERBS: dict[str, tuple[Verb, str]] = {
    "submit": (commands.submit_change, ""),
    "approve": (commands.approve_change, "note"),
    "reject": (commands.reject_change, "reason"),
    "withdraw": (commands.withdraw_change, "reason"),
    "accept": (commands.accept_change, "note"),
    "refuse": (commands.refuse_change, "reason"),
    "apply": (commands.apply_change, ""),
}


@require_POST
def change_verb(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something to a change order and show what became of it."""
    if verb not in VERBS:
        raise NotFound(what=verb)
    run, says = VERBS[verb]
    more = {says: _reason(request)} if says else {}
    done = run(actor=actor_of(request), number=number, version=whole(request.POST.get("version", "")), **more)
    said = {"number": done.number, "state": LABELS[done.state]}
    if done.data.get("blocked"):
        messages.warning(request, _("%(number)s 已同意，但还不能生效：%(why)s") % {**said, "why": done.data["blocked"]})
    else:
        messages.success(request, _("%(number)s：%(state)s") % said)
    duties.tell(request, done)
    return redirect_to(request, reverse("changes:change_detail", args=[number]))


@require_GET
def versions(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """Every version of an order, two of them compared, and the change orders that made them."""
    actor, target = actor_of(request), target_of(kind)
    found = versions_of(actor, kind, number)
    known = [row["revision"] for row in found]
    last = known[-1]
    newer = whole(request.GET.get("b", "")) or last
    older = whole(request.GET.get("a", "")) or max(newer - 1, 1)
    diffs = compare_versions(actor, kind, number, older, newer) if older != newer else []
    for row in found:
        row["print"] = prints.choose(PAPERS[kind], f"{number}@{row['revision']}") if kind in PAPERS else ""
    order = target.read(actor, number)
    context = {
        "actor": actor,
        "target": target,
        "order": order,
        "order_url": page_of(kind, number),
        "versions": found[::-1],
        "older": older,
        "newer": newer,
        "choices": [(str(revision), _("第 %(n)s 版") % {"n": revision}) for revision in known],
        "blocks": blocks(diffs),
        "changes": changes_of_order(actor, kind, number),
        "labels": LABELS,
    }
    return render(request, "changes/versions.html", context)
