"""Goods come back: the request, its approval, what came, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.flow.queries.passed import Passed
from gendan.inventory import steps as inventory
from gendan.inventory.errors import LotRequired
from gendan.inventory.steps import Leg
from gendan.kernel import attachments, notices
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command, step
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import EmptyDocument, ReasonRequired, UnknownLine
from gendan.sales.errors import DifferentCustomers, NotSentOfLot, OverDecided, OverReceivedBack, OverReturned
from gendan.sales.models import ReturnLine
from gendan.sales.rules.returned import ZERO, BackIn, ReturnIn, VerdictIn, to_come, undecided
from gendan.sales.steps import goods_back
from gendan.sales.steps import returned as steps
from gendan.sales.steps.goods_back import Split
from gendan.sales.steps.returned import LockedLine, LockedReturn, NewLine, SoldLine

REQUEST, APPROVE, REJECT, CANCEL = _("申请退货"), _("批准退货"), _("驳回退货"), _("取消退货")
RECEIVE, DECIDE = _("登记退货到货"), _("处理退回的货物")
APPROVAL = "sales.approve_return"
MOST_LINES = 500
OPEN = frozenset({"approved", "received"})


@command("sales.request_return", REQUEST)
def request_return(
    *,
    actor: Actor,
    lines: Sequence[ReturnIn],
    contact: str = "",
    note: str = "",
    approve: bool = False,
    files: Sequence[tuple[int | None, Content]] = (),
) -> Done:
    """Ask goods of one customer's orders back; ``approve`` lets it pass at once (needs the right to).

    Only what was signed for or refused can come back, each piece once; closed orders take returns, too. ``files`` are
    photos: of an entry (its place in ``lines``) or of the whole (None).
    Errors: NotFound, UnknownLine, EmptyDocument, DifferentCustomers, OverReturned, NotSentOfLot, Invalid.
    """
    if approve:
        actor.must(APPROVAL)
    if not lines:
        raise EmptyDocument()
    if len(lines) > MOST_LINES:
        raise Invalid({"lines": _now("一张单据最多 %(count)s 行。") % {"count": MOST_LINES}})
    sources, sold, carried = steps.lock_sold(actor, lines)
    known = {source.number for source in sources}
    if unknown := [line.order for line in lines if line.order not in known]:
        raise NotFound(what=unknown[0])
    first = sources[0]
    for other in sources[1:]:
        if (other.customer_id, other.currency) != (first.customer_id, first.currency):
            raise DifferentCustomers(number=other.number)
    rows = _asked(lines, sold, carried)
    waits = approve and flow.guarded(actor, "rma")
    state = "approved" if approve and not waits else "requested"
    subject, parts = steps.insert(
        actor, first, first.warehouse_id, rows, state, contact.strip()[:120], note.strip()[:1000]
    )
    attachments.attach(actor, [(subject if n is None else parts[n], content) for n, content in files])
    refs = [f"partner:{first.customer}", *(f"so:{source.number}" for source in sources)]
    told = [{"product": row.sold.product, "quantity": row.asked.quantity, "reason": row.asked.reason} for row in rows]
    record("sales.return_requested", subject, actor, refs, lines=told[:50], contact=contact, reason=note)
    if state == "approved":
        record("sales.return_approved", subject, actor, refs)
    if people := {source.salesperson_id for source in sources if source.salesperson_id} - {actor.user_id}:
        # without words of its own: it is read in another language than the customer's
        text = f"{contact.strip() or first.customer}: {', '.join(source.number for source in sources)}"
        notices.notify(actor.company_id, {person for person in people if person}, "return", text, subject)
    if waits and (passed := flow.passes(actor, "rma", subject.number)):
        return approve_found(actor, *steps.lock(actor, subject.number, None), "", passed)
    return Done("rma", subject.id, subject.number, state, 1, {"approval": "running"} if waits else {})


def _asked(
    lines: Sequence[ReturnIn], sold: dict[tuple[str, int], SoldLine], carried: dict[tuple[str, int], int]
) -> list[NewLine]:
    """What is asked for with the rows behind it; every wrong field of the lines is named at once."""
    problems: dict[str, str] = {}
    asked: dict[int, Decimal] = {}
    rows = []
    for n, entry in enumerate(lines):
        line = sold.get((entry.order, entry.line))
        if line is None:
            raise UnknownLine(number=entry.order, line=entry.line)
        if problem := quantity_problem(entry.quantity, line.decimals):
            problems[f"lines.{n}.quantity"] = problem
        if entry.reason not in ReturnLine.Reason.values:
            problems[f"lines.{n}.reason"] = _now("请选择退货原因。")
        if len(entry.note) > 300:
            problems[f"lines.{n}.note"] = _now("最多 %(count)s 个字。") % {"count": 300}
        if entry.delivery and (entry.delivery, line.id) not in carried:
            problems[f"lines.{n}.delivery"] = _now("出库单 %(number)s 没有这一行。") % {"number": entry.delivery}
        asked[line.id] = asked.get(line.id, line.asked) + entry.quantity
        if not problems and asked[line.id] > line.delivered:
            left = line.delivered - asked[line.id] + entry.quantity
            raise OverReturned(
                number=line.order, line=line.line_no, product=line.product, open=left, quantity=entry.quantity
            )
        if entry.lot and entry.lot not in line.lots:
            raise NotSentOfLot(number=line.order, line=line.line_no, lot=entry.lot, lots="、".join(line.lots) or "—")
        rows.append(NewLine(line, entry, carried.get((entry.delivery, line.id)), line.lots.get(entry.lot)))
    if problems:
        raise Invalid(problems)
    return rows


@command("sales.approve_return", APPROVE)
def approve_return(*, actor: Actor, number: str, note: str = "", version: int | None = None) -> Done:
    """Let a request pass, also one that was rejected, when no flow has to approve it; the goods may come.

    Errors: NotFound, Stale, WrongState, OverReturned, InApproval.
    """
    found, lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"requested", "rejected"}), APPROVE)
    has_flow = flow.free(actor, found.subject)
    passed = flow.passes(actor, "rma", number) if has_flow else None
    if has_flow and not passed:
        return Done("rma", found.id, number, found.state, found.version, {"approval": "running"})
    return approve_found(actor, found, lines, note, passed)


@step
def approve_found(
    actor: Actor, found: LockedReturn, lines: Sequence[LockedLine], note: str, passed: Passed | None = None
) -> Done:
    """Let a locked request pass about which nobody has to be asked any more; ``passed``: by a flow that asked nobody.

    Errors: WrongState, OverReturned.
    """
    found.must_be(frozenset({"requested", "rejected"}), APPROVE)
    if found.state == "rejected":  # it did not count meanwhile
        wanted: dict[int, Decimal] = {}
        for line in lines:
            wanted[line.order_line_id] = wanted.get(line.order_line_id, line.asked) + line.quantity
            if wanted[line.order_line_id] > line.delivered:
                left = line.delivered - line.asked
                raise OverReturned(
                    number=line.order,
                    line=line.order_line,
                    product=line.product,
                    open=left,
                    quantity=wanted[line.order_line_id] - line.asked,
                )
    steps.set_state(actor, found, "approved", note.strip()[:300], decided=True, passed=passed is not None)
    if passed:
        record("sales.return_passed", found.subject, actor, found.refs, **passed.told)
    else:
        record("sales.return_approved", found.subject, actor, found.refs, reason=note)
    return Done("rma", found.id, found.number, "approved", found.version + 1)


@command("sales.reject_return", REJECT, permission=APPROVAL)
def reject_return(*, actor: Actor, number: str, reason: str, version: int | None = None) -> Done:
    """Say no, with the reason. Errors: NotFound, Stale, WrongState, ReasonRequired, InApproval."""
    found, _lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"requested"}), REJECT)
    if not reason.strip():
        raise ReasonRequired()
    flow.free(actor, found.subject)
    return reject_found(actor, found, reason)


@step
def reject_found(actor: Actor, found: LockedReturn, reason: str) -> Done:
    """Reject a locked request about which nobody has to be asked any more."""
    steps.set_state(actor, found, "rejected", reason.strip()[:300], decided=True)
    record("sales.return_rejected", found.subject, actor, found.refs, reason=reason)
    return Done("rma", found.id, found.number, "rejected", found.version + 1)


@command("sales.cancel_return", CANCEL, permission="sales.request_return")
def cancel_return(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Take a request back before goods came. Errors: NotFound, Stale, WrongState, InApproval."""
    found, _lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"requested", "approved"}), CANCEL)
    flow.free(actor, found.subject)
    steps.set_state(actor, found, "cancelled", reason.strip()[:300])
    record("sales.return_cancelled", found.subject, actor, found.refs, reason=reason)
    return Done("rma", found.id, number, "cancelled", found.version + 1)


