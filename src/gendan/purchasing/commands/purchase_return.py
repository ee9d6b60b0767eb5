"""Goods go back to the supplier: the return, its approval, its way out, and back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.inventory import steps as inventory
from gendan.inventory.errors import UnknownPlace
from gendan.inventory.steps import Leg
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, step
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import EmptyDocument, ReasonRequired, UnknownLine
from gendan.purchasing.errors_returned import DifferentSources, HasReplacements, NotReturnable, OverSentBack
from gendan.purchasing.models import PurchaseReturn, PurchaseReturnLine
from gendan.purchasing.rules.returned import ZERO, BackIn
from gendan.purchasing.steps import returned as steps
from gendan.purchasing.steps.days import check_days
from gendan.purchasing.steps.receipt import find_places
from gendan.purchasing.steps.returned import LockedReturn, NewLine, Source

CREATE, APPROVE, CANCEL = _("新建采购退货"), _("批准采购退货"), _("取消采购退货")
POST, REVERSE = _("采购退货出库"), _("冲销采购退货")
APPROVAL = "purchasing.approve_return"
MOST_LINES = 500


@command("purchasing.create_return", CREATE)
def create_return(
    *,
    actor: Actor,
    lines: Sequence[BackIn],
    settlement: str = "replace",
    contact: str = "",
    note: str = "",
    replace_on: date | None = None,
    approve: bool = False,
) -> Done:
    """Put goods of one supplier's receipts on a return: never more than was rejected (or accepted) and has not gone
    back or been asked back. ``settlement``: replace or credit; ``replace_on``: when the replacement is expected.
    ``approve`` lets it pass at once (needs the right to).

    Errors: NotFound, UnknownLine, EmptyDocument, DifferentSources, NotReturnable, OverSentBack, UnknownPlace, Invalid.
    """
    if approve:
        actor.must(APPROVAL)
    day = checked(actor, lines, settlement, replace_on)
    sources, bins = steps.lock_sources(actor, lines)
    rows = asked_rows(lines, sources, bins)
    subject = steps.insert(actor, rows, settlement, contact.strip()[:120], note.strip()[:1000], day)
    first = rows[0].source
    orders, receipts = ({getattr(row.source, name) for row in rows} for name in ("order", "receipt"))
    refs = [f"partner:{first.supplier}", *(f"po:{n}" for n in sorted(orders)), *(f"gr:{n}" for n in sorted(receipts))]
    told = [{"product": r.source.product, "quantity": r.asked.quantity, "reason": r.asked.reason} for r in rows[:50]]
    record("purchasing.return_created", subject, actor, refs, lines=told, settlement=settlement, reason=note)
    if not approve:
        return Done("rtv", subject.id, subject.number, "draft")
    found, _lines = steps.lock(actor, subject.number)
    if not flow.lets(actor, subject):
        return Done("rtv", subject.id, subject.number, "draft", 1, {"approval": "running"})
    return approve_found(actor, found, "")


def checked(actor: Actor, lines: Sequence[object], settlement: str, replace_on: date | None) -> date | None:
    """Whether a return may be written so; the day of the replacement, where one is wanted. Errors: EmptyDocument,
    Invalid.
    """
    if not lines:
        raise EmptyDocument()
    if len(lines) > MOST_LINES:
        raise Invalid({"lines": _now("一张单据最多 %(count)s 行。") % {"count": MOST_LINES}})
    if settlement not in PurchaseReturn.Settlement.values:
        raise Invalid({"settlement": _now("处理方式可以是：%(choices)s。") % {"choices": "replace、credit"}})
    day = replace_on if settlement == "replace" else None
    check_days(actor, {"replace_on": day})
    return day


def asked_rows(
    lines: Sequence[BackIn],
    sources: Mapping[tuple[str, int], Source],
    bins: Mapping[tuple[str, str], int],
    room: Mapping[tuple[int, bool], Decimal] | None = None,
) -> list[NewLine]:
    """What goes back with the rows behind it; every wrong field of the lines is named at once. ``room`` is what may go
    back, where it is not what the sources say.
    """
    problems: dict[str, str] = {}
    total: dict[tuple[int, bool], Decimal] = {}
    rows: list[NewLine] = []
    known = {receipt for receipt, _line in sources}
    for n, entry in enumerate(lines):
        source = sources.get((entry.receipt, entry.line))
        if source is None:
            raise (
                UnknownLine(number=entry.receipt, line=entry.line)
                if entry.receipt in known
                else NotFound(what=entry.receipt)
            )
        _same(source, next(iter(sources.values())))
        if problem := quantity_problem(entry.quantity, source.decimals):
            problems[f"lines.{n}.quantity"] = problem
            continue
        if entry.reason not in PurchaseReturnLine.Reason.values:
            problems[f"lines.{n}.reason"] = _now("请选择退货原因。")
        if len(entry.note) > 300:
            problems[f"lines.{n}.note"] = _now("最多 %(count)s 个字。") % {"count": 300}
        key = source.id, entry.rejected
        total[key] = total.get(key, ZERO) + entry.quantity
        most = room[key] if room else source.rejects if entry.rejected else source.accepted
        if total[key] > most:
            left = most - total[key] + entry.quantity
            raise OverSentBack(
                number=source.receipt, line=source.line_no, product=source.product, open=left, quantity=entry.quantity
            )
        rows.append(NewLine(source, entry, _place(source, entry, bins)))
    if problems:
        raise Invalid(problems)
    return rows


def _same(source: Source, first: Source) -> None:
    if source.state not in ("posted", "to_inspect") or source.reverses_id:
        raise NotReturnable(number=source.receipt)
    if (source.supplier_id, source.warehouse_id, source.currency) != (
        *(first.supplier_id, first.warehouse_id),
        first.currency,
    ):
        raise DifferentSources(number=source.receipt)


def _place(source: Source, entry: BackIn, bins: Mapping[tuple[str, str], int]) -> int:
    """Where the goods leave from."""
    if entry.rejected:
        return source.rejected_place
    if entry.bin:
        if (place := bins.get((source.warehouse, entry.bin))) is None:
            raise UnknownPlace(warehouse=source.warehouse, place=entry.bin)
        return place
    return source.location_id if source.location_kind == "bin" else source.default_place


@command(APPROVAL, APPROVE)
def approve_return(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Let a return go, when no flow has to approve it. Errors: NotFound, Stale, WrongState, InApproval."""
    found, _lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"draft"}), APPROVE)
    if not flow.lets(actor, found.subject):
        return Done("rtv", found.id, number, found.state, found.version, {"approval": "running"})
    return approve_found(actor, found, note)


