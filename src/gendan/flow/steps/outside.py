"""What a flow does beside asking people: it writes fields of the document, and tells other systems."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gendan.flow.queries.standing import Published, Running
from gendan.flow.rules.definition import SetField
from gendan.kernel import jobs
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
    """Start the job that tells another system; it goes out after the commit, in the worker."""
    subject, number = found.subject, found.document.number
    jobs.start(
        actor,
        "webhook",
        _("通知外部系统：%(number)s") % {"number": number},
        WEBHOOK,
        subject=subject.kind,
        transition=subject.transition,
        number=number,
    )
