"""Draw approval flows: make one, keep its draft, publish it, go back to an earlier version, switch it off.

The row of the flow is locked first, by all of them: two people at one draft come one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from gendan.flow.errors import DraftChanged, FlowExists, FlowHasErrors, FlowIsOff, NothingToPublish
from gendan.flow.permissions import DESIGN
from gendan.flow.queries.flows import filled, in_words, surroundings
from gendan.flow.rules.check import errors
from gendan.flow.rules.definition import Definition
from gendan.flow.subjects import subject_of
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command

SAVE, PUBLISH = _("保存审批流程的草稿"), _("发布审批流程")
MOST = 200_000  # characters of a definition
_NEW = """
INSERT INTO flow_flow (company_id, kind, transition, name, version)
VALUES (%(company)s::bigint, %(kind)s::text, %(transition)s::text, %(name)s::text, 1)
ON CONFLICT (company_id, kind, transition) DO NOTHING RETURNING id
"""
_LOCK = """
SELECT f.id, f.name, f.version, f.published_id FROM flow_flow f
WHERE f.company_id = %(company)s::bigint AND f.kind = %(kind)s::text AND f.transition = %(transition)s::text FOR UPDATE
"""
_DRAFT = """
SELECT v.id, v.number, v.version, v.definition::text, coalesce(nullif(u.name, ''), u.username, '')
FROM flow_flowversion v LEFT JOIN accounts_user u ON u.id = v.created_by_id
WHERE v.flow_id = %(flow)s::bigint AND v.state = 'draft'
"""
_HELD = """
SELECT v.definition::text, coalesce(nullif(u.name, ''), u.username, '') FROM flow_flow f
JOIN flow_flowversion v ON v.id = f.published_id LEFT JOIN accounts_user u ON u.id = v.published_by_id
WHERE f.id = %(flow)s::bigint
"""
_ADD = """
INSERT INTO flow_flowversion (company_id, flow_id, number, state, definition, note, version, created_by_id)
SELECT %(company)s::bigint, %(flow)s::bigint, coalesce(max(number), 0) + 1, 'draft', %(definition)s::jsonb, '', 1,
 %(user)s::bigint FROM flow_flowversion WHERE flow_id = %(flow)s::bigint RETURNING id, number, version
"""
_KEEP = """
UPDATE flow_flowversion SET definition = %(definition)s::jsonb, version = version + 1, created_by_id = %(user)s::bigint
WHERE id = %(draft)s::bigint RETURNING id, number, version
"""
_RENAME = "UPDATE flow_flow SET name = %(name)s::text, updated_at = now() WHERE id = %(flow)s::bigint"
_PUBLISH = """
WITH v AS (UPDATE flow_flowversion SET state = 'published', note = %(note)s::text, published_by_id = %(user)s::bigint,
 published_at = now() WHERE id = %(draft)s::bigint RETURNING id)
