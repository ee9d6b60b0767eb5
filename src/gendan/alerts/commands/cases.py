"""What people do with a case: take it up, hand it on, put it off, close it, give it to the superior."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.errors import NobodyAbove, NotAMember, ReasonNeeded, SnoozeInPast
from gendan.alerts.labels import ASSIGNED, ESCALATED
from gendan.alerts.models import Case
from gendan.alerts.permissions import HANDLE
from gendan.alerts.queries.texts import NAMES
from gendan.alerts.steps import cases as steps
from gendan.alerts.steps.owners import above
from gendan.flow.queries.people import people_of
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command

TAKE, ASSIGN, SNOOZE = _("开始处理异常"), _("转交异常"), _("推迟异常")
RESOLVE, DISMISS, ESCALATE = _("解决异常"), _("忽略异常"), _("升级异常")
OPEN, LONGEST_SNOOZE = {"open", "in_progress"}, 366


@command(HANDLE, TAKE)
def take_case(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Take a case up: it is in progress, and the actor's own. Errors: NotFound, Stale, WrongState."""
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, TAKE)
    mine = case.owner_id if actor.user_id is None else actor.user_id
    changes = steps.owner_change(actor, case.owner_id, mine)
    case.move_to("in_progress", TAKE, owner_id=mine, answered_at=case.answered_at or timezone.now(), snoozed_until=None)
    record("alerts.case_taken", case.subject, actor, steps.refs(case), changes=changes)
    return _done(case)


@command("alerts.assign_case", ASSIGN, permission=HANDLE)
def assign_case(*, actor: Actor, number: str, to: str, note: str = "", version: int | None = None) -> Done:
    """Hand a case to a colleague (user name), who is told. Errors: NotFound, Stale, WrongState, NotAMember."""
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, ASSIGN)
    directory, _calendar = people_of(actor.company_id, actor.zone)
    person = directory.by_username(to)
    if person is None:
        raise NotAMember(username=to)
    changes = steps.owner_change(actor, case.owner_id, person.id)
    case.move_to(case.state, ASSIGN, owner_id=person.id, answered_at=case.answered_at or timezone.now())
    record("alerts.case_assigned", case.subject, actor, steps.refs(case), changes=changes, note=note.strip()[:300])
    if person.id != actor.user_id:
        text = _now("%(name)s 把异常转交给您：%(rule)s %(document)s。") % _named(actor, case)
        notices.notify(actor.company_id, [person.id], ASSIGNED, f"{text}{note.strip()[:200]}", case.subject)
    return _done(case)


@command("alerts.snooze_case", SNOOZE, permission=HANDLE)
def snooze_case(*, actor: Actor, number: str, until: date, note: str = "", version: int | None = None) -> Done:
    """Put a case off: until that day it stands in no list of what has to be done. Errors: NotFound, Stale, WrongState,
    SnoozeInPast, Invalid.
    """
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, SNOOZE)
    if until <= actor.today():
        raise SnoozeInPast(number=number)
    if (until - actor.today()).days > LONGEST_SNOOZE:  # for ever is dismissing, which needs a reason
        raise Invalid({"until": _now("最多推迟一年。")})
    before = case.snoozed_until
    case.move_to(case.state, SNOOZE, snoozed_until=until, answered_at=case.answered_at or timezone.now())
    changes = {"snoozed_until": [before and before.isoformat(), until.isoformat()]}
    record("alerts.case_snoozed", case.subject, actor, steps.refs(case), changes=changes, note=note.strip()[:300])
    return _done(case)


@command("alerts.resolve_case", RESOLVE, permission=HANDLE)
def resolve_case(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Say that what had to be done is done. It opens again when it gets worse, or comes back after it was gone.

    Errors: NotFound, Stale, WrongState.
    """
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, RESOLVE)
    steps.close(actor, case, "resolved", RESOLVE, note)
    record("alerts.case_resolved", case.subject, actor, steps.refs(case), reason=note.strip()[:300])
    return _done(case)


@command("alerts.dismiss_case", DISMISS, permission=HANDLE)
def dismiss_case(*, actor: Actor, number: str, reason: str, wrong: bool = False, version: int | None = None) -> Done:
    """Say that a case is none, and why; ``wrong``: the rule was mistaken, which its measuring counts. It stays
    dismissed while its cause stands and does not get worse by a step of its rule.

    Errors: NotFound, Stale, WrongState, ReasonNeeded.
    """
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, DISMISS)
    if not reason.strip():
        raise ReasonNeeded()
    steps.close(actor, case, "dismissed", DISMISS, reason)
    db.later("UPDATE alerts_case SET was_wrong = %s::boolean WHERE id = %s::bigint", [wrong, case.pk])
    record("alerts.case_dismissed", case.subject, actor, steps.refs(case), reason=reason.strip()[:300], wrong=wrong)
    return _done(case)


@command("alerts.escalate_case", ESCALATE, permission=HANDLE)
def escalate_case(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Give a case to the superior of its owner, who is told. Errors: NotFound, Stale, WrongState, NobodyAbove."""
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, ESCALATE)
    directory, _calendar = people_of(actor.company_id, actor.zone)
    to = above(case.owner_id, directory)
    if to is None or to == case.owner_id:
        raise NobodyAbove(number=number)
    changes = steps.owner_change(actor, case.owner_id, to)
    case.move_to(case.state, ESCALATE, owner_id=to, escalations=case.escalations + 1)
    record("alerts.case_escalated", case.subject, actor, steps.refs(case), changes=changes, note=note.strip()[:300])
    text = _now("%(name)s 把异常升级给您：%(rule)s %(document)s。") % _named(actor, case)
    notices.notify(actor.company_id, [to], ESCALATED, f"{text}{note.strip()[:200]}", case.subject)
    return _done(case)


def _named(actor: Actor, case: Case) -> dict[str, Any]:
    return {"name": actor.name, "rule": str(NAMES.get(case.rule, case.rule)), "document": case.document_number}


def _done(case: Case) -> Done:
    data = {"rule": case.rule, "document": case.document_number}
    return Done("case", case.pk, case.number, case.state, case.version, data)
