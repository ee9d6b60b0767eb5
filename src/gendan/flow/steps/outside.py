"""What a flow does beside asking people: it writes fields of the document, and tells other systems."""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app

from gendan.flow.queries.standing import Published, Running
from gendan.flow.rules.definition import SetField
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import step

WEBHOOK = "flow.call_webhook"


@step
def set_field(actor: Actor, found: Published | Running, node: SetField, given: Any) -> None:
    """Write a field that the subject declares settable; what has no value is left as it is."""
    subject = found.subject
    if given is None or subject.set_field is None or node.field not in subject.settable:
        record("flow.field_not_set", found.document, actor, node=node.name or node.key, field=node.field)
        return
    subject.set_field(actor, found.document.number, node.field, given)
    record("flow.field_set", found.document, actor, field=str(subject.settable[node.field]), value=str(given))


@step
def call(actor: Actor, found: Published | Running) -> None:
    """Let the worker tell another system, after the commit."""
    app.configure_task(WEBHOOK, allow_unknown=False).defer(
        company_id=actor.company_id,
        kind=found.subject.kind,
        transition=found.subject.transition,
        number=found.document.number,
    )