UPDATE flow_flow SET published_id = v.id, version = version + 1, updated_at = now() FROM v
WHERE flow_flow.id = %(flow)s::bigint
"""
_OFF = """
UPDATE flow_flow SET published_id = NULL, version = version + 1, updated_at = now() WHERE id = %(flow)s::bigint
"""
_VERSION = "SELECT definition::text FROM flow_flowversion WHERE flow_id = %(flow)s::bigint AND number = %(number)s"


@dataclass(frozen=True, slots=True)
class _Flow:
    """A flow that is locked."""

    id: int
    name: str
    version: int
    published_id: int | None
    kind: str
    transition: str

    @property
    def subject(self) -> Subject:
        return Subject("flow", self.id, number_of(self.kind, self.transition))


@dataclass(frozen=True, slots=True)
class _Draft:
    id: int
    number: int
    version: int
    definition: str = ""
    by: str = ""


def number_of(kind: str, transition: str) -> str:
    """By what a flow is called in events and addresses: «po», or «po.cancel» of another transition than submitting."""
    return kind if transition == "submit" else f"{kind}.{transition}"


@command("flow.create_flow", _("新建审批流程"), permission=DESIGN)
def create_flow(
    *,
    actor: Actor,
    kind: str,
    transition: str = "submit",
    name: str = "",
    definition: Mapping[str, Any] | None = None,
) -> Done:
    """Begin the flow of a kind of document, with a draft; nothing needs approval before it is published.

    Errors: UnknownSubject, Invalid, FlowExists.
    """
    subject = subject_of(kind, transition)
    shown = name.strip()[:80] or gettext("%(document)s审批") % {"document": subject.label}
    text = _text(definition or {"nodes": []})
    params = {"company": actor.company_id, "kind": kind, "transition": transition, "name": shown}
    row = db.row(_NEW, params)
    if row is None:
        raise FlowExists(name=str(subject.label))
    flow = _Flow(row[0], shown, 1, None, kind, transition)
    draft = _add(actor, flow, text)
    record("flow.flow_created", flow.subject, actor, name=shown)
    return _done(flow, "draft", draft)


@command("flow.save_draft", SAVE, permission=DESIGN)
def save_draft(
    *,
    actor: Actor,
    kind: str,
    transition: str = "submit",
    definition: Mapping[str, Any],
    name: str = "",
    version: int | None = None,
) -> Done:
    """Keep what is drawn; it may be unfinished. ``version`` is the draft's that was seen, 0: there was none.

    Errors: UnknownSubject, NotFound, Invalid, DraftChanged (with what differs, and the draft as it is).
    """
    text = _text(definition)
    flow = _lock(actor, kind, transition)
    draft = _draft_of(flow)
    _check_seen(actor, flow, draft, definition, version)
    if name.strip() and name.strip() != flow.name:
        db.later(_RENAME, {"flow": flow.id, "name": name.strip()[:80]})
        record("flow.renamed", flow.subject, actor, changes={"name": [flow.name, name.strip()[:80]]})
    if draft is not None and json.loads(draft.definition) == json.loads(text):
        return _done(flow, "draft", draft)
    kept = _add(actor, flow, text) if draft is None else _keep(actor, draft, text)
    record("flow.draft_saved", flow.subject, actor, version=kept.number)
    return _done(flow, "draft", kept)


@command("flow.publish_flow", PUBLISH, permission=DESIGN)
def publish_flow(
    *, actor: Actor, kind: str, transition: str = "submit", note: str = "", version: int | None = None
) -> Done:
    """Let the draft count from now on; approvals that run keep the version that they began with.

    Errors: UnknownSubject, NotFound, NothingToPublish, DraftChanged, FlowHasErrors.
    """
    flow = _lock(actor, kind, transition)
    draft = _draft_of(flow)
    if draft is None:
        raise NothingToPublish(name=flow.name)
    definition = json.loads(draft.definition)
    _check_seen(actor, flow, draft, definition, version)
    _publish(actor, flow, draft, note, definition)
    return _done(flow, "published", draft)


@command("flow.restore_version", _("回到审批流程的旧版本"), permission=DESIGN)
def restore_version(
    *,
    actor: Actor,
    kind: str,
    transition: str = "submit",
    number: int,
    publish: bool = False,
    note: str = "",
    version: int | None = None,
) -> Done:
    """Take an earlier version as the draft, or publish it again as a new one. ``version`` is the draft's that was seen.

    What the draft held before is gone, unless nothing had been drawn. Errors: as saving and publishing.
    """
    flow = _lock(actor, kind, transition)
    row = db.row(_VERSION, {"flow": flow.id, "number": number})
    if row is None:
        raise NotFound(what=gettext("%(name)s的第 %(number)s 版") % {"name": flow.name, "number": number})
    definition = json.loads(row[0])
    draft = _draft_of(flow)
    _check_seen(actor, flow, draft, definition, version)
    kept = _add(actor, flow, row[0]) if draft is None else _keep(actor, draft, row[0])
    record("flow.version_restored", flow.subject, actor, version=number)
    if publish:
        said = note.strip() or gettext("恢复第 %(number)s 版") % {"number": number}
        _publish(actor, flow, kept, said, definition)
    return _done(flow, "published" if publish else "draft", kept)


@command("flow.switch_off", _("停用审批流程"), permission=DESIGN)
def switch_off(*, actor: Actor, kind: str, transition: str = "submit", version: int | None = None) -> Done:
    """Let documents pass without the flow from now on; approvals that run go on. ``version`` is the flow's own.

    Errors: UnknownSubject, NotFound, Stale, FlowIsOff.
    """
    flow = _lock(actor, kind, transition)
    check_version(flow.name, flow.version, version)
    if flow.published_id is None:
        raise FlowIsOff(name=flow.name)
    db.later(_OFF, {"flow": flow.id})
    record("flow.switched_off", flow.subject, actor)
    return Done("flow", flow.id, flow.subject.number, "off", flow.version + 1)


def _text(definition: Mapping[str, Any]) -> str:
    """The JSON that is kept. Errors: Invalid."""
    try:
        text = json.dumps(filled(definition), ensure_ascii=False)
    except ValidationError as error:
        fields = {"definition." + ".".join(str(part) for part in one["loc"]): one["msg"] for one in error.errors()[:20]}
        raise Invalid(fields) from None
    if len(text) > MOST:
        raise Invalid({"definition": _too_long()})
    return text


def _too_long() -> str | Promise:
    return _("流程太大，最多 %(most)s 个字符。") % {"most": MOST}


def _lock(actor: Actor, kind: str, transition: str) -> _Flow:
    subject = subject_of(kind, transition)
    row = db.row(_LOCK, {"company": actor.company_id, "kind": kind, "transition": transition})
    if row is None:
        raise NotFound(what=gettext("%(document)s的审批流程") % {"document": subject.label})
    id_, name, version, published_id = row
    return _Flow(id_, name, version, published_id, kind, transition)


def _draft_of(flow: _Flow) -> _Draft | None:
    row = db.row(_DRAFT, {"flow": flow.id})
    return None if row is None else _Draft(*row)


def _add(actor: Actor, flow: _Flow, text: str) -> _Draft:
    params = {"company": actor.company_id, "flow": flow.id, "definition": text, "user": actor.user_id}
    row = db.row(_ADD, params)
    assert row is not None
    return _Draft(*row)


def _keep(actor: Actor, draft: _Draft, text: str) -> _Draft:
    row = db.row(_KEEP, {"draft": draft.id, "definition": text, "user": actor.user_id})
    assert row is not None
    return _Draft(*row)


def _check_seen(
    actor: Actor, flow: _Flow, draft: _Draft | None, wanted: Mapping[str, Any], version: int | None
) -> None:
    """Refuse when somebody else saved meanwhile; say what differs, so that nothing is lost on either side."""
    current = draft.version if draft else 0
    if version is None or version == current:
        return
    held, by = (draft.definition, draft.by) if draft else (db.row(_HELD, {"flow": flow.id}) or ('{"nodes": []}', ""))
    around = surroundings(actor, flow.kind, flow.transition)
    theirs = filled(json.loads(held))
    raise DraftChanged(
        number=flow.subject.number,
        name=flow.name,
        by=by or gettext("有人"),
        current=current,
        seen=version,
        changes=around.differences(filled(wanted), theirs),
        definition=theirs,
        findings=around.found(theirs),
    )


def _publish(actor: Actor, flow: _Flow, draft: _Draft, note: str, definition: Mapping[str, Any]) -> None:
    around = surroundings(actor, flow.kind, flow.transition)
    findings = around.findings(definition)
    if wrong := [in_words(one, around.named) for one in errors(findings)]:
        raise FlowHasErrors(name=flow.name, count=len(wrong), first=wrong[0]["text"], findings=wrong)
    kept = Definition.model_validate(definition)
    params = {"draft": draft.id, "flow": flow.id, "note": note.strip()[:300], "user": actor.user_id}
    db.later(_PUBLISH, params)
    record("flow.published", flow.subject, actor, version=draft.number, note=note.strip()[:300], nodes=len(kept.nodes))


def _done(flow: _Flow, state: str, draft: _Draft) -> Done:
    data = {"number": draft.number}
    return Done("flow", flow.id, flow.subject.number, state, draft.version, data)
