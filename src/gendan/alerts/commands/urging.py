"""Ask a supplier when it comes, once for any number of cases; take its answer; go on when there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from gendan.alerts.models import OPEN_STATES, Case
from gendan.alerts.permissions import MIND
from gendan.alerts.queries.seen import demand
from gendan.alerts.remedies import answering, steps
from gendan.alerts.remedies.errors import AlreadyUrged, CaseClosed, NothingToUrge, OtherSupplier
from gendan.alerts.remedies.urging import ANSWER, DAYS, HOURS, MOST_HOURS, URGE, AnswerIn, lines_of_urge
from gendan.alerts.remedies.words import effect_in_words
from gendan.flow.queries.people import deadline, people_of
from gendan.kernel import db, tokens
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Entry, record_all
from gendan.kernel.unit import Done, command
from gendan.purchasing.queries.sending import must_see_it
from gendan.purchasing.queries.supplier_address import OpenLink
from gendan.purchasing.steps import sending

SEND, MIND_URGES = "alerts.send_urge", "alerts.mind_urges"
MOST_CASES = 500
_URGE = """
INSERT INTO alerts_urge (company_id, partner_id, link_id, recipient, email, language, note, cases, created_by_id,
 created_at, expires_at, answer_by) VALUES (%(company)s::bigint, %(partner)s::bigint, %(link)s::bigint,
 %(recipient)s::text, %(email)s::text, %(language)s::text, %(note)s::text, %(cases)s::int, %(user)s::bigint, now(),
 %(expires_at)s::timestamptz, %(answer_by)s::timestamptz) RETURNING id
"""
_WAITING = """
SELECT c.number, g.answer_by FROM alerts_remedy r JOIN alerts_case c ON c.id = r.case_id
JOIN alerts_urge g ON g.id = r.urge_id WHERE r.case_id = ANY(%s::bigint[]) AND r.state = 'waiting' LIMIT 1
"""


@command(URGE, _("催供应商"))
def urge_supplier(
    *,
    actor: Actor,
    number: str,
    cases: Sequence[str] = (),
    email: str = "",
    recipient: str = "",
    language: str = "zh-hans",
    hours: Decimal = HOURS,
    note: str = "",
) -> Done:
    """Ask the supplier of a case (and of ``cases`` of the same supplier with it) when it comes: one message with the
    recipient's link, which opens their orders, to answer by. The cases are in progress and wait for it; without an
    answer after so many working hours they go to the superior of who answers for them. ``email`` empty: the link is to
    be handed on in another way.

    A fixed number of statements, however many cases. Errors: NotFound, Forbidden, CaseClosed, AlreadyUrged,
    OtherSupplier, NothingToUrge, LinkShowsWhatIsHidden, Invalid.
    """
    must_see_it(actor)
    _check(email, language, hours, recipient)
    numbers = list(dict.fromkeys([number, *cases]))
    if len(numbers) > MOST_CASES:
        raise Invalid({"cases": _now("一次最多催 %(most)s 项。") % {"most": MOST_CASES}})
    found = _lock(actor, numbers)
    first = next(case for case in found if case.number == number)
    now = timezone.now()
    _directory, calendar = people_of(actor.company_id, actor.zone)
    answer_by = deadline(now, hours, calendar)
    given = {"email": email.strip(), "recipient": recipient.strip(), "language": language, "note": note.strip()[:500]}
    ends = tokens.end_of(max(now, answer_by), DAYS)
    link = _link(actor, first, given, ends)
    urge = _insert(actor, first, len(found), link, {**given, "expires_at": ends, "answer_by": answer_by})
    ids = [case.pk for case in found]
    effect = _effect(actor, first, len(found), answer_by)
    steps.insert_done(actor, ids, "urge_supplier", {"email": email.strip()}, effect, state="waiting", urge=urge)
    lines = lines_of_urge(actor.company_id, urge)
    if not any(line["open"] > 0 for line in lines):
        raise NothingToUrge(number=number)
    sending.opened(actor, link, {line["order_id"] for line in lines})
    steps.take_up(actor, ids)
    told = {"urge": urge, "note": effect_in_words(effect)}
    record_all(actor, [Entry("alerts.supplier_urged", case.subject, _refs(case), told) for case in found])
    if email.strip():
        app.configure_task(SEND, allow_unknown=False).defer(company_id=actor.company_id, urge_id=urge)
    data: dict[str, Any] = {"effect": effect, "urge": urge, "cases": len(found), "lines": len(lines)}
    data["answer_by"] = answer_by.isoformat()
    return Done("case", first.pk, first.number, "in_progress", first.version + 1, data)


def _link(actor: Actor, first: Case, given: Mapping[str, str], ends: datetime) -> OpenLink:
    """The recipient's link, open as long as may be answered at least; its token stands in no log."""
    assert first.partner_id is not None
    days = max(sending.DAYS, (ends - timezone.now()).days + 1)
    return sending.link_to(actor, first.partner_id, given["recipient"], given["email"], given["language"], days)


