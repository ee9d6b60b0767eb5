"""A supplier answers an order: what is within the tolerance is taken at once, the rest waits for the buyer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.portal import rules
from gendan.portal.errors import NothingSaid
from gendan.portal.rules import ZERO, Asked, LineAnswer, Part, Tolerance
from gendan.portal.seen import mark_of
from gendan.portal.steps.countering import Counter, propose
from gendan.portal.steps.urged import tell_urgings
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.steps.confirming import take
from gendan.purchasing.steps.order import LockedLine, LockedOrder, lock_with_lines

LABEL = _("供应商答复订单")
MOST_PARTS = 12
_PRICES = """
SELECT l.id, l.unit_price, p.code FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id
JOIN catalog_product p ON p.id = l.product_id WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_POLICY = """
SELECT days, percent FROM purchasing_answerpolicy WHERE company_id = %(company)s::bigint AND (partner_id IS NULL
 OR partner_id = (SELECT supplier_id FROM purchasing_purchaseorder WHERE company_id = %(company)s::bigint
  AND number = %(number)s::text)) ORDER BY partner_id NULLS LAST LIMIT 1
"""
_PEOPLE = """
SELECT coalesce(buyer_id, created_by_id) FROM purchasing_purchaseorder WHERE id = %s::bigint
"""
_KEEP = """
INSERT INTO portal_supplieranswer (company_id, partner_id, order_id, link_id, person_id, name, note, lines, change)
VALUES (%(company)s::bigint, %(partner)s::bigint, %(order)s::bigint, %(link)s::bigint, %(person)s::bigint,
 %(name)s::text, %(note)s::text, %(lines)s::jsonb, %(change)s::text)
"""
_ANSWERED = """
UPDATE purchasing_sending SET answered_at = now(), answered_by = %(name)s::text, proposed = %(proposed)s::boolean,
 seen_at = coalesce(seen_at, now()) WHERE order_id = %(order)s::bigint
 AND (%(link)s::bigint IS NULL OR link_id = %(link)s::bigint)
"""


@dataclass(slots=True)
class Sorted:
    """The lines of an answer by what becomes of them."""

    taken: list[ConfirmIn]
    countered: list[Counter]
    told: list[dict[str, Any]]
    asked: bool = False  # something is offered that no change order can say


@command("portal.answer_order", LABEL)
def answer_order(
    *,
    actor: Actor,
    number: str,
    lines: Sequence[LineAnswer] | None = None,
    note: str = "",
    link: int | None = None,
    person: int | None = None,
) -> Done:
    """Take a supplier's answer to any number of lines of an order; None accepts all that is not answered.

    What is within the company's (or the supplier's) tolerance becomes a promise with the source «link»; what is beyond
    becomes a change order of the supplier's, for the buyer to accept, to counter or to withdraw. A line that was
    changed since the supplier's page was opened is not touched: it is answered again (``outdated``). The answer is kept
    as it was said. A fixed number of statements, however many lines.
    Errors: NotFound, WrongState, NothingSaid, Invalid, BelowMoved, NothingLeft.
    """
    asked_of = {"company": actor.company_id, "number": number}
    orders, all_lines, (prices, policy) = lock_with_lines(
        actor, [number], [(_PRICES, [actor.company_id, number]), (_POLICY, asked_of)]
    )
    order = orders[0]
    order.must_be(LIVE_STATES - {"received"}, LABEL)
    known = {row[0]: (row[1], row[2]) for row in prices}
    live = {line.line_no: line for line in all_lines if line.quantity > line.cancelled}
    if lines is None:
        lines = [LineAnswer(no, "accept") for no, line in live.items() if _open(line)]
    if not lines:
        raise NothingSaid()
    _check(actor, order, live, lines)
    tolerance = Tolerance(*policy[0]) if policy else Tolerance()
    found = _sort(live, known, lines, tolerance)
    states = take(actor, order, all_lines, found.taken, "link") if found.taken else {order.id: order.state}
    answered = {line.line for line in lines if not _is_outdated(found, line.line)}
    change = propose(actor, number, found.countered, answered, note.strip()) if answered else ""
    _keep(actor, order, found, note.strip()[:500], change, link, person)
    tell_urgings(actor, order, live, [line for line in lines if line.line in answered], note)
    outdated = [row["line"] for row in found.told if row["outcome"] == "outdated"]
    data = {"change": change, "outdated": outdated, "taken": len(found.taken), "countered": len(found.countered)}
    return Done("po", order.id, order.number, states[order.id], order.version + 1, data)


def _open(line: LockedLine) -> bool:
    return line.confirmed + line.refused < line.quantity - line.cancelled


def _is_outdated(found: Sorted, line: int) -> bool:
    return any(row["line"] == line and row["outcome"] == "outdated" for row in found.told)


def _check(actor: Actor, order: LockedOrder, live: Mapping[int, LockedLine], lines: Sequence[LineAnswer]) -> None:
    """Refuse what cannot be, each named by its place. Errors: Invalid."""
    problems: dict[str, str] = {}
    seen: set[int] = set()
    for n, answer in enumerate(lines):
        line = live.get(answer.line)
        if line is None or answer.line in seen:
            if line is None and answer.seen:
                continue  # it was taken out while the page stood open: that is said, not refused
            problems[f"lines.{n}.line"] = _now("没有这一行，或写了不止一次。")
            continue
        seen.add(answer.line)
        problems |= {f"lines.{n}.{name}": text for name, text in _wrong(actor, order, line, answer).items()}
    if problems:
        raise Invalid(problems)


