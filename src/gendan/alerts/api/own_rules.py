"""A company's own rules for programs: reading, writing, versions, dry runs; measuring, proposals, the week's report."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest

from gendan.alerts import commands
from gendan.alerts.api.router import ANSWERS, REFUSALS, router
from gendan.alerts.queries.measures import applied, measures, proposals
from gendan.alerts.queries.own_rules import own_rule, own_rules, versions
from gendan.alerts.queries.report import report, week_from
from gendan.alerts.queries.trying import LONGEST, rule_to_try, tried_at_once
from gendan.kernel.api import Body, Number, Out, caller, done

SECONDS = 60.0  # a program waits longer than a person


class OwnRuleIn(Body):
    """What is not given stays (of a new rule: the default). ``trigger``: state (while it is open), date (``offset``
    days after ``field``, negative: before; working days with ``working``) or event (one of ``events``). ``condition``:
    CEL on the subject's facts. ``owner``: [by, value] in turn. ``ladder``: [working hours, by, value], step by step.
    ``repeat_hours``: working hours until the owner is reminded; 0: not. Quiet hours: HH:MM, both or none.
    """

    name: str | None = None
    is_active: bool | None = None
    subject: Literal["po_line", "so_line", "po", "so", "asn", "bill", "stock", "task", "partner"] | None = None
    trigger: Literal["state", "date", "event"] | None = None
    field: str | None = None
    offset: int | None = None
    working: bool | None = None
    events: list[str] | None = None
    condition: str | None = None
    message: str | None = None
    severity: Literal["low", "medium", "high"] | None = None
    owner: list[tuple[str, str]] | None = None
    answer_hours: Decimal | None = None
    remedies: list[str] | None = None
    channels: list[str] | None = None
    repeat_hours: Decimal | None = None
    quiet_from: str | None = None
    quiet_to: str | None = None
    ladder: list[tuple[Decimal, str, str]] | None = None


class OwnRuleChange(OwnRuleIn):
    version: int | None = None


class OwnRuleOut(Out):
    code: str
    name: str
    is_active: bool
    subject: str
    trigger: str
    field: str
    offset: int
    working: bool
    events: list[str]
    condition: str
    message: str
    severity: str
    owner: list[list[str]]
    answer_hours: Number
    remedies: list[str]
    channels: list[str]
    repeat_hours: Number
    quiet_from: str
    quiet_to: str
    ladder: list[list[str]]
    rested_at: datetime | None = None
    version: int
    updated_at: datetime
    scanned_at: datetime | None
    open: int


class OwnRulesOut(Out):
    items: list[OwnRuleOut]


class OwnRulesIn(Body):
    """As exported: a rule of the same name is changed, others are new and off."""

    rules: list[OwnRuleIn]


class RestoreIn(Body):
    """``to``: the version whose words hold again."""

    to: int
    version: int | None = None


class RuleVersionOut(Out):
    version: int
    at: datetime
    by: str
    definition: dict[str, Any]


class VersionsOut(Out):
    items: list[RuleVersionOut]


class TrialOut(Out):
    """``exact``: what was known on each day was looked at; else only today was. ``cases``: 200 at most."""

    rule: str
    first: date
    last: date
    days: int
    exact: bool
    count: int
    still: int
    text: str
    cases: list[dict[str, Any]]


class MeasureOut(Out):
    """``hours``: half of those answered were answered within. ``late``: noticed later than the rule could have."""

    rule: str
    name: str
    cases: int
    open: int
    answered: int
    hours: float | None
    ignored: int
    dismissed: int
    wrong: int
    late: int
    escalated: int
    reminders: int


class RuleChannelOut(Out):
    """``channel``: its code, empty for the product itself."""

    channel: str
    name: str
    sent: int
    failed: int
    answered: int
    ignored: int
    hours: float | None


class RuleProposalOut(Out):
    """``kind``: raise, lower or off; ``fewer`` of ``cases`` would not have come up, ``lost`` of them mattered."""

    rule: str
    name: str
    kind: str
    threshold: str
    before: str
    after: str
    cases: int
    fewer: int
    lost: int
    text: str


class AppliedOut(Out):
    id: int
    rule: str
    name: str
    kind: str
    state: str
    at: datetime
    by: str


class MeasuresOut(Out):
    days: int
    rules: list[MeasureOut]
    channels: list[RuleChannelOut]
    proposals: list[RuleProposalOut]
    applied: list[AppliedOut]


class ApplyIn(Body):
    """``after``: the value that was proposed."""

    rule: str
    after: str


class ReportRowOut(Out):
    key: str
    code: str
    name: str
    opened: int
    closed: int
    left: int
    amount: Number | None
    hours: float | None
    answered: int
    escalated: int
    dismissed: int


class ReportTotalOut(Out):
    opened: int
    closed: int
    left: int
    amount: Number | None
    hours: float | None
    answered: int
    escalated: int
    dismissed: int


class ReportOut(Out):
    """Money in company currency, without what the asker may not see."""

    week: date
    last: date
    currency: str
    total: ReportTotalOut
    by_rule: list[ReportRowOut]
    by_partner: list[ReportRowOut]
    by_product: list[ReportRowOut]
    by_owner: list[ReportRowOut]


def _said(body: OwnRuleIn) -> dict[str, Any]:
    return body.model_dump(exclude_none=True, exclude={"version"})


@router.get("/own-case-rules", response={200: OwnRulesOut, **REFUSALS}, summary="The company's own rules")
def own_rule_list(request: HttpRequest) -> Any:
    return OwnRulesOut.model_validate({"items": own_rules(caller(request))})


@router.post("/own-case-rules", response=ANSWERS, summary="Write a rule of one's own")
def make_own_rule(request: HttpRequest, body: OwnRuleIn) -> Any:
    return done(commands.save_own_rule(actor=caller(request), definition=_said(body)))


@router.post("/own-case-rules/import", response=ANSWERS, summary="Bring in several rules, all or nothing")
def import_own_rules(request: HttpRequest, body: OwnRulesIn) -> Any:
    return done(commands.import_own_rules(actor=caller(request), rules=[_said(rule) for rule in body.rules]))


@router.get("/own-case-rules/{code}", response={200: OwnRuleOut, **REFUSALS}, summary="One of the company's own rules")
def own_rule_detail(request: HttpRequest, code: str) -> Any:
    return OwnRuleOut.model_validate(own_rule(caller(request), code))


@router.patch("/own-case-rules/{code}", response=ANSWERS, summary="Change a rule of one's own; what is not given stays")
def change_own_rule(request: HttpRequest, code: str, body: OwnRuleChange) -> Any:
    actor = caller(request)
    return done(commands.save_own_rule(actor=actor, code=code, definition=_said(body), version=body.version))


@router.get(
    "/own-case-rules/{code}/versions", response={200: VersionsOut, **REFUSALS}, summary="What a rule said before"
)
def own_rule_versions(request: HttpRequest, code: str) -> Any:
    actor = caller(request)
    own_rule(actor, code)
    return VersionsOut.model_validate({"items": versions(actor, code)})


@router.post("/own-case-rules/{code}/restore", response=ANSWERS, summary="Let a rule say again what it said before")
def restore_own_rule(request: HttpRequest, code: str, body: RestoreIn) -> Any:
    actor = caller(request)
    return done(commands.restore_own_rule(actor=actor, code=code, to=body.to, version=body.version))


@router.get(
    "/case-rules/{code}/trial", response={200: TrialOut, **REFUSALS}, summary="What a rule would have found lately"
)
def rule_trial(request: HttpRequest, code: str, days: int = 90) -> Any:
    actor = caller(request)
    rule = rule_to_try(actor, code)
    asked = min(max(days, 1), LONGEST)
    found = tried_at_once(actor, rule, asked, SECONDS) or tried_at_once(actor, rule, 1, SECONDS)
    return TrialOut.model_validate(found)


@router.get(
    "/case-measures", response={200: MeasuresOut, **REFUSALS}, summary="How well the rules do, what is proposed"
)
def case_measures(request: HttpRequest, days: int = 90) -> Any:
    actor = caller(request)
    found = measures(actor, min(max(days, 1), 3650))
    return MeasuresOut.model_validate({**found, "proposals": proposals(actor), "applied": applied(actor)})


@router.post("/case-measures/apply", response=ANSWERS, summary="Apply what is proposed for a rule")
def apply_proposal(request: HttpRequest, body: ApplyIn) -> Any:
    return done(commands.apply_proposal(actor=caller(request), rule=body.rule, after=body.after))


@router.post("/case-measures/applied/{proposal}/undo", response=ANSWERS, summary="Take back what was applied")
def undo_proposal(request: HttpRequest, proposal: int) -> Any:
    return done(commands.undo_proposal(actor=caller(request), proposal=proposal))


@router.get(
    "/case-reports/{week}", response={200: ReportOut, **REFUSALS}, summary="The exceptions of a week, by its Monday"
)
def week_report(request: HttpRequest, week: str) -> Any:
    return ReportOut.model_validate(report(caller(request), week_from(week)))