def _insert(actor: Actor, first: Case, cases: int, link: OpenLink, given: Mapping[str, Any]) -> int:
    params = {
        "company": actor.company_id,
        "partner": first.partner_id,
        "link": link.id,
        "cases": cases,
        "user": actor.user_id,
        **given,
    }
    row = db.row(_URGE, params)
    assert row is not None
    return int(row[0])


def _check(email: str, language: str, hours: Decimal, recipient: str) -> None:
    problems = {}
    if email.strip():
        try:
            validate_email(email.strip())
        except ValidationError:
            problems["email"] = _now("邮箱地址不对。")
    if language not in dict(settings.LANGUAGES):
        problems["language"] = "language: " + " | ".join(dict(settings.LANGUAGES))
    if not (hours.is_finite() and 0 < hours <= MOST_HOURS):
        problems["hours"] = _now("应大于 0，不超过 %(most)s。") % {"most": MOST_HOURS}
    if len(recipient.strip()) > 120:
        problems["recipient"] = _now("最多 %(count)s 个字。") % {"count": 120}
    if problems:
        raise Invalid(problems)


def _lock(actor: Actor, numbers: Sequence[str]) -> list[Case]:
    """The cases: open, of one supplier, none of them waiting for an answer already."""
    found = steps.lock_cases(actor, numbers)
    missing = set(numbers) - {case.number for case in found}
    if missing:
        raise NotFound(what="、".join(sorted(missing)[:5]))
    first = next(case for case in found if case.number == numbers[0])
    for case in found:
        demand(actor, case.rule, case.document_kind)
        if case.state not in OPEN_STATES:
            raise CaseClosed(number=case.number)
        if case.document_kind not in {"po", "asn"} or case.partner_id is None:
            raise NothingToUrge(number=case.number)
        if case.partner_id != first.partner_id:
            raise OtherSupplier(number=case.number)
    waiting = db.row(_WAITING, [db.array(case.pk for case in found)])
    if waiting:
        until = timezone.localtime(waiting[1], actor.zone)
        raise AlreadyUrged(number=waiting[0], until=f"{until:%m-%d %H:%M}")
    return found


def _effect(actor: Actor, first: Case, cases: int, answer_by: datetime) -> dict[str, Any]:
    partner = db.row("SELECT name FROM catalog_partner WHERE id = %s::bigint", [first.partner_id])
    until = f"{timezone.localtime(answer_by, actor.zone):%m-%d %H:%M}"
    return {"code": "urged", "args": {"partner": partner[0] if partner else "", "n": cases, "until": until}}


def _refs(case: Case) -> tuple[str, ...]:
    return (f"{case.document_kind}:{case.document_number}",)


@command(ANSWER, _("登记供应商对催货的答复"))
def answer_urge(
    *, actor: Actor, urge: int, lines: Sequence[AnswerIn], note: str = "", now: datetime | None = None
) -> Done:
    """What the supplier says about what it was urged for: each line comes on a day, in part, or not. It may say so
    again; the last word counts. It comes back to the cases, whose owners are told; nothing of an order changes by it:
    that is proposed on the case.

    A fixed number of statements, however many lines. Errors: NotFound, AnswerEnded, NothingAnswered, Invalid.
    """
    return answering.answer(actor, urge, lines, note, now or timezone.now())


@command(MIND_URGES, _("升级没有答复的催货"), permission=MIND)
def mind_urges(*, actor: Actor, now: datetime | None = None) -> Done:
    """What suppliers did not answer in time goes to the superior of who answers for the case, who is told.

    The worker calls it by the clock; a fixed number of statements, however many cases.
    """
    moved = answering.unanswered(actor, now or timezone.now())
    return Done("scan", actor.company_id, "urges", data={"unanswered": moved})