def _wrong(actor: Actor, order: LockedOrder, line: LockedLine, answer: LineAnswer) -> dict[str, str]:
    found: dict[str, str] = {}
    if answer.kind not in rules.KINDS:
        found["kind"] = "kind: " + " | ".join(rules.KINDS)
    if answer.kind == "refuse" and not answer.note.strip():
        found["note"] = _now("请写明不能供货的原因。")
    if answer.kind == "substitute" and not (answer.product or answer.text.strip()):
        found["text"] = _now("请写明换成什么产品。")
    if answer.price is not None and not (answer.price.is_finite() and 0 <= answer.price < 10**12):
        found["price"] = _now("价格应为 0 或正数。")
    if len(answer.parts) > MOST_PARTS:
        found["parts"] = _now("最多分 %(most)s 批。") % {"most": MOST_PARTS}
    for part in answer.parts[:MOST_PARTS]:
        found |= _wrong_part(actor, order, line, part, alone=len(answer.parts) == 1)
    if answer.kind == "change" and not answer.parts and answer.price is None:
        found["parts"] = _now("请填写日期、数量或价格。")
    return found


def _wrong_part(actor: Actor, order: LockedOrder, line: LockedLine, part: Part, *, alone: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    if part.quantity is None and not alone:
        found["quantity"] = _now("分批时每批都要填数量。")
    elif part.quantity is not None and (problem := quantity_problem(part.quantity, line.decimals)):
        found["quantity"] = str(problem)
    if part.on and (part.on < order.ordered_on or (part.on - actor.today()).days > 3650):
        found["on"] = _now("日期早于下单日期，或太远。")
    return found


def _sort(
    live: Mapping[int, LockedLine],
    known: Mapping[int, tuple[Decimal, str]],
    lines: Sequence[LineAnswer],
    tolerance: Tolerance,
) -> Sorted:
    found = Sorted([], [], [])
    for answer in lines:
        line = live.get(answer.line)
        asked = None
        if line is not None:
            asked = Asked(line.quantity - line.cancelled, line.required_on, known[line.id][0])
        if asked is None or line is None or _moved(answer, asked, line.promise_revision):
            found.told.append(_told(answer, "outdated"))
        elif answer.kind == "refuse":
            found.taken.append(ConfirmIn(answer.line, asked.quantity, refused=True, note=answer.note[:300]))
            found.told.append(_told(answer, "taken"))
        elif answer.kind == "substitute" and not answer.product:
            found.asked = True
            found.told.append(_told(answer, "asked"))
        elif rules.within(answer, asked, tolerance):
            found.taken += _confirmed(answer, asked)
            found.told.append(_told(answer, "taken"))
        else:
            found.countered.append(Counter(answer, asked))
            found.told.append(_told(answer, "countered"))
    return found


def _moved(answer: LineAnswer, asked: Asked, revision: int) -> bool:
    return bool(answer.seen) and answer.seen != mark_of(asked, revision)


def _confirmed(answer: LineAnswer, asked: Asked) -> list[ConfirmIn]:
    """The parts that are promised; what is less than ordered is refused, so that the line is answered."""
    parts = rules.filled(answer, asked) if answer.kind == "change" else (Part(asked.quantity, asked.required_on),)
    note = answer.note.strip()[:300]
    found = [ConfirmIn(answer.line, part.quantity, part.on, note=note) for part in parts]
    if (left := asked.quantity - sum((part.quantity or ZERO for part in parts), ZERO)) > 0:
        found.append(ConfirmIn(answer.line, left, refused=True, note=note))
    return found


def _told(answer: LineAnswer, outcome: str) -> dict[str, Any]:
    """An answer as it is kept and shown."""
    row: dict[str, Any] = {"line": answer.line, "kind": answer.kind, "outcome": outcome}
    parts = [
        {"quantity": rules.plain(part.quantity) if part.quantity is not None else "", "on": str(part.on or "")}
        for part in answer.parts
    ]
    more = {
        "parts": parts if answer.kind in {"change", "substitute"} else [],
        "price": rules.plain(answer.price) if answer.price is not None else "",
        "product": answer.product,
        "text": answer.text.strip()[:300],
        "note": answer.note.strip()[:300],
    }
    return row | {name: value for name, value in more.items() if value}


def _keep(
    actor: Actor, order: LockedOrder, found: Sorted, note: str, change: str, link: int | None, person: int | None
) -> None:
    """The answer as it was said, on the order, and a notice for the buyer."""
    params = {
        "company": actor.company_id,
        "partner": order.supplier_id,
        "order": order.id,
        "link": link,
        "person": person,
        "name": actor.name[:120],
        "note": note,
        "lines": json.dumps(found.told, ensure_ascii=False),
        "change": change,
        "proposed": found.asked,
    }
    db.later(_KEEP, params)
    db.later(_ANSWERED, params)
    counts = {outcome: sum(row["outcome"] == outcome for row in found.told) for outcome in ("taken", "countered")}
    counts["asked"] = sum(row["outcome"] == "asked" for row in found.told)
    values = {"taken": counts["taken"], "countered": counts["countered"] + counts["asked"]}
    said = _now("确认 %(taken)s 行，要求修改 %(countered)s 行") % values
    refs = (f"partner:{order.supplier_code}", *([f"co:{change}"] if change else []))
    record("portal.order_answered", order.subject, actor, refs, reason=f"{said} {note}".strip()[:300], counts=counts)
    row = db.row(_PEOPLE, [order.id])
    if row and row[0]:
        text = _now("%(name)s 答复了 %(number)s：%(said)s") % {"name": actor.name, "number": order.number, "said": said}
        notices.notify(actor.company_id, {row[0]}, "supplier_answer", text, order.subject)
