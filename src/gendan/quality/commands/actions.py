"""Corrective actions: what the supplier shall do about what was bad, its answer, and whether it helped."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.numbering import next_number
from gendan.kernel.unit import Done, command
from gendan.quality.errors import ReasonRequired
from gendan.quality.models import CorrectiveAction
from gendan.quality.steps import answering
from gendan.quality.steps.answering import ANSWER, FARTHEST

OPEN, RETURN = _("发起纠正措施"), _("退回纠正措施答复")
VERIFY, CLOSE, REMIND = _("验证纠正措施"), _("关闭纠正措施"), _("提醒超期的纠正措施")
KEEP = "quality.create_action"
_OF = """
SELECT s.id, s.code, p.id, p.code, q.id, q.number,
 (SELECT m.user_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
  WHERE m.company_id = %(company)s::bigint AND u.username = %(owner)s::text AND u.is_active)
FROM (SELECT 1) one
LEFT JOIN quality_inspection q ON q.company_id = %(company)s::bigint AND q.number = %(inspection)s::text
LEFT JOIN catalog_partner s ON s.company_id = %(company)s::bigint AND s.is_supplier
 AND CASE WHEN %(supplier)s::text = '' THEN s.id = q.supplier_id ELSE s.code = %(supplier)s::text END
LEFT JOIN catalog_product p ON p.company_id = %(company)s::bigint AND p.code = %(product)s::text
"""


@command(KEEP, OPEN)
def create_action(
    *,
    actor: Actor,
    problem: str,
    due_on: date,
    supplier: str = "",
    product: str = "",
    inspection: str = "",
    contact: str = "",
    owner: str = "",
) -> Done:
    """Ask a supplier for the cause of what was bad and what it does about it, by a day. Of an ``inspection`` the
    supplier is known. ``owner`` (a user name) sees to it; else who asks.

    Errors: Invalid.
    """
    problems = _asked(actor, problem, due_on)
    params = {"company": actor.company_id, "supplier": supplier, "product": product, "inspection": inspection}
    found = db.row(_OF, {**params, "owner": owner})
    assert found is not None
    for name, code, id_ in (("inspection", inspection, found[4]), ("product", product, found[2])):
        if code and id_ is None:
            problems[name] = _now("没有「%(code)s」") % {"code": code}
    if found[0] is None:
        problems["supplier"] = _now("请选择供应商。") if not supplier else _now("没有「%(code)s」") % {"code": supplier}
    if owner and found[6] is None:
        problems["owner"] = _now("没有「%(code)s」") % {"code": owner}
    if problems:
        raise Invalid(problems)
    row = CorrectiveAction.objects.create(
        company_id=actor.company_id,
        number=next_number(actor.company_id, "CAR"),
        state="open",
        created_by_id=actor.user_id,
        supplier_id=found[0],
        product_id=found[2],
        inspection_id=found[4],
        problem=problem.strip(),
        due_on=due_on,
        contact=contact.strip()[:120],
        owner_id=found[6] or actor.user_id,
    )
    refs = [f"partner:{found[1]}"]
    refs += [f"product:{found[3]}"] if found[2] else []
    refs += [f"qi:{found[5]}"] if found[4] else []
    record("quality.action_opened", row.subject, actor, refs, due_on=due_on, reason=problem)
    return Done("car", row.pk, row.number, "open")


def _asked(actor: Actor, problem: str, due_on: date) -> dict[str, str]:
    problems = {}
    if not problem.strip() or len(problem) > 1000:
        problems["problem"] = _now("必填，最多 %(count)s 个字。") % {"count": 1000}
    if not actor.today() <= due_on <= actor.today() + FARTHEST:
        problems["due_on"] = _now("答复期限应在今天到一年之内。")
    return problems


@command("quality.answer_action", ANSWER, permission=KEEP)
def answer_action(
    *,
    actor: Actor,
    number: str,
    cause: str,
    action: str,
    contact: str = "",
    done_by: date | None = None,
    version: int | None = None,
) -> Done:
    """Write what the supplier answered: the cause, the action, who of them, until when.

    Errors: NotFound, Stale, WrongState, Invalid.
    """
    return answering.answer_action(actor, number, cause, action, contact, done_by, version=version)


@command("quality.return_action", RETURN, permission=KEEP)
def return_action(*, actor: Actor, number: str, reason: str, due_on: date, version: int | None = None) -> Done:
    """Send an answer back that does not convince, with a new day. Errors: NotFound, Stale, WrongState, ReasonRequired,
    Invalid.
    """
    row = CorrectiveAction.lock(actor, number, version)
    row.must_be({"answered"}, RETURN)
    if not reason.strip():
        raise ReasonRequired()
    if wrong := _asked(actor, "x", due_on):
        raise Invalid(wrong)
    row.move_to("open", RETURN, verdict_note=reason.strip()[:1000], due_on=due_on, reminded_on=None)
    record("quality.action_returned", row.subject, actor, answering.action_refs(row), reason=reason, due_on=due_on)
    return _done(row)


@command("quality.verify_action", VERIFY, permission=KEEP)
def verify_action(*, actor: Actor, number: str, note: str, version: int | None = None) -> Done:
    """Say that what was done helped, and how that was seen; sampling that was stopped begins again, tightened.

    Errors: NotFound, Stale, WrongState, ReasonRequired.
    """
    row = CorrectiveAction.lock(actor, number, version)
    row.must_be({"answered"}, VERIFY)
    if not note.strip():
        raise ReasonRequired()
    row.move_to("verified", VERIFY, verdict_note=note.strip()[:1000], verified_at=Now())
    record("quality.action_verified", row.subject, actor, answering.action_refs(row), reason=note)
    return _done(row)


@command("quality.close_action", CLOSE, permission=KEEP)
def close_action(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Close it; without having been verified only with a reason.

    Errors: NotFound, Stale, WrongState, ReasonRequired.
    """
    row = CorrectiveAction.lock(actor, number, version)
    row.must_be({"open", "answered", "verified"}, CLOSE)
    if row.state != "verified" and not reason.strip():
        raise ReasonRequired()
    row.move_to("closed", CLOSE, closed_at=Now(), verdict_note=reason.strip()[:1000] or row.verdict_note)
    record("quality.action_closed", row.subject, actor, answering.action_refs(row), reason=reason)
    return _done(row)


_OVERDUE = """
UPDATE quality_correctiveaction SET reminded_on = %(today)s::date
WHERE company_id = %(company)s::bigint AND state = 'open' AND due_on < %(today)s::date
 AND coalesce(reminded_on, due_on) < %(today)s::date - CASE WHEN reminded_on IS NULL THEN 0 ELSE 6 END
RETURNING id, number, owner_id, due_on
"""


@command("quality.remind_actions", REMIND, permission=KEEP)
def remind_actions(*, actor: Actor, day: date) -> Done:
    """Tell those who see to actions which answers are overdue on a day: the day after, then every week."""
    found = db.rows(_OVERDUE, {"company": actor.company_id, "today": day})
    told: list[Any] = [(owner, Subject("car", id_, number), due) for id_, number, owner, due in found if owner]
    if told:
        notices.notify_each(
            actor.company_id,
            "action",
            [(who, _now("供应商应在 %(day)s 前答复") % {"day": due.isoformat()}, what) for who, what, due in told],
        )
    return Done("car", 0, "", data={"reminded": len(found)})


def _done(row: CorrectiveAction) -> Done:
    return Done("car", row.pk, row.number, row.state, row.version)
