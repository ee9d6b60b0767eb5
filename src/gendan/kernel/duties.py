"""Duties that one person should not hold together: who ordered does not receive, who submitted does not approve.

A company chooses for each rule: off, warn or stop. What is chosen comes with the actor, so that a rule which is off
costs nothing; one that is on costs the statement that looks into the log. Contexts say which events mean which deed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, events, notices, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.kernel.events import Subject
from gendan.kernel.unit import SAID, Done

OFF, WARN, STOP = "off", "warn", "stop"
MODES: dict[str, str | Promise] = {OFF: _("不检查"), WARN: _("只提醒"), STOP: _("禁止")}
AHEAD: dict[str, str | Promise] = {
    WARN: _("可以继续，会记入审计日志。"),
    STOP: _("请让同事来做，或请管理员在「职责分离」中调整规则。"),
}
LOOK_BACK = 400  # days; what somebody did with a document before does not bind them for ever
EVENT = "kernel.duties_mixed"
Thing = tuple[str, str]  # kind and number
Related = Callable[[Actor, Sequence[str]], list[Thing]]


class DutiesMixed(AppError):
    status = 403
    message = _("%(number)s：%(rule)s。您已「%(did)s」（%(on)s），请让同事来做，或请管理员在「职责分离」中调整规则。")


@dataclass(frozen=True, slots=True)
class Rule:
    """Who did ``first`` does not do ``second``."""

    code: str
    label: str | Promise
    first: str
    second: str


RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule("submit_approve", _("提交的人不审批"), "submit", "approve"),
        Rule("order_receive", _("下单的人不收货"), "order", "receive"),
        Rule("terms_approve", _("改过供应商付款条件的人不审批其订单"), "terms", "approve"),
        Rule("bill_approve", _("登记发票的人不批准付款"), "bill", "approve"),
        Rule("vendor_pay", _("录入或改过供应商资料的人不给它付款"), "vendor", "pay"),
    )
}
# What contexts register: the events by which a deed shows, by deed and kind of object; the rights that allow a deed;
# on which objects the first deed of a rule is done, where that is not the object of the second.
DEEDS: dict[tuple[str, str], tuple[str, ...]] = {}
RIGHTS: dict[str, set[str]] = {}
FIELDS: dict[str, tuple[str, ...]] = {}  # only changes of these fields are the deed
RELATED: dict[tuple[str, str], Related] = {}

_DID = """
SELECT e.type, e.subject_number, e.at FROM unnest(%(kinds)s::text[], %(numbers)s::text[]) AS t(kind, number)
JOIN kernel_event e ON e.company_id = %(company)s::bigint AND e.subject_number = t.number AND e.subject_kind = t.kind
WHERE e.user_id = %(user)s::bigint AND e.type = ANY(%(types)s::text[])
 AND (cardinality(%(fields)s::text[]) = 0 OR e.data -> 'changes' ?| %(fields)s::text[])
 AND e.at > now() - make_interval(days => %(days)s::int)
ORDER BY e.at DESC LIMIT 1
"""
_HOLDERS = """
SELECT u.username, coalesce(nullif(u.name, ''), u.username), array_agg(DISTINCT p) FROM accounts_membership m
JOIN accounts_user u ON u.id = m.user_id JOIN accounts_membership_roles mr ON mr.membership_id = m.id
JOIN accounts_role r ON r.id = mr.role_id CROSS JOIN LATERAL unnest(r.permissions) AS p
WHERE m.company_id = %s::bigint AND m.is_active AND u.is_active AND p = ANY(%s::text[])
GROUP BY 1, 2 ORDER BY 1
"""
# What was done before is looked up by the object's number, event by event: a plan that joins the two as sets takes
# minutes where the planner knows neither the kinds nor the company.
_HAPPENED = """
SELECT DISTINCT ON (e.at, e.id) e.at, coalesce(nullif(u.name, ''), u.username) AS user, u.username,
 e.type AS second, e.subject_kind AS kind, e.subject_number AS number,
 f.type AS first, f.subject_kind AS first_kind, f.subject_number AS first_number, f.at AS first_at
FROM kernel_event e JOIN accounts_user u ON u.id = e.user_id
CROSS JOIN LATERAL unnest(e.refs) AS ref
CROSS JOIN LATERAL (
 SELECT b.type, b.subject_kind, b.subject_number, b.at FROM kernel_event b
 WHERE b.company_id = %(company)s::bigint AND b.subject_number = substr(ref, position(':' IN ref) + 1)
  AND b.subject_kind = split_part(ref, ':', 1) AND b.user_id = e.user_id AND b.at <= e.at
  AND b.at > e.at - make_interval(days => %(back)s::int) AND b.type = ANY(%(first)s::text[])
  AND (cardinality(%(fields)s::text[]) = 0 OR b.data -> 'changes' ?| %(fields)s::text[])
 ORDER BY b.at DESC LIMIT 1) f
WHERE e.company_id = %(company)s::bigint AND e.type = ANY(%(second)s::text[])
 AND e.at > now() - make_interval(days => %(days)s::int)
ORDER BY e.at DESC, e.id DESC, f.at DESC LIMIT %(most)s
"""


def declare(deed: str, kind: str, *types: str, rights: Sequence[str] = (), fields: Sequence[str] = ()) -> None:
    """Say by which events a deed on a kind of object shows (changes of which fields), and which rights allow it."""
    DEEDS[deed, kind] = types
    if fields:
        FIELDS[deed] = tuple(fields)
    RIGHTS.setdefault(deed, set()).update(rights)


def relate(first: str, kind: str, find: Related) -> None:
    """Say where the ``first`` deed of rules about objects of this kind is done: an order's supplier."""
    RELATED[first, kind] = find


