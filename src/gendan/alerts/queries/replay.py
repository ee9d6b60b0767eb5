"""A history gone through day by day: what the rules about lateness find on each, against what the documents say.

What was late is worked out once from the documents at hand, without the finders: the day by which something was due,
the day on which it was done, and so the first morning on which the system could know. A rule is right where it finds
exactly those, on that morning.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.trial import Trial, days_between, found_on, take
from gendan.alerts.rules.rule import Rule
from gendan.flow.queries.people import people_of
from gendan.kernel import db
from gendan.kernel.actor import Actor

# Each answers: the key of the case, since when the order counts, by when it was due (None: never), when it was done.
_ORDERED = """CASE WHEN o.ordered_on < (o.created_at AT TIME ZONE %(zone)s::text)::date THEN o.ordered_on
 ELSE (o.approved_at AT TIME ZONE %(zone)s::text)::date END"""
_RECEIVED = f"""
SELECT 'line:' || l.id, {_ORDERED}, coalesce(l.promised_on, l.required_on), CASE WHEN l.completed_on IS NOT NULL THEN
 (SELECT max(g.received_on) FROM purchasing_receiptline x JOIN purchasing_goodsreceipt g ON g.id = x.receipt_id
  WHERE x.order_line_id = l.id AND g.reverses_id IS NULL AND g.state <> 'reversed') END
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND o.approved_at IS NOT NULL AND o.state NOT IN ('closed', 'cancelled')
"""
_SENT = f"""
SELECT 'line:' || l.id, {_ORDERED}, coalesce(l.promised_on, l.required_on),
 least((SELECT CASE WHEN sum(x.quantity) + l.refused >= l.quantity - l.cancelled
   THEN max(coalesce(h.shipped_on, h.arrived_on)) END
  FROM purchasing_shipmentline x JOIN purchasing_shipment h ON h.id = x.shipment_id
  WHERE x.order_line_id = l.id AND h.state NOT IN ('announced', 'cancelled')), l.completed_on)
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND o.approved_at IS NOT NULL AND o.state NOT IN ('closed', 'cancelled')
"""
_ANSWERED = f"""
SELECT 'po:' || o.id, {_ORDERED}, {_ORDERED},
 least((SELECT min(CASE WHEN q.source = 'import' THEN o.ordered_on
   ELSE (q.at AT TIME ZONE %(zone)s::text)::date END)
  FROM purchasing_orderline l JOIN purchasing_promise q ON q.order_line_id = l.id WHERE l.order_id = o.id),
 (SELECT CASE WHEN bool_and(l.completed_on IS NOT NULL) THEN max(l.completed_on) END
  FROM purchasing_orderline l WHERE l.order_id = o.id))
FROM purchasing_purchaseorder o
WHERE o.company_id = %(company)s::bigint AND o.approved_at IS NOT NULL AND o.state NOT IN ('closed', 'cancelled')
"""
_DELIVERED = f"""
SELECT 'line:' || l.id, {_ORDERED}, coalesce(l.promised_on, l.requested_on),
 (SELECT CASE WHEN sum(x.quantity - x.short) >= l.quantity - l.cancelled THEN max(d.shipped_on) END
  FROM sales_deliveryline x JOIN sales_delivery d ON d.id = x.delivery_id
  WHERE x.order_line_id = l.id AND d.state <> 'cancelled' AND d.shipped_on IS NOT NULL)