@command("sales.receive_return", RECEIVE)
def receive_return(
    *, actor: Actor, number: str, lines: Sequence[BackIn] | None = None, version: int | None = None
) -> Done:
    """Book what came back into the place for inspection; ``lines`` None: all that was asked for.

    It may come in parts and of several lots: what came of another lot than the rest of its line becomes a line of its
    own. Errors: NotFound, Stale, WrongState, UnknownLine, OverReceivedBack, LotRequired, NotSentOfLot, Invalid.
    """
    found, rows = steps.lock(actor, number, version)
    found.must_be(OPEN, RECEIVE)
    if lines is None:
        lines = [BackIn(row.line_no, to_come(row)) for row in rows if to_come(row) > 0]
    came = _came(found, rows, lines)
    if not came:
        raise Invalid({"lines": _now("请填写退回的数量。")})
    touched, splits, back = _book(came)
    next_no = max(row.line_no for row in rows) + 1
    ids = goods_back.receive(actor, found, touched, splits, back, next_no)
    places = goods_back.places(actor, found)
    source = {(split.line.id, split.lot_id): id_ for split, id_ in zip(splits, ids, strict=True)}
    legs = [
        Leg(
            line.product_id,
            places.customer_id,
            places.inspection_id,
            quantity * line.factor,
            lot_id,
            source.get((line.id, lot_id), line.id),
        )
        for line, lot_id, quantity in came
    ]
    inventory.move(actor, legs, found.subject)
    told = [{"product": line.product, "quantity": quantity} for line, _lot, quantity in came[:50]]
    refs = [*found.refs, *(f"product:{line.product}" for line, _lot, _quantity in came[:50])]
    record("sales.return_received", found.subject, actor, refs, lines=told)
    return Done("rma", found.id, number, "received", found.version + 1)


