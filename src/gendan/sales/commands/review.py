"""Send an order to review, let it pass, send it back; cancel it; say that it is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.flow.queries.standing import running
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.errors import ReasonRequired
from gendan.sales.commands.reserve import reserve_lines
from gendan.sales.errors import NotSigned, OrderHasDeliveries
from gendan.sales.queries.findings import tell
from gendan.sales.steps import pegs
from gendan.sales.steps.order import LockedLine, LockedOrder, lock_beside, lock_with_lines, set_state
from gendan.sales.steps.review import APPROVE, check_seen, record_pass, review_order, state_after

SUBMIT, PASS, REJECT = _("提交销售订单"), _("审核销售订单"), _("驳回销售订单")
CANCEL, COMPLETE = _("取消销售订单"), _("完成销售订单")


@command("sales.submit_order", SUBMIT)
def submit_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Send a draft to review; it passes at once if the actor may approve its amount, or the company's approval flow
    needs nobody, and nothing was found that somebody has to look at; then it takes stock.

    Errors: NotFound, Stale, WrongState, ReviewStopped.
    """
    order, lines = lock_with_lines(actor, number, version)
    order.must_be(frozenset({"draft", "rejected"}), SUBMIT)
    review = review_order(actor, order)
    record("sales.order_submitted", order.subject, actor, order.refs, gross=order.gross, currency=order.currency)
    state, passed = state_after(actor, review, order.company_amount, number)
    set_state(actor, order, state, passed=passed is not None)
    short = []
    if state == "to_ship":
        record_pass(actor, order.subject, order.refs, passed)
        short = reserve_lines(actor, order, lines)
    findings = [asdict(found) for found in tell(actor, review.as_json)]
    return Done("so", order.id, number, state, order.version + 1, {"short": short, "findings": findings})


@command("sales.approve_order", PASS)
def approve_order(
    *, actor: Actor, number: str, version: int | None = None, note: str = "", seen: Sequence[str] | None = None
) -> Done:
    """Let an order pass the review, within the actor's amount limit, whatever was found that may pass; it takes stock.

    ``seen`` are the rules whose findings the actor has read (None: those that were kept with the order). What was
    found since is not let pass unread.
    Where an approval runs, only who is asked in it decides, and the order passes when the approval ends.
    Errors: NotFound, Stale, WrongState, AmountLimitExceeded, ReviewStopped, FindingsChanged, NotAsked.
    """
    order, lines, rows = lock_beside(actor, number, version, running(actor, "so", number))
    order.must_be(frozenset({"pending_review"}), PASS)
    if not flow.approves(actor, "so", number, rows, APPROVE, order.company_amount, note.strip()[:300]):
        return Done("so", order.id, number, order.state, order.version)
    return pass_locked(actor, order, lines, note, seen)


def pass_locked(
    actor: Actor, order: LockedOrder, lines: Sequence[LockedLine], note: str, seen: Sequence[str] | None = None
) -> Done:
    """Let a locked order pass about which nobody has to be asked any more; it takes stock.

    Errors: ReviewStopped, FindingsChanged.
    """
    number = order.number
    review = review_order(actor, order)
    check_seen(actor, review, number, order.seen if seen is None else set(seen))
    set_state(actor, order, "to_ship", note.strip()[:300])
    record("sales.order_approved", order.subject, actor, order.refs, note=note)
    short = reserve_lines(actor, order, lines)
    return Done("so", order.id, number, "to_ship", order.version + 1, {"short": short})


@command("sales.reject_order", REJECT, permission=APPROVE)
def reject_order(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Send an order back that waits for review, with a reason; where an approval runs, as one who is asked in it.

    Errors: NotFound, Stale, WrongState, ReasonRequired, NotAsked.
    """
    order, _lines, rows = lock_beside(actor, number, version, running(actor, "so", number))
    order.must_be(frozenset({"pending_review"}), REJECT)
    if not reason.strip():
        raise ReasonRequired()
    if not flow.rejects(actor, "so", number, rows, reason.strip()[:300]):
        return Done("so", order.id, number, order.state, order.version)
    return reject_locked(actor, order, reason)


def reject_locked(actor: Actor, order: LockedOrder, reason: str, *, told: bool = True) -> Done:
    """Send a locked order back; nobody has to be asked any more. Not ``told``: its submitter took it back, which has
    been said already.
    """
    number, state = order.number, "rejected" if told else "draft"
    set_state(actor, order, state, reason.strip()[:300])
    if told:
        record("sales.order_rejected", order.subject, actor, order.refs, reason=reason)
    return Done("so", order.id, number, state, order.version + 1)


@command("sales.cancel_order", CANCEL)
def cancel_order(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Cancel an order of which nothing left; the stock it holds is free again.

    Errors: NotFound, Stale, WrongState, OrderHasDeliveries.
    """
    order, lines = lock_with_lines(actor, number, version)
    order.must_be(frozenset({"draft", "pending_review", "rejected", "to_ship", "partly_shipped"}), CANCEL)
    if any(line.shipped or line.delivering for line in lines):
        raise OrderHasDeliveries(number=number)
    if order.state == "pending_review":
        flow.gone(actor, order.subject, reason.strip())
    pegs.release(actor, order, lines)
    db.later(
        "WITH l AS (UPDATE sales_salesline SET cancelled = quantity, live = false WHERE order_id = %(id)s::bigint)"
        " UPDATE sales_salesorder SET state = 'cancelled', version = version + 1, updated_at = now(),"
        " closed_at = now(), close_reason = %(reason)s::text WHERE id = %(id)s::bigint",
        {"id": order.id, "reason": reason.strip()[:300]},
    )
    record("sales.order_cancelled", order.subject, actor, order.refs, reason=reason)
    return Done("so", order.id, number, "cancelled", order.version + 1)


@command("sales.complete_order", COMPLETE)
def complete_order(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Say that a signed order is paid, which completes it. Errors: NotFound, Stale, WrongState, NotSigned."""
    order, _lines = lock_with_lines(actor, number, version)
    if order.state in {"to_ship", "partly_shipped", "shipped"}:
        raise NotSigned(number=number)
    order.must_be(frozenset({"signed"}), COMPLETE)
    db.later(
        "UPDATE sales_salesorder SET state = 'completed', version = version + 1, updated_at = now(), settled_at = now()"
        " WHERE id = %s::bigint",
        [order.id],
    )
    record("sales.order_completed", order.subject, actor, order.refs)
    return Done("so", order.id, number, "completed", order.version + 1)
