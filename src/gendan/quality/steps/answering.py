"""A corrective action is answered, by the supplier or for it."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, step
from gendan.quality.models import CorrectiveAction

ANSWER = _("登记纠正措施答复")
FARTHEST = timedelta(days=366)


@step
def answer_action(
    actor: Actor,
    number: str,
    cause: str,
    action: str,
    contact: str,
    done_by: date | None,
    *,
    version: int | None = None,
    supplier_id: int | None = None,
) -> Done:
    """Write cause, action, who and until when; ``supplier_id``: the supplier that answers, for its own door.

    Errors: NotFound, Stale, WrongState, Invalid.
    """
    row = CorrectiveAction.lock(actor, number, version)
    if supplier_id not in (None, row.supplier_id):
        raise NotFound(what=number)
    row.must_be({"open", "answered"}, ANSWER)
    problems = {
        name: _now("必填，最多 %(count)s 个字。") % {"count": 2000}
        for name, text in (("cause", cause), ("action", action))
        if not text.strip() or len(text) > 2000
    }
    if done_by is not None and not row.created_at.date() <= done_by <= actor.today() + FARTHEST:
        problems["done_by"] = _now("完成日期应在发起日之后的一年之内。")
    if problems:
        raise Invalid(problems)
    row.move_to(
        "answered",
        ANSWER,
        cause=cause.strip(),
        measure=action.strip(),
        contact=contact.strip()[:120] or row.contact,
        done_by=done_by,
        answered_by=actor.name[:120],
        answered_at=Now(),
    )
    record("quality.action_answered", row.subject, actor, action_refs(row), reason=action)
    if row.owner_id and row.owner_id != actor.user_id:
        notices.notify(actor.company_id, [row.owner_id], "action", action.strip()[:200], row.subject)
    return Done("car", row.pk, row.number, row.state, row.version)


@step
def action_refs(row: CorrectiveAction) -> list[str]:
    """What the page of its inspection and supplier shows of it."""
    found = db.row(
        "SELECT s.code, coalesce(q.number, '') FROM catalog_partner s LEFT JOIN quality_inspection q"
        " ON q.id = %s::bigint WHERE s.id = %s::bigint",
        [row.inspection_id, row.supplier_id],
    )
    assert found is not None
    return [f"partner:{found[0]}", *([f"qi:{found[1]}"] if found[1] else [])]
