"""What becomes of a tally: booked by a receipt, taken up again, given up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.handheld.errors import TallyClosed
from gendan.handheld.queries.tallies import Counting, must_exist, tally_named
from gendan.handheld.steps import tally as steps
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.scope import demand
from gendan.kernel.subjects import find
from gendan.kernel.unit import Done, command

RECEIVE = "purchasing.receive_goods"


@command("handheld.close_tally", _("结束清点"), permission=RECEIVE)
def close_tally(*, actor: Actor, work: str, receipt: str) -> Done:
    """Say by which receipt a tally was booked. Errors: NotFound, TallyClosed."""
    find(actor, "gr", receipt)
    tally = _open(actor, work)
    steps.set_state(tally, "booked", receipt, tally.round)
    record("handheld.tally_booked", steps.subject_of(tally), actor, (f"gr:{receipt}",), receipt=receipt)
    return Done("tally", tally.id, work, "booked", tally.round, {"receipt": receipt})


@command("handheld.reopen_tally", _("继续清点"), permission=RECEIVE)
def reopen_tally(*, actor: Actor, work: str) -> Done:
    """Go on counting after the receipt was reversed; what was scanned still counts. Errors: NotFound, TallyClosed."""
    tally = must_exist(tally_named(actor, work, lock=True), work)
    if tally.state != "booked":
        raise TallyClosed(number=tally.receipt or work)
    demand(actor, tally.receipt)
    old = tally.receipt
    steps.set_state(tally, "open", "", tally.round + 1)
    record("handheld.tally_reopened", steps.subject_of(tally), actor, (f"gr:{old}",), receipt=old)
    return Done("tally", tally.id, work, "open", tally.round)


@command("handheld.drop_tally", _("放弃清点"), permission=RECEIVE)
def drop_tally(*, actor: Actor, work: str) -> Done:
    """Give a tally up: nothing of it is booked. Errors: NotFound, TallyClosed."""
    tally = _open(actor, work)
    steps.set_state(tally, "dropped", "", tally.round)
    record("handheld.tally_dropped", steps.subject_of(tally), actor)
    return Done("tally", tally.id, work, "dropped", tally.round)


def _open(actor: Actor, work: str) -> Counting:
    tally = must_exist(tally_named(actor, work, lock=True), work)
    if tally.state != "open":
        raise TallyClosed(number=tally.receipt or work)
    return tally
