"""An answer to an order answers what the supplier was urged for about its lines, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils import timezone

from gendan.alerts.remedies import answering
from gendan.alerts.remedies.urging import AnswerIn
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step
from gendan.portal.rules import LineAnswer
from gendan.purchasing.steps.order import LockedLine, LockedOrder


@step
def tell_urgings(
    actor: Actor, order: LockedOrder, live: Mapping[int, LockedLine], said: Sequence[LineAnswer], note: str
) -> None:
    """Hand on what was ``said`` of lines, in the words of an urging; one statement where nobody urged."""
    words = {}
    for answer in said:
        line = live.get(answer.line)
        if line is not None and (word := _word(order.number, answer, line.required_on)) is not None:
            words[answer.line] = word
    answering.heard(actor, order.supplier_id, order.number, words, note, timezone.now())


def _word(order: str, answer: LineAnswer, wished: date | None) -> AnswerIn | None:
    """A day, a part first, or not at all; None where no day is known."""
    if answer.kind in {"refuse", "substitute"}:
        return AnswerIn(order, answer.line, "cannot", note=answer.note or answer.text)
    first, *rest = answer.parts or (None,)
    on = (first.on if first else None) or wished
    if on is None:
        return None
    if first is not None and rest and first.quantity is not None:
        last = max((part.on for part in rest if part and part.on), default=None)
        return AnswerIn(order, answer.line, "partly", on, first.quantity, last, answer.note)
    return AnswerIn(order, answer.line, "date", on, note=answer.note)