def stops(actor: Actor, second: str) -> bool:
    """Whether a rule forbids that the same person does both; for what would pass by itself."""
    return any(mode == STOP and RULES[code].second == second for code, mode in actor.duties if code in RULES)


def ahead(actor: Actor, second: str, kind: str, numbers: Sequence[str]) -> list[str]:
    """What will be said when the actor does this, one sentence for each rule that it meets; for the page where it is
    done. Nothing is asked where the company has no such rule.
    """
    return [
        str(_("%(rule)s：您已「%(did)s」（%(on)s）。%(then)s"))
        % {"rule": rule.label, "did": did, "on": on, "then": AHEAD[mode]}
        for rule, mode, did, on in _met(actor, second, kind, numbers)
    ]


def _met(actor: Actor, second: str, kind: str, numbers: Sequence[str]) -> Iterator[tuple[Rule, str, str, str]]:
    """The rules that stand against this: which, how, what was done, on what and when."""
    for code, mode in actor.duties:
        rule = RULES.get(code)
        if rule is None or rule.second != second or actor.user_id is None:
            continue
        find = RELATED.get((rule.first, kind))
        things = find(actor, numbers) if find else [(kind, number) for number in numbers]
        if found := _did(actor, rule.first, things):
            yield rule, mode, timeline.label_of(found[0]), f"{found[1]} {found[2].astimezone(actor.zone):%Y-%m-%d}"


def check(actor: Actor, second: str, kind: str, numbers: Sequence[str]) -> None:
    """Refuse (DutiesMixed), or warn, when the actor has done what must not go together with this; nothing where the
    company has no such rule.
    """
    for rule, mode, did, on in _met(actor, second, kind, numbers):
        if mode == STOP:
            raise DutiesMixed(number=numbers[0], rule=str(rule.label), did=did, on=on, code=rule.code)
        _warn(actor, rule, Subject(kind, 0, numbers[0]), did, on)


def _did(actor: Actor, deed: str, things: Sequence[Thing]) -> db.Row | None:
    types = sorted({type_ for kind in {kind for kind, _number in things} for type_ in DEEDS.get((deed, kind), ())})
    if not types:
        return None
    return db.row(
        _DID,
        {
            "kinds": [kind for kind, _number in things],
            "numbers": [number for _kind, number in things],
            "company": actor.company_id,
            "user": actor.user_id,
            "types": types,
            "fields": list(FIELDS.get(deed, ())),
            "days": LOOK_BACK,
        },
    )


def _warn(actor: Actor, rule: Rule, about: Subject, did: str, on: str) -> None:
    """Let it pass, but not unseen: in the log, and in the person's own notices."""
    said = events.Entry(EVENT, about, data={"rule": rule.code, "did": did, "on": on})
    notices.notify_each(actor.company_id, "duties", [(actor.user_id or 0, sentence(said), about)])
    events.record_all(actor, [said])


def sentence(entry: events.Entry) -> str:
    """What somebody is told who did both."""
    data = entry.data or {}
    rule = getattr(RULES.get(str(data.get("rule"))), "label", "")
    told = {"number": entry.subject.number, "rule": rule, "did": data.get("did"), "on": data.get("on")}
    return _now("%(number)s：%(rule)s，而您已「%(did)s」（%(on)s）。已记入审计日志。") % told


def tell(request: HttpRequest, done: Done) -> None:
    """Say on the next page what a command warned of."""
    for text in done.data.get("warnings", ()):
        messages.warning(request, text)


def chosen(actor: Actor) -> dict[str, str]:
    """What the company has chosen for every rule."""
    modes = dict(actor.duties)
    return {code: modes.get(code, OFF) for code in RULES}


def holders(actor: Actor) -> list[dict[str, Any]]:
    """For each rule who holds rights for both deeds; one statement."""
    rights = sorted({right for deed in RIGHTS.values() for right in deed} | {"*"})
    people = [(username, name, set(held)) for username, name, held in db.rows(_HOLDERS, [actor.company_id, rights])]

    def both(rule: Rule, held: set[str]) -> bool:
        return "*" in held or bool(held & RIGHTS.get(rule.first, set()) and held & RIGHTS.get(rule.second, set()))

    return [
        {"rule": rule.code, "label": str(rule.label), "people": [(u, n) for u, n, held in people if both(rule, held)]}
        for rule in RULES.values()
    ]


def happened(actor: Actor, days: int = 90, most: int = 500) -> Iterator[dict[str, Any]]:
    """Where one person did both lately, rule by rule, newest first; one statement for each rule."""
    for rule in RULES.values():
        first, second = _types(rule.first), _types(rule.second)
        if not first or not second:
            continue
        given = {"company": actor.company_id, "first": first, "second": second, "days": days, "back": LOOK_BACK}
        given["fields"] = list(FIELDS.get(rule.first, ()))
        for row in db.dicts(_HAPPENED, {**given, "most": most}):
            yield {
                **row,
                "rule": rule.code,
                "label": str(rule.label),
                "did": timeline.label_of(row["first"]),
                "then": timeline.label_of(row["second"]),
            }


def _types(deed: str) -> list[str]:
    return sorted({type_ for (name, _kind), types in DEEDS.items() if name == deed for type_ in types})


SAID[EVENT] = sentence
timeline.EVENT_LABELS[EVENT] = _("一人做了应分开的两件事")
timeline.REMARKS[EVENT] = lambda data: " · ".join(
    filter(None, (str(getattr(RULES.get(str(data.get("rule"))), "label", "")), str(data.get("did", ""))))
)
notices.NOTICE_LABELS["duties"] = _("职责分离")