_Came = tuple[LockedLine, int | None, Decimal]


def _came(found: LockedReturn, rows: Sequence[LockedLine], lines: Sequence[BackIn]) -> list[_Came]:
    """What came by line and lot, checked."""
    known = {row.line_no: row for row in rows}
    total: dict[int, Decimal] = {}
    sums: dict[tuple[int, int | None], Decimal] = {}
    for n, entry in enumerate(lines):
        row = known.get(entry.line)
        if row is None:
            raise UnknownLine(number=found.number, line=entry.line)
        if problem := quantity_problem(entry.quantity, row.decimals):
            raise Invalid({f"lines.{n}.quantity": problem})
        total[row.line_no] = total.get(row.line_no, ZERO) + entry.quantity
        if total[row.line_no] > to_come(row):
            raise OverReceivedBack(
                number=found.number,
                line=row.line_no,
                product=row.product,
                open=to_come(row),
                quantity=total[row.line_no],
            )
        key = row.line_no, _lot(row, entry.lot)
        sums[key] = sums.get(key, ZERO) + entry.quantity
    return [(known[line_no], lot_id, quantity) for (line_no, lot_id), quantity in sums.items()]


def _lot(row: LockedLine, code: str) -> int | None:
    """The lot that goods came of: the one named, else the line's, else the only one that was sent."""
    if code:
        if code not in row.lots:
            raise NotSentOfLot(number=row.order, line=row.order_line, lot=code, lots="、".join(row.lots) or "—")
        return row.lots[code]
    if row.lot_id is not None:
        return row.lot_id
    if len(row.lots) > 1 or (row.lot_tracked and not row.lots):
        raise LotRequired(product=row.product)
    return next(iter(row.lots.values()), None)


