"""Which document a task is about."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound


def place_of(actor: Actor, task_id: int) -> tuple[str, str, str]:
    """Kind, number and transition of the document that a task is about. Errors: NotFound."""
    found = db.row(
        "SELECT i.kind, i.number, i.transition FROM flow_task t JOIN flow_instance i ON i.id = t.instance_id"
        " WHERE t.id = %s::bigint AND t.company_id = %s::bigint",
        [task_id, actor.company_id],
    )
    if found is None:
        raise unknown(task_id)
    return found[0], found[1], found[2]


def unknown(task_id: int) -> NotFound:
    """The refusal of a task that there is not, or of which somebody may not know."""
    return NotFound(what=_("审批任务 %(id)s") % {"id": task_id})
