"""Drawing approval flows: the list, the drawing, what it asks while somebody draws, the versions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from pydantic import ValidationError

from gendan.flow.commands.flows import create_flow, publish_flow, restore_version, save_draft, switch_off
from gendan.flow.permissions import DESIGN
from gendan.flow.queries.flows import (
    Surroundings,
    definition_of,
    documents_like,
    drawn,
    examples,
    flows,
    surroundings,
    versions,
)
from gendan.flow.queries.trial import tried
from gendan.flow.queries.words import flat
from gendan.flow.rules.definition import Approve, Definition, Inform, Webhook, all_nodes
from gendan.flow.subjects import subject_of
from gendan.flow.texts import DESIGNER, WORDS
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.timeline import entries
from gendan.kernel.values import whole

KINDS = ("person", "role", "superior", "head", "buyer", "submitter", "expression")
PEOPLE_FACTS = ("requester", "buyers", "buyer", "salesperson", "created_by", "owner")


def _split(kind: str) -> tuple[str, str]:
    """«po.cancel» is a flow for another transition than submitting."""
    name, _dot, transition = kind.partition(".")
    return name, transition or "submit"


@require_GET
def flow_list(request: HttpRequest) -> HttpResponse:
    """Every kind of document and whether a flow guards it; examples to begin with."""
    actor = actor_of(request)
    rows = flows(actor)
    states = {"on": _("已启用"), "draft": _("草稿"), "off": _("已停用"), "none": _("没有流程")}
    context = {"actor": actor, "rows": rows, "states": states, "examples": examples(rows)}
    return render(request, "flow/designer_list.html", context)


@require_POST
def flow_new(request: HttpRequest) -> HttpResponse:
    """Begin a flow, empty or from an example."""
    actor = actor_of(request)
    kind, transition = _split(request.POST.get("kind", ""))
    code = request.POST.get("example", "")
    chosen = next((one for one in examples(flows(actor)) if one["code"] == code), None) if code else None
    if chosen is None:
        create_flow(actor=actor, kind=kind, transition=transition)
    elif chosen["taken"]:
        save_draft(actor=actor, kind=chosen["kind"], transition=chosen["transition"], definition=chosen["definition"])
    else:
        create_flow(
            actor=actor,
            kind=chosen["kind"],
            transition=chosen["transition"],
            name=chosen["name"],
            definition=chosen["definition"],
        )
    name = _joined(chosen["kind"], chosen["transition"]) if chosen else request.POST.get("kind", "")
    return redirect_to(request, reverse("flow:designer", args=[name]))


def _joined(kind: str, transition: str) -> str:
    return kind if transition == "submit" else f"{kind}.{transition}"


@require_GET
def designer(request: HttpRequest, kind: str) -> HttpResponse:
    """The drawing."""
    actor = actor_of(request)
    name, transition = _split(kind)
    flow = drawn(actor, name, transition)
    around = surroundings(actor, name, transition)
    data = {
        **_picture(around),
        "name": flow.name,
        "definition": flow.definition,
        "version": flow.version,
        "published": flow.published,
        "may": True,
        "findings": around.found(flow.definition),
        "people": _people(around, flow.definition),
        "settable": [{"name": code, "label": str(label)} for code, label in around.subject.settable.items()],
        "judgeable": [
            {"name": code, "label": str(fact.label), "type": fact.type} for code, fact in around.subject.facts.items()
        ],
        "kinds": [by for by in KINDS if by != "buyer" or "buyers" in around.subject.facts],
        "peopleFields": [
            [code, str(fact.label)] for code, fact in around.subject.facts.items() if code in PEOPLE_FACTS
        ],
        "urls": {
            "save": reverse("flow:draft", args=[kind]),
            "now": reverse("flow:now", args=[kind]),
            "try": reverse("flow:try", args=[kind]),
            "documents": reverse("flow:documents", args=[kind]),
            "people": reverse("accounts:people"),
        },
    }
    return render(request, "flow/designer.html", {"actor": actor, "flow": flow, "kind": kind, "data": data})


@require_GET
def now(request: HttpRequest, kind: str) -> JsonResponse:
    """Which version is published, for a drawing that is open while somebody else publishes."""
    return JsonResponse({"published": drawn(actor_of(request), *_split(kind)).published})


def _picture(around: Surroundings) -> dict[str, Any]:
    """What every drawing needs: the words, the facts by name, the roles, the length of a working day."""
    document = str(around.subject.label)
    return {
        "texts": {**_texts(WORDS), **_texts(DESIGNER)},
        "fields": [_field(name, fact, around) for name, fact in flat(around.subject).items()],
        "settable": [],
        "roles": list(around.roles.items()),
        "hours": float(around.hours),
        "starters": _("能提交%(document)s的人") % {"document": document},
        "starters_long": _("任何有权限的人提交%(document)s时，从这里开始。") % {"document": document},
        "people": {},
    }


def _texts(texts: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(text) for key, text in texts.items()}


def _field(name: str, fact: Any, around: Surroundings) -> dict[str, Any]:
    of_list, dot, _inner = name.partition(".")
    inside = bool(dot) and of_list in around.subject.facts
    bare = around.named.bare.get(name, str(fact.label))
    return {"name": name, "label": str(fact.label), "bare": bare, "type": fact.type, "list": of_list if inside else ""}


def _people(around: Surroundings, definition: Any) -> dict[str, str]:
    """The names of the people whom the drawing names."""
    read = Definition.model_validate(definition)
    lists = [read.fallback]
    for node in all_nodes(read.nodes):
        if isinstance(node, Approve | Inform):
            lists.append(node.assignees)
        if isinstance(node, Approve | Webhook):
            lists.append(node.fallback)
    used = {one.value for given in lists for one in given if one.by == "person"}
    return {username: around.named.people.get(username, username) for username in used}


def _body(request: HttpRequest) -> dict[str, Any]:
    """What the drawing sends: an object. Errors: Forbidden, Invalid."""
    actor_of(request).must(DESIGN)
    try:
        found = json.loads(request.body or b"{}") if request.content_type == "application/json" else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("definition", {}), dict):
        raise Invalid({"definition": _("请求正文不是有效的 JSON。")})
    return found


@require_POST
def draft(request: HttpRequest, kind: str) -> HttpResponse:
    """Keep the draft while somebody draws; answers its version and what the check says."""
    actor, (name, transition) = actor_of(request), _split(kind)
    body = _body(request)
    definition, seen = body.get("definition") or {}, body.get("version")
    done = save_draft(
        actor=actor,
        kind=name,
        transition=transition,
        definition=definition,
        name=str(body.get("name") or ""),
        version=seen if isinstance(seen, int) else None,
    )
    findings = surroundings(actor, name, transition).found(definition)
    return JsonResponse({"version": done.version, "findings": findings})


@require_POST
def try_it(request: HttpRequest, kind: str) -> HttpResponse:
    """Who would have approved a past document, by what is drawn now; nothing is written."""
    actor, (name, transition) = actor_of(request), _split(kind)
    actor.must(DESIGN)
    actor.must(subject_of(name, transition).permission)
    body = _body(request)
    try:
        trial = tried(actor, name, str(body.get("number", ""))[:64], body.get("definition") or {}, transition)
    except ValidationError:
        raise Invalid({"definition": _("图里还有没填好的地方，请先看检查结果。")}) from None
    steps = [
        {"key": step.key, "name": step.name, "people": step.people, "note": step.note, "why": step.why}
        for step in trial.steps
    ]
    return JsonResponse({"submitter": trial.submitter, "asks": trial.asks, "steps": steps, "keys": trial.keys})


@require_GET
def documents(request: HttpRequest, kind: str) -> JsonResponse:
    """Past documents to try."""
    name, transition = _split(kind)
    found = documents_like(actor_of(request), name, request.GET.get("q", ""), transition)
    items = [
        {
            "value": number,
            "label": number,
            "spec": " · ".join(filter(None, [partner, f"{amount:,.2f}" if amount else ""])),
        }
        for number, partner, amount in found
    ]
    return JsonResponse({"items": items})


@require_POST
def publish(request: HttpRequest, kind: str) -> HttpResponse:
    """Let the draft count."""
    name, transition = _split(kind)
    done = publish_flow(
        actor=actor_of(request),
        kind=name,
        transition=transition,
        note=request.POST.get("note", ""),
        version=_version(request),
    )
    messages.success(request, _("已发布，第 %(n)s 版从现在起生效。") % {"n": done.data["number"]})
    return redirect_to(request, reverse("flow:versions", args=[kind]))


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


@require_POST
def restore(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Go back: an earlier version becomes the draft, or is published again."""
    name, transition = _split(kind)
    again = request.POST.get("publish") == "1"
    done = restore_version(
        actor=actor_of(request),
        kind=name,
        transition=transition,
        number=number,
        publish=again,
        version=_version(request),
    )
    if again:
        messages.success(request, _("已发布，第 %(n)s 版从现在起生效。") % {"n": done.data["number"]})
        return redirect_to(request, reverse("flow:versions", args=[kind]))
    messages.success(request, _("第 %(n)s 版已成为草稿。") % {"n": number})
    return redirect_to(request, reverse("flow:designer", args=[kind]))


