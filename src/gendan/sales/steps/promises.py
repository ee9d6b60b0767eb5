"""The ledger of promises to customers: the first word that a line gets is its promise, every later one says why it
moved. Append-only; ``expected_on`` of the line is the latest word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.notices import notify_each
from gendan.kernel.unit import step
from gendan.sales.queries.supply import supply_days
from gendan.sales.rules.lines import outstanding
from gendan.sales.steps.order import LockedLine

MOVED = "sales.promise_moved"
LATE = "late"  # kind of notice
# A word by hand (else the promise, else the customer's wish) is not undercut by supply that comes earlier. A line of
# which nobody knows anything (no day, no word so far) gets none. ``exact`` is a word by hand itself.
_WORD = """
WITH t AS (SELECT * FROM unnest(%(ids)s::bigint[], %(days)s::date[], %(reasons)s::text[]) AS t(id, day, reason)),
x AS MATERIALIZED (
 SELECT l.id, l.expected_on AS before, t.reason,
  CASE WHEN %(exact)s::boolean THEN t.day WHEN t.day IS NULL AND l.expected_on IS NULL THEN NULL
  ELSE greatest(coalesce(t.day, l.expected_on), coalesce(
   (SELECT h.promised_on FROM sales_salespromise h WHERE h.line_id = l.id AND h.source = 'hand'
    ORDER BY h.revision DESC LIMIT 1), l.promised_on, l.requested_on)) END AS after
 FROM t JOIN sales_salesline l ON l.id = t.id AND l.company_id = %(company)s::bigint
 ORDER BY l.id FOR NO KEY UPDATE OF l),
u AS (
 UPDATE sales_salesline l SET promised_on = coalesce(l.promised_on, x.after), expected_on = x.after,
  due_on = coalesce(l.promised_on, x.after), promise_revision = l.promise_revision + 1
 FROM x WHERE l.id = x.id AND x.after IS NOT NULL AND x.after IS DISTINCT FROM x.before
 RETURNING l.id, l.order_id, l.line_no, l.product_id, l.promise_revision, l.promised_on, x.before, x.after, x.reason),
p AS (
 INSERT INTO sales_salespromise (line_id, revision, source, promised_on, reason, user_id)
 SELECT u.id, u.promise_revision, %(source)s::text, u.after, u.reason, %(user)s::bigint FROM u)
"""
_TOLD = """
SELECT o.id, o.number, c.code, pr.code, u.line_no, u.before, u.after, u.id, u.promised_on, o.salesperson_id FROM u
JOIN sales_salesorder o ON o.id = u.order_id JOIN catalog_partner c ON c.id = o.customer_id
JOIN catalog_product pr ON pr.id = u.product_id ORDER BY o.id, u.line_no
"""


@dataclass(frozen=True, slots=True)
class Word:
    """A word about a line's day that is not the one before: of which order, and what it was."""

    order: Subject
    customer: str
    product: str
    line_no: int
    before: date | None
    after: date
    line_id: int
    promised_on: date | None
    salesperson_id: int | None


@step
def propose(actor: Actor, lines: Sequence[LockedLine]) -> None:
    """Promise what an order that passed its review can have, after its supply was set aside: today what is reserved,
    the rest when its supply comes; never before the customer wants it. Nothing is read when all of it is reserved.
    """
    open_lines = [line for line in lines if outstanding(line) > 0]
    if not open_lines:
        return
    if all(line.reserved >= outstanding(line) * line.factor for line in open_lines):
        days: Mapping[int, date | None] = dict.fromkeys((line.id for line in open_lines), actor.today())
    else:
        days = supply_days(actor, [line.id for line in open_lines])
    db.later(f"{_WORD} SELECT 1 FROM u LIMIT 0", _params(actor, days, "atp", {}))


@step
def follow_supply(actor: Actor, sales_line_ids: Collection[int], reason: str) -> list[Word]:
    """The supply of these lines moved (it is written already): their expected day moves with it, with the reason.

    Three exchanges at most, however many lines; what moved is recorded on its orders. The caller holds what it
    changed of the supply; sales orders need no lock.
    """
    if not sales_line_ids:
        return []
    days = supply_days(actor, sales_line_ids)
    words = write(actor, days, "supply", dict.fromkeys(days, reason[:300])) if days else []
    tell(actor, words, reason)
    _warn(actor, words, reason)
    return words


def _warn(actor: Actor, words: Sequence[Word], reason: str) -> None:
    """Tell the salespeople which of their orders leave later than they promised, one notice per order."""
    late: dict[Subject, list[Word]] = defaultdict(list)
    for word in words:
        if word.promised_on and word.after > word.promised_on and (word.before is None or word.after > word.before):
            late[word.order].append(word)
    told = []
    for order, moved in late.items():
        person = moved[0].salesperson_id
        if person is None or person == actor.user_id:
            continue
        first = {"line": moved[0].line_no, "product": moved[0].product, "day": moved[0].after, "reason": reason}
        text = _("第 %(line)s 行 %(product)s 预计 %(day)s 发货，晚于承诺（%(reason)s）") % first
        if len(moved) > 1:
            text = _("%(text)s；共 %(count)s 行") % {"text": text, "count": len(moved)}
        told.append((person, text, order))
    notify_each(actor.company_id, LATE, told)


@step
def write(
    actor: Actor, days: Mapping[int, date | None], source: str, reasons: Mapping[int, str], *, exact: bool = False
) -> list[Word]:
    """Append a word to each line of which the day is another than the one before; those."""
    found = db.rows(_WORD + _TOLD, _params(actor, days, source, reasons, exact=exact))
    return [Word(Subject("so", row[0], row[1]), *row[2:]) for row in found]


def _params(
    actor: Actor, days: Mapping[int, date | None], source: str, reasons: Mapping[int, str], *, exact: bool = False
) -> dict[str, object]:
    return {
        "company": actor.company_id,
        "user": actor.user_id,
        "ids": db.array(days),
        "days": db.array(days.values()),
        "reasons": [reasons.get(line_id, "") for line_id in days],
        "source": source,
        "exact": exact,
    }


@step
def tell(actor: Actor, words: Sequence[Word], reason: str, type_: str = MOVED) -> None:
    """Record on each order what moved of it."""
    by_order: dict[Subject, list[Word]] = defaultdict(list)
    for word in words:
        by_order[word.order].append(word)
    record_all(actor, [_entry(type_, order, moved, reason) for order, moved in by_order.items()])


def _entry(type_: str, order: Subject, words: Sequence[Word], reason: str) -> Entry:
    refs = (f"partner:{words[0].customer}", *sorted({f"product:{word.product}" for word in words})[:50])
    told = [
        {"line": word.line_no, "product": word.product, "before": str(word.before or ""), "after": str(word.after)}
        for word in words[:50]
    ]
    return Entry(type_, order, refs, {"lines": told, "reason": reason})
