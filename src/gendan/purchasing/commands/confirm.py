"""Record the supplier's answer to an order: accepted, other date, other quantity, split, refused. Every answer is
kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.unit import Done, command
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.steps.confirming import take
from gendan.purchasing.steps.order import lock_with_lines

LABEL = _("登记供应商确认")


@command("purchasing.confirm_order", LABEL)
def confirm_order(
    *,
    actor: Actor,
    number: str,
    lines: Sequence[ConfirmIn] | None = None,
    source: str = "buyer",
    version: int | None = None,
) -> Done:
    """Append a revision to the promise ledger of each answered line; ``None`` confirms every line as ordered.

    An entry without quantity confirms what is ordered, one without date the required date. The first promise of a
    line is
    kept in ``promised_on``; the newest sets ``expected_on``. May be repeated: a later answer is a new revision.
    Errors: NotFound, Stale, WrongState, UnknownLine, OverConfirmed, Invalid.
    """
    orders, all_lines, _rest = lock_with_lines(actor, [number])
    order = orders[0]
    check_version(order.number, order.version, version)
    order.must_be(LIVE_STATES - {"received"}, LABEL)
    if not lines:
        lines = [ConfirmIn(line.line_no) for line in all_lines if line.quantity > line.cancelled]
    states = take(actor, order, all_lines, lines, source)
    return Done("po", order.id, order.number, states[order.id], order.version + 1)
