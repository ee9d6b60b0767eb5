"""What a supplier wants otherwise, as a change order that waits for us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _now

from gendan.changes import steps as changes
from gendan.changes.commands.shared import wanted_of
from gendan.changes.models import ChangeOrder
from gendan.changes.rules import Content, cells_of, compare, text
from gendan.changes.targets import Order, target_of
from gendan.kernel.actor import Actor
from gendan.kernel.events import record
from gendan.kernel.unit import step
from gendan.portal import rules
from gendan.portal.rules import Asked, LineAnswer, Part

KIND = "po"
# What a change order asks of who writes it; a supplier is asked none of it, since nothing changes before we agree.
_WRITES = frozenset({"purchasing.update_order", "purchasing.view_price", "changes.create_change"})


@dataclass(frozen=True, slots=True)
class Counter:
    """An answer that goes beyond what is taken at once, with what was asked."""

    answer: LineAnswer
    asked: Asked


@step
def propose(actor: Actor, number: str, counters: Sequence[Counter], answered: set[int], note: str) -> str:
    """Write what a supplier wants otherwise of some lines as its change order, in place of what it wanted before of the
    lines that it ``answered`` now. The number of the change order, "" when nothing differs.

    Errors: BelowMoved, HasMoved, Invalid, NothingLeft.
    """
    target = target_of(KIND)
    writer = replace(actor, permissions=actor.permissions | _WRITES)
    found = target.lock(writer, number)
    before = _earlier(actor, found, answered)
    content = _content(found, counters, before, answered)
    if content is None or not compare(found.content, content):
        return ""
    wanted = wanted_of(writer, target, found, content, None)
    plan = target.plan(writer, found, wanted)
    diffs = compare(found.content, wanted)
    change = changes.insert_change(
        actor,
        target,
        found,
        wanted,
        reason=note[:300],
        origin="partner",
        agreed=True,
        must_agree=False,
        amount=plan.amount,
    )
    named = (found.subject.ref, *changes.refs_of(found, diffs))
    record("changes.change_created", change.subject, actor, named, reason=note[:300], order=number)
    return str(change.number)


def _earlier(actor: Actor, found: Order, answered: set[int]) -> Content | None:
    """What the supplier proposed before of lines that it answers now, taken back; None when there is nothing."""
    drafts = ChangeOrder.objects.filter(
        company_id=actor.company_id,
        order_kind=KIND,
        order_id=found.subject.id,
        origin="partner",
        state="draft",
        created_by__isnull=True,
    ).order_by("id")
    kept: Content | None = None
    for change in drafts:
        if not _touched(change) & answered:
            continue
        change.move_to("withdrawn", _now("供应商改了答复"), decision_note=_now("供应商改了答复"))
        record("changes.change_withdrawn", change.subject, actor, (found.subject.ref,), reason=_now("供应商改了答复"))
        kept = {"base": change.base, "content": change.content}
    return kept


def _touched(change: ChangeOrder) -> set[int]:
    """The line numbers that a change is about; those of products that it adds, too."""
    old = {line["id"]: line for line in change.base["lines"]}
    new = {line["id"]: line for line in change.content["lines"] if line["id"] is not None}
    found = {line["line"] for id_, line in old.items() if id_ not in new}
    for id_, line in new.items():
        before = old.get(id_)
        if before and any(line.get(name) != before.get(name) for name in cells_of(line)):
            found.add(line["line"])
    return found


def _content(found: Order, counters: Sequence[Counter], before: Content | None, answered: set[int]) -> Content | None:
    """The order as the supplier would have it: what it says now, and what it said before of other lines."""
    by_line = {counter.answer.line: counter for counter in counters}
    carried = _carried(before, answered) if before else {}
    if not by_line and not carried:
        return None
    lines: list[Mapping[str, Any]] = []
    for line in found.content["lines"]:
        counter = by_line.get(line["line"])
        if counter is None:
            lines.append({**line, **carried.get(line["line"], {})})
            continue
        lines += _countered(line, counter)
    return {**found.content, "lines": lines}


def _carried(before: Content, answered: set[int]) -> dict[int, dict[str, str]]:
    """Fields that an earlier proposal changed of lines that are not answered now."""
    old = {line["id"]: line for line in before["base"]["lines"]}
    found = {}
    for line in before["content"]["lines"]:
        was = old.get(line["id"])
        if was is None or line["line"] in answered:
            continue
        moved = {name: line[name] for name in cells_of(line) if line.get(name) != was.get(name)}
        if moved:
            found[line["line"]] = moved
    return found


def _countered(line: Mapping[str, Any], counter: Counter) -> list[Mapping[str, Any]]:
    """A line as the supplier would have it: the first part in its place, further parts as lines of their own."""
    answer, parts = counter.answer, rules.filled(counter.answer, counter.asked)
    price = {} if answer.price is None else {"unit_price": text(answer.price)}
    new = {**line, "id": None, "line": None, **price}
    if answer.kind == "substitute":
        other = {"product": answer.product, "unit": "", "description": answer.text[:300], "product_name": ""}
        return [{**new, **other, **_when(part)} for part in parts]
    return [{**line, **price, **_when(parts[0])}, *({**new, **_when(part)} for part in parts[1:])]


def _when(part: Part) -> dict[str, str]:
    return {"quantity": text(part.quantity), "required_on": text(part.on)}
