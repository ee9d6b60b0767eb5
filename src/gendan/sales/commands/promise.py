"""Tell a customer when lines leave: by hand, or by what can be promised now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import ReasonRequired, UnknownLine
from gendan.purchasing.steps.days import check_days
from gendan.sales.queries.supply import supply_days
from gendan.sales.rules.lines import outstanding
from gendan.sales.rules.promises import PromiseIn
from gendan.sales.steps import promises
from gendan.sales.steps.order import LockedLine, lock_with_lines

LABEL = _("承诺交期")
PROMISED = "sales.dates_promised"
STATES = frozenset({"draft", "pending_review", "rejected", "to_ship", "partly_shipped"})


@command("sales.promise_order", LABEL)
def promise_order(
    *,
    actor: Actor,
    number: str,
    lines: Sequence[PromiseIn] | None = None,
    reason: str = "",
    version: int | None = None,
) -> Done:
    """Promise days for lines; ``None`` gives every open line the day that supply allows now (source atp).

    The first promise of a line is kept and lateness counts from it; a later word moves the expected day and needs a
    reason. ``data.lines`` lists what moved.
    Errors: NotFound, Stale, WrongState, UnknownLine, ReasonRequired, Invalid.
    """
    order, known = lock_with_lines(actor, number, version)
    order.must_be(STATES, LABEL)
    if lines is None:
        days = supply_days(actor, [line.id for line in known if outstanding(line) > 0])
        words = promises.write(actor, days, "atp", dict.fromkeys(days, reason.strip()[:300])) if days else []
    else:
        found = _check(actor, number, order.ordered_on, known, lines, reason.strip())
        days = {line.id: entry.promised_on for line, entry in found}
        reasons = {line.id: (entry.reason.strip() or reason.strip())[:300] for line, entry in found}
        words = promises.write(actor, days, "hand", reasons, exact=True)
    promises.tell(actor, words, reason.strip()[:300], PROMISED)
    told = [{"line": word.line_no, "before": str(word.before or ""), "after": str(word.after)} for word in words]
    if words:
        db.later(
            "UPDATE sales_salesorder SET version = version + 1, updated_at = now() WHERE id = %s::bigint", [order.id]
        )
    return Done("so", order.id, number, order.state, order.version + bool(words), {"lines": told})


def _check(
    actor: Actor, number: str, ordered_on: date, known: Sequence[LockedLine], asked: Sequence[PromiseIn], reason: str
) -> list[tuple[LockedLine, PromiseIn]]:
    by_no = {line.line_no: line for line in known}
    check_days(actor, {f"lines.{n}.promised_on": entry.promised_on for n, entry in enumerate(asked)})
    found: dict[int, tuple[LockedLine, PromiseIn]] = {}
    for n, entry in enumerate(asked):
        line = by_no.get(entry.line)
        if line is None or outstanding(line) <= 0:
            raise UnknownLine(number=number, line=entry.line)
        if entry.promised_on < ordered_on:
            raise Invalid({f"lines.{n}.promised_on": _now("承诺交期早于下单日期。")})
        found[line.id] = (line, entry)
    before: dict[int, date | None] = dict(
        db.rows(
            "SELECT id, expected_on FROM sales_salesline WHERE id = ANY(%s::bigint[]) AND promise_revision > 0",
            [list(found)],
        )
    )
    for line, entry in found.values():
        moved = line.id in before and before[line.id] != entry.promised_on
        if moved and not (entry.reason.strip() or reason):
            raise ReasonRequired()
    return list(found.values())
