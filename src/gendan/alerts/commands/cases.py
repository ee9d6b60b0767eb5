"""What people do with a case: take it up, hand it on, put it off, close it, give it to the superior."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.errors import (
    CannotSee,
    CauseGone,
    NobodyAbove,
    NotAMember,
    OwnSignal,
    ReasonNeeded,
    SnoozeInPast,
)
from gendan.alerts.labels import ASSIGNED, ESCALATED
from gendan.alerts.models import Case
from gendan.alerts.permissions import HANDLE
from gendan.alerts.queries.handling import can_see, is_own_signal
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.texts import NAMES
from gendan.alerts.steps import cases as steps
from gendan.alerts.steps.owners import above
from gendan.alerts.steps.reminders import first_hours
from gendan.flow.queries.people import deadline, people_of
from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command

TAKE, ASSIGN, SNOOZE = _("开始处理异常"), _("转交异常"), _("推迟异常")
RESOLVE, DISMISS, ESCALATE = _("解决异常"), _("忽略异常"), _("升级异常")
REOPEN = _("把异常放回待处理")
OPEN, LONGEST_SNOOZE = {"open", "in_progress"}, 366


@command(HANDLE, TAKE)
def take_case(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Take a case up: it is in progress, and the actor's own.

    Errors: NotFound, Stale, WrongState, NotYours, OwnSignal (it points at what they did, and is somebody else's).
    """
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, TAKE)
    steps.demand_handling(actor, case, closing=case.owner_id != actor.user_id)
    mine = case.owner_id if actor.user_id is None else actor.user_id
    changes = steps.owner_change(actor, case.owner_id, mine)
    case.move_to("in_progress", TAKE, owner_id=mine, answered_at=case.answered_at or timezone.now(), snoozed_until=None)
    record("alerts.case_taken", case.subject, actor, steps.refs(case), changes=changes)
    return _done(case)


@command("alerts.assign_case", ASSIGN, permission=HANDLE)
def assign_case(*, actor: Actor, number: str, to: str, note: str = "", version: int | None = None) -> Done:
    """Hand a case to a colleague (user name) who sees its document, and is told.

    Errors: NotFound, Stale, WrongState, NotYours, NotAMember, CannotSee, OwnSignal (to oneself).
    """
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, ASSIGN)
    steps.demand_handling(actor, case)
    directory, _calendar = people_of(actor.company_id, actor.zone)
    person = directory.by_username(to)
    if person is None:
        raise NotAMember(username=to)
    if person.id != case.owner_id:
        _demand_sight(actor, case, person.id, person.name or person.username)
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
    NotYours, OwnSignal, SnoozeInPast, Invalid.
    """
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, SNOOZE)
    steps.demand_handling(actor, case, closing=True)
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

    Errors: NotFound, Stale, WrongState, NotYours, OwnSignal.
    """
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, RESOLVE)
    steps.demand_handling(actor, case, closing=True)
    steps.close(actor, case, "resolved", RESOLVE, note)
    record("alerts.case_resolved", case.subject, actor, steps.refs(case), reason=note.strip()[:300])
    return _done(case)


@command("alerts.dismiss_case", DISMISS, permission=HANDLE)
def dismiss_case(*, actor: Actor, number: str, reason: str, wrong: bool = False, version: int | None = None) -> Done:
    """Say that a case is none, and why; ``wrong``: the rule was mistaken, which its measuring counts. It stays
    dismissed while its cause stands and does not get worse by a step of its rule.

    Errors: NotFound, Stale, WrongState, NotYours, OwnSignal, ReasonNeeded.
    """
    case = steps.lock_case(actor, number, version)
    case.must_be(OPEN, DISMISS)
    steps.demand_handling(actor, case, closing=True)
    if not reason.strip():
        raise ReasonNeeded()
    steps.close(actor, case, "dismissed", DISMISS, reason)
    db.later("UPDATE alerts_case SET was_wrong = %s::boolean WHERE id = %s::bigint", [wrong, case.pk])
    record("alerts.case_dismissed", case.subject, actor, steps.refs(case), reason=reason.strip()[:300], wrong=wrong)
    return _done(case)


@command("alerts.reopen_case", REOPEN, permission=HANDLE)
def reopen_case(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Put a case back to what has to be done: one in progress, or one that somebody closed while its cause stands.
    The time in which it has to be taken up begins again.

    Errors: NotFound, Stale, WrongState, NotYours, CauseGone.
    """
    case = steps.lock_case(actor, number, version)
    case.must_be({"in_progress", "resolved", "dismissed"}, REOPEN)
    steps.demand_handling(actor, case)
    if not case.active:
        raise CauseGone(number=number)
    rule = rules_of(actor.company_id).get(case.rule)
    hours = first_hours(rule) if rule else None
    now, calendar = timezone.now(), people_of(actor.company_id, actor.zone)[1]
    closed = {"closed_at": None, "closed_by_id": None, "closed_how": "", "reason": "", "was_wrong": False}
    case.move_to(
        "open", REOPEN, **closed, settled_days=None, settled_amount=None, answered_at=None,
        snoozed_until=None, escalations=0, answer_by=deadline(now, hours, calendar) if hours else None,
    )  # fmt: skip
    record("alerts.case_put_back", case.subject, actor, steps.refs(case), note=note.strip()[:300])
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


def _demand_sight(actor: Actor, case: Case, user_id: int, name: str) -> None:
    """Refuse to hand a case to who does not see it, and one that points at what somebody did to that person by their
    own hand.
    """
    if not can_see(actor, user_id, case.rule, case.document_kind, case.pk):
        raise CannotSee(name=name, document=case.document_number)
    own = (case.rule, case.key, case.document_kind, case.document_id)
    if user_id == actor.user_id and is_own_signal(actor, *own):
        raise OwnSignal(number=case.number)


def _named(actor: Actor, case: Case) -> dict[str, Any]:
    return {"name": actor.name, "rule": str(NAMES.get(case.rule, case.rule)), "document": case.document_number}


def _done(case: Case) -> Done:
    data = {"rule": case.rule, "document": case.document_number}
    return Done("case", case.pk, case.number, case.state, case.version, data)