@step
def approve_found(actor: Actor, found: LockedReturn, note: str) -> Done:
    """Let a locked return go about which nobody has to be asked any more. Errors: WrongState."""
    found.must_be(frozenset({"draft"}), APPROVE)
    steps.set_state(actor, found, "approved", note.strip()[:300], approved=True)
    record("purchasing.return_approved", found.subject, actor, found.refs, reason=note)
    return Done("rtv", found.id, found.number, "approved", found.version + 1)


@command("purchasing.cancel_return", CANCEL, permission="purchasing.create_return")
def cancel_return(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Take a return back before goods left. Errors: NotFound, Stale, WrongState, InApproval."""
    found, _lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"draft", "approved"}), CANCEL)
    flow.free(actor, found.subject)
    steps.set_state(actor, found, "cancelled", reason.strip()[:300])
    record("purchasing.return_cancelled", found.subject, actor, found.refs, reason=reason)
    return Done("rtv", found.id, number, "cancelled", found.version + 1)


@command("purchasing.post_return", POST)
def post_return(
    *, actor: Actor, number: str, carrier: str = "", tracking_number: str = "", version: int | None = None
) -> Done:
    """The goods leave: stock goes to the supplier, order and receipt lines count what went back. What is set aside for
    sales does not leave.

    Errors: NotFound, Stale, WrongState, StockShort.
    """
    found, lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"approved"}), POST)
    places = find_places(actor, found.warehouse_id, [])
    steps.send(
        found, lines, "posted", actor.today(), carrier=carrier.strip()[:80], tracking=tracking_number.strip()[:80]
    )
    legs = [
        Leg(line.product_id, line.location_id, places.supplier_id, line.quantity * line.factor, line.lot_id, line.id)
        for line in lines
    ]
    inventory.move(actor, legs, found.subject)
    told = [{"product": line.product, "quantity": line.quantity} for line in lines[:50]]
    refs = [*found.refs, *(f"product:{code}" for code in sorted({line.product for line in lines})[:50])]
    record("purchasing.return_posted", found.subject, actor, refs, lines=told, tracking_number=tracking_number)
    return Done("rtv", found.id, number, "posted", found.version + 1)


@command("purchasing.reverse_return", REVERSE, permission="purchasing.post_return")
def reverse_return(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Done:
    """Take a return back that left by mistake: the goods are where they were before, and may go back again.

    Errors: NotFound, Stale, WrongState, ReasonRequired, HasReplacements.
    """
    found, lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"posted"}), REVERSE)
    if not reason.strip():
        raise ReasonRequired()
    if any(line.replaced > 0 for line in lines):
        raise HasReplacements(number=number)
    steps.send(found, lines, "reversed", None, note=reason.strip()[:300], sign=-1)
    inventory.move(actor, steps.moves_back(found), found.subject)
    refs = [*found.refs, *(f"product:{code}" for code in sorted({line.product for line in lines})[:50])]
    record("purchasing.return_reversed", found.subject, actor, refs, reason=reason)
    return Done("rtv", found.id, number, "reversed", found.version + 1)
