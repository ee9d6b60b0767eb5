"""Flows for programs: what guards which documents, the draft, publishing, trying, the versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from pydantic import Field

from gendan.flow.api.router import REFUSALS, router
from gendan.flow.commands.flows import create_flow, publish_flow, restore_version, save_draft, switch_off
from gendan.flow.queries.flows import definition_of, drawn, flows, surroundings, versions
from gendan.flow.queries.trial import tried
from gendan.flow.rules.definition import Definition
from gendan.kernel.api import Body, DoneOut, Out, caller, done


class FlowRowOut(Out):
    """``state``: on, draft (nothing published yet), off, none (no flow)."""

    kind: str
    transition: str
    label: str
    name: str
    state: Literal["on", "draft", "off", "none"]
    published: int | None
    published_at: datetime | None
    published_by: str
    draft: int | None
    running: int
    version: int


class FlowsOut(Out):
    items: list[FlowRowOut]


class FlowFindingOut(Out):
    """What is wrong (error) or doubtful (warning) at a node or arm; an empty key is the whole flow."""

    key: str
    level: Literal["error", "warning"]
    code: str
    text: str


class FlowOut(Out):
    """``definition`` is the draft, or what is published where there is none (``version`` 0)."""

    kind: str
    transition: str
    name: str
    published: int | None
    draft: int | None
    version: int
    flow_version: int
    definition: Definition
    findings: list[FlowFindingOut]


class FlowVersionOut(Out):
    """``current``: documents are approved by it now; ``ended`` counts up to 1001."""

    number: int
    state: Literal["draft", "published"]
    current: bool
    note: str
    created_by: str
    created_at: datetime
    published_by: str
    published_at: datetime | None
    running: int
    ended: int


class FlowVersionsOut(Out):
    items: list[FlowVersionOut]


class DifferenceOut(Out):
    key: str
    what: Literal["added", "removed", "moved", "changed"]
    text: str


class ComparedOut(Out):
    items: list[DifferenceOut]


class FlowBody(Body):
    """``version``: that of the draft which was seen (0: there was none); left out, it is not asked."""

    definition: Definition
    name: str = Field("", max_length=80)
    version: int | None = None


class PublishBody(Body):
    note: str = Field("", max_length=300)
    version: int | None = None


class RestoreBody(PublishBody):
    """``publish``: as a new version, at once; otherwise it becomes the draft."""

    publish: bool = False


class OffBody(Body):
    """``version``: the flow's own (``flow_version``)."""

    version: int | None = None


class TryBody(Body):
    """``definition`` left out: what is drawn now."""

    number: str = Field(max_length=64)
    definition: Definition | None = None


class TriedStepOut(Out):
    key: str
    name: str
    type: str
    people: list[str]
    note: str
    why: str


class TriedOut(Out):
    """``asks``: somebody would have been asked; ``keys``: every node and arm on the way."""

    number: str
    submitter: str
    asks: bool
    steps: list[TriedStepOut]
    keys: list[str]


@router.get("/flows", response={200: FlowsOut, **REFUSALS}, summary="Which documents need approval by a flow")
def flow_list(request: HttpRequest) -> Any:
    return {"items": flows(caller(request))}


@router.get("/flows/{kind}", response={200: FlowOut, **REFUSALS}, summary="A flow as it is drawn")
def flow(request: HttpRequest, kind: str, transition: str = "submit") -> Any:
    actor = caller(request)
    found = drawn(actor, kind, transition)
    return {
        "kind": kind,
        "transition": transition,
        "name": found.name,
        "published": found.published,
        "draft": found.draft,
        "version": found.version,
        "flow_version": found.flow_version,
        "definition": found.definition,
        "findings": surroundings(actor, kind, transition).found(found.definition),
    }


@router.post("/flows/{kind}", response={200: DoneOut, **REFUSALS}, summary="Begin a flow with a draft")
def flow_create(request: HttpRequest, kind: str, body: FlowBody, transition: str = "submit") -> Any:
    definition = body.definition.model_dump(mode="json", exclude_none=True)
    return done(
        create_flow(actor=caller(request), kind=kind, transition=transition, name=body.name, definition=definition)
    )


@router.put("/flows/{kind}", response={200: DoneOut, **REFUSALS}, summary="Keep the draft of a flow")
def flow_save(request: HttpRequest, kind: str, body: FlowBody, transition: str = "submit") -> Any:
    return done(
        save_draft(
            actor=caller(request),
            kind=kind,
            transition=transition,
            definition=body.definition.model_dump(mode="json", exclude_none=True),
            name=body.name,
            version=body.version,
        )
    )


@router.post("/flows/{kind}/publish", response={200: DoneOut, **REFUSALS}, summary="Let the draft count from now on")
def flow_publish(request: HttpRequest, kind: str, body: PublishBody, transition: str = "submit") -> Any:
    actor = caller(request)
    return done(publish_flow(actor=actor, kind=kind, transition=transition, note=body.note, version=body.version))


@router.post("/flows/{kind}/off", response={200: DoneOut, **REFUSALS}, summary="Switch a flow off")
def flow_off(request: HttpRequest, kind: str, body: OffBody, transition: str = "submit") -> Any:
    return done(switch_off(actor=caller(request), kind=kind, transition=transition, version=body.version))


@router.post("/flows/{kind}/try", response={200: TriedOut, **REFUSALS}, summary="Who would have approved a document")
def flow_try(request: HttpRequest, kind: str, body: TryBody, transition: str = "submit") -> Any:
    actor = caller(request)
    definition = body.definition or drawn(actor, kind, transition).definition
    return tried(actor, kind, body.number, definition, transition)


@router.get("/flows/{kind}/versions", response={200: FlowVersionsOut, **REFUSALS}, summary="The versions of a flow")
def flow_versions(request: HttpRequest, kind: str, transition: str = "submit") -> Any:
    return {"items": versions(caller(request), kind, transition)}


@router.get(
    "/flows/{kind}/versions/compare", response={200: ComparedOut, **REFUSALS}, summary="What differs in two versions"
)
def flow_compare(request: HttpRequest, kind: str, a: int, b: int, transition: str = "submit") -> Any:
    actor = caller(request)
    before, after = (definition_of(actor, kind, number, transition) for number in (a, b))
    return {"items": surroundings(actor, kind, transition).differences(before, after)}


@router.get("/flows/{kind}/versions/{number}", response={200: Definition, **REFUSALS}, summary="One version as drawn")
def flow_version(request: HttpRequest, kind: str, number: int, transition: str = "submit") -> Any:
    return Definition.model_validate(definition_of(caller(request), kind, number, transition))


@router.post(
    "/flows/{kind}/versions/{number}/restore", response={200: DoneOut, **REFUSALS}, summary="Go back to a version"
)
def flow_restore(request: HttpRequest, kind: str, number: int, body: RestoreBody, transition: str = "submit") -> Any:
    return done(
        restore_version(
            actor=caller(request),
            kind=kind,
            transition=transition,
            number=number,
            publish=body.publish,
            note=body.note,
            version=body.version,
        )
    )
