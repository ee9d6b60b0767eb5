"""Note a new date for one order line, as the supplier or the carrier tells it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import NothingToReceive, UnknownLine
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.lines import outstanding
from gendan.purchasing.steps import progress, shipment
from gendan.purchasing.steps.days import check_days
from gendan.purchasing.steps.order import lines_of, lock_order

LABEL = _("登记新交期")
SOURCES = frozenset({"supplier", "buyer", "carrier"})


@command("purchasing.revise_promise", LABEL, permission="purchasing.confirm_order")
def revise_promise(
    *,
    actor: Actor,
    number: str,
    line: int,
    expected_on: date,
    note: str = "",
    source: str = "supplier",
    version: int | None = None,
) -> Done:
    """Append an expectation for what of the line is still to come. Lateness is still measured by the first promise.

    Errors: NotFound, Stale, WrongState, UnknownLine, NothingToReceive, Invalid.
    """
    if source not in SOURCES:
        raise Invalid({"source": source})
    check_days(actor, {"expected_on": expected_on})
    order = lock_order(actor, number, version)
    order.must_be(LIVE_STATES - {"received"}, LABEL)
    all_lines = lines_of([order.id])
    found = next((each for each in all_lines if each.line_no == line), None)
    if found is None:
        raise UnknownLine(number=order.number, line=line)
    if expected_on < order.ordered_on:
        raise Invalid({"expected_on": _now("新交期早于下单日期。")})
    left = outstanding(found)
    if not left:
        raise NothingToReceive(number=order.number)
    before = found.expected_on
    shipment.expect(actor, [(found, left)], expected_on, source, note[:300])
    states = progress.save(actor, [order], all_lines, [found])
    record(
        "purchasing.promise_revised",
        order.subject,
        actor,
        (f"product:{found.product}", f"partner:{order.supplier_code}"),
        line=line,
        before=str(before or ""),
        after=str(expected_on),
        source=source,
        note=note[:300],
    )
    return Done("po", order.id, order.number, states[order.id], order.version + 1)