FROM sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND o.approved_at IS NOT NULL AND o.state <> 'cancelled'
"""
TRUTHS: Mapping[str, str] = {
    "late_confirmation": _ANSWERED,
    "late_shipment": _SENT,
    "overdue_receipt": _RECEIVED,
    "sales_not_shipped": _DELIVERED,
}
Told = Callable[[date, int, int], None]


@dataclass(frozen=True, slots=True)
class Late:
    """Something that was late: from which morning on it could be known, and until when it stood (None: still)."""

    knowable: date
    done: date | None


@dataclass(slots=True)
class Matrix:
    """How a rule did: late and found on the day, on another day, or not at all; not late and found all the same, or
    rightly not; late, but done before anybody could know.
    """

    rule: str
    right: int = 0
    other_day: int = 0
    missed: int = 0
    wrong: int = 0
    quiet: int = 0
    unknowable: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        return not (self.other_day or self.missed or self.wrong)


def truth(actor: Actor, rule: Rule) -> tuple[dict[str, Late], dict[str, str]]:
    """What was late by the documents, and what was not, with why: "" it was in time, else it could not be known."""
    late: dict[str, Late] = {}
    rest: dict[str, str] = {}
    for key, since, due, done in db.rows(TRUTHS[rule.code], {"company": actor.company_id, "zone": actor.timezone}):
        first = _first(rule, since, due)
        if first is None or (done is not None and done < first):
            was_late = first is not None and due is not None and done is not None and _overdue(rule, due, done)
            rest[key] = "unknowable" if was_late else ""
        elif rule.code == "late_shipment" and due is not None and first > due:
            rest[key] = "unknowable"
        else:
            late[key] = Late(first, _last(rule, due, done))
    return late, rest


def _last(rule: Rule, due: date | None, done: date | None) -> date | None:
    """The last morning on which the rule says so: what is not shipped on its day is overdue from the next one on."""
    if rule.code != "late_shipment" or due is None:
        return done
    return due if done is None else min(done, due)


def _first(rule: Rule, since: date | None, due: date | None) -> date | None:
    """The first morning on which the rule has something to say, if it is not done by then."""
    if since is None or due is None:
        return None
    if rule.code == "late_shipment":
        ahead = int(rule.threshold("ahead") + rule.threshold("transit"))
        return max(due - timedelta(days=ahead), since + timedelta(days=1))
    return max(due + timedelta(days=int(rule.threshold("days")) + 1), since + timedelta(days=1))


def _overdue(rule: Rule, due: date, done: date) -> bool:
    return rule.code != "late_shipment" and done > due + timedelta(days=int(rule.threshold("days")))


def replay(
    actor: Actor,
    first: date,
    last: date,
    *,
    codes: Sequence[str] = tuple(TRUTHS),
    speed: float = 0,
    told: Told = lambda day, found, still: None,
) -> list[Matrix]:
    """Go through the days from one to another; ``speed``: days a second at most, 0: as fast as it goes.

    Nothing is written. One statement for each day and rule.
    """
    known = rules_of(actor.company_id)
    rules = [known[code] for code in codes]
    calendar = people_of(actor.company_id, actor.zone)[1]
    trials = {rule.code: Trial(first, last, True) for rule in rules}
    began = time.monotonic()
    for n, day in enumerate(days_between(first, last), 1):
        still = 0
        for rule in rules:
            rows = found_on(actor, rule, day, calendar, past=True)
            take(trials[rule.code], day, rows)
            still += len(rows)
        told(day, sum(len(trial.found) for trial in trials.values()), still)
        if speed > 0 and (ahead := n / speed - (time.monotonic() - began)) > 0:
            time.sleep(ahead)
    return [judged(actor, rule, trials[rule.code]) for rule in rules]


def judged(actor: Actor, rule: Rule, trial: Trial) -> Matrix:
    """What a rule found, against the documents; what could be known before the first day counts from that day."""
    late, rest = truth(actor, rule)
    matrix = Matrix(rule.code)
    for key, one in late.items():
        if one.knowable > trial.last or (one.done is not None and one.done < trial.first):
            continue
        found, expected = trial.found.get(key), max(one.knowable, trial.first)
        if found is None:
            matrix.missed += 1
            _note(matrix, f"{key}: not found, expected {expected}")
        elif found.first != expected:
            matrix.other_day += 1
            _note(matrix, f"{key}: {found.number} found {found.first}, expected {expected}")
        else:
            matrix.right += 1
    for key, why in rest.items():
        if key in trial.found:
            matrix.wrong += 1
            _note(matrix, f"{key}: {trial.found[key].number} found {trial.found[key].first}, was not late")
        elif why:
            matrix.unknowable += 1
        else:
            matrix.quiet += 1
    return matrix


def _note(matrix: Matrix, text: str) -> None:
    if len(matrix.examples) < 10:
        matrix.examples.append(text)


def span(actor: Actor) -> tuple[date, date] | None:
    """The first and the last day on which anything happened in the company's orders; None without any."""
    found: Any = db.row(
        "SELECT min(o.ordered_on), (SELECT max(l.completed_on) FROM purchasing_orderline l"
        " WHERE l.company_id = %(company)s::bigint) FROM purchasing_purchaseorder o"
        " WHERE o.company_id = %(company)s::bigint",
        {"company": actor.company_id},
    )
    return (found[0], found[1] or found[0]) if found and found[0] else None