def _book(came: Sequence[_Came]) -> tuple[list[LockedLine], list[Split], dict[int, Decimal]]:
    """The lines with what came added, those that split off because of their lot, and what came by order line."""
    touched: dict[int, LockedLine] = {}
    splits: list[Split] = []
    back: dict[int, Decimal] = {}
    for line, lot_id, quantity in came:
        back[line.order_line_id] = back.get(line.order_line_id, ZERO) + quantity
        now = touched.setdefault(line.id, replace(line))
        if now.received == 0 or now.lot_id == lot_id:
            now.lot_id, now.received = lot_id, now.received + quantity
        else:
            now.quantity -= quantity
            splits.append(Split(line, lot_id, quantity))
    return list(touched.values()), splits, back


@command("sales.decide_return", DECIDE)
def decide_return(*, actor: Actor, number: str, lines: Sequence[VerdictIn], version: int | None = None) -> Done:
    """Say what becomes of goods that came back: into stock, to scrap, or back to the supplier; in parts if need be.

    Errors: NotFound, Stale, WrongState, UnknownLine, OverDecided, UnknownPlace, StockShort, Invalid.
    """
    found, rows = steps.lock(actor, number, version)
    found.must_be(frozenset({"received", "settled"}), DECIDE)
    known = {row.line_no: row for row in rows}
    places = goods_back.places(actor, found, [entry.bin for entry in lines])
    legs: list[Leg] = []
    changed: dict[int, LockedLine] = {}
    for n, entry in enumerate(lines):
        row = known.get(entry.line)
        if row is None:
            raise UnknownLine(number=found.number, line=entry.line)
        _check(found, row, entry, n)
        row.restocked += entry.restock
        row.scrapped += entry.scrap
        row.to_supplier += entry.to_supplier
        changed[row.id] = row
        for place, quantity in (
            (places.bin(entry.bin), entry.restock),
            (places.scrap_id, entry.scrap),
            (places.rejected_id, entry.to_supplier),
        ):
            if quantity and place != places.inspection_id:
                leg = Leg(row.product_id, places.inspection_id, place, quantity * row.factor, row.lot_id, row.id)
                legs.append(leg)
    if not changed:
        raise Invalid({"lines": _now("请填写处理的数量。")})
    goods_back.decide(found, list(changed.values()))
    inventory.move(actor, legs, found.subject)
    told = [
        {
            "product": known[entry.line].product,
            "restock": entry.restock,
            "scrap": entry.scrap,
            "to_supplier": entry.to_supplier,
            "note": entry.note,
        }
        for entry in lines[:50]
    ]
    refs = [*found.refs, *(f"product:{row.product}" for row in list(changed.values())[:50])]
    record("sales.return_decided", found.subject, actor, refs, lines=told)
    return Done("rma", found.id, number, found.state, found.version + 1)


def _check(found: LockedReturn, row: LockedLine, entry: VerdictIn, n: int) -> None:
    """Refuse quantities that make no sense, or more than waits for a verdict."""
    for name in ("restock", "scrap", "to_supplier"):
        quantity: Decimal = getattr(entry, name)
        if quantity and (problem := quantity_problem(quantity, row.decimals)):
            raise Invalid({f"lines.{n}.{name}": problem})
    if not entry.total:
        raise Invalid({f"lines.{n}.restock": _now("请填写处理的数量。")})
    if entry.total > undecided(row):
        raise OverDecided(number=found.number, line=row.line_no, open=undecided(row), quantity=entry.total)
