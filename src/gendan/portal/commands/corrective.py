"""A supplier answers a corrective action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from gendan.kernel import attachments
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.events import Subject
from gendan.kernel.unit import Done, command
from gendan.quality import steps as quality

LABEL = _("供应商答复纠正措施")


@command("portal.answer_corrective", LABEL)
def answer_corrective(
    *,
    actor: Actor,
    number: str,
    supplier: int,
    cause: str,
    action: str,
    contact: str = "",
    done_by: date | None = None,
    files: Sequence[Content] = (),
    version: int | None = None,
) -> Done:
    """Write what ``supplier`` (its id) says of the cause and what it does about it; evidence goes to the action.

    Errors: NotFound, Stale, WrongState, Invalid.
    """
    done = quality.answer_action(actor, number, cause, action, contact, done_by, version=version, supplier_id=supplier)
    if files:
        attachments.attach(actor, [(Subject("car", done.id, number), content) for content in files])
    return done