@require_POST
def off(request: HttpRequest, kind: str) -> HttpResponse:
    """Switch a flow off."""
    name, transition = _split(kind)
    switch_off(actor=actor_of(request), kind=name, transition=transition, version=_version(request))
    messages.success(request, _("流程已停用，正在审批的单据会走完。"))
    return redirect_to(request, reverse("flow:flow_list"))


@require_GET
def version_list(request: HttpRequest, kind: str) -> HttpResponse:
    """The versions, and two of them side by side (``?a=1&b=3``)."""
    actor, (name, transition) = actor_of(request), _split(kind)
    rows = versions(actor, name, transition)
    flow = drawn(actor, name, transition)
    numbers = [row["number"] for row in rows]
    newer = _chosen(request, "b", numbers, numbers[0])
    older = _chosen(request, "a", numbers, next((n for n in numbers if n < newer), newer))
    around = surroundings(actor, name, transition)
    before, after = (definition_of(actor, name, number, transition) for number in (older, newer))
    changes = around.differences(before, after)
    people = {**_people(around, before), **_people(around, after)}
    sides = [
        {"definition": before, "changed": _marks(changes, ("removed", "changed", "moved"))},
        {"definition": after, "changed": _marks(changes, ("added", "changed", "moved"))},
    ]
    context = {
        "actor": actor,
        "kind": kind,
        "flow": flow,
        "rows": rows,
        "older": older,
        "newer": newer,
        "changes": changes,
        "data": {**_picture(around), "people": people, "sides": sides},
        "history": entries(actor, [("flow", flow.id)], 30),
        "may": actor.may(DESIGN),
    }
    return render(request, "flow/designer_versions.html", context)


def _chosen(request: HttpRequest, name: str, numbers: list[int], otherwise: int) -> int:
    wanted = whole(request.GET.get(name, "")) if request.GET.get(name, "").isdecimal() else None
    return wanted if wanted in numbers else otherwise


def _marks(changes: list[dict[str, str]], wanted: tuple[str, ...]) -> dict[str, str]:
    """How each card is marked: one that was moved like one that was changed."""
    found = {one["key"]: one["what"] for one in changes if one["what"] in wanted}
    return {key: "changed" if what == "moved" else what for key, what in found.items()}
