"""What a device does: each mode reads its work and calls the commands of the context that the work belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gendan.handheld import rules
from gendan.handheld.modes import count, pick, putaway, receive
from gendan.handheld.modes.answer import Answer, Operation, Unreadable, operation
from gendan.kernel import scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid, NotFound

Row = dict[str, Any]
MODES: dict[str, Any] = {"receive": receive, "putaway": putaway, "pick": pick, "count": count}
VERBS = {
    "receive": {"scan", "undo", "book", "unbook", "drop"},
    "putaway": {"scan", "undo"},
    "pick": {"scan", "undo"},
    "count": {"scan", "undo"},
}
__all__ = ["MODES", "Answer", "Operation", "checked", "perform", "read_all", "work_of"]


def read_all(given: Any) -> list[Operation]:
    """The operations of a request, in their order. Invalid."""
    if not isinstance(given, list) or not 0 < len(given) <= rules.MOST_OPERATIONS:
        raise Invalid({"operations": f"1–{rules.MOST_OPERATIONS}"})
    found = []
    for n, one in enumerate(given):
        try:
            asked = operation(one)
        except Unreadable as error:
            raise Invalid({f"operations.{n}": "?"}) from error
        found.append(asked)
    return checked(found)


def checked(asked: list[Operation]) -> list[Operation]:
    """The same, when each is something that its mode knows. Invalid."""
    for n, one in enumerate(asked):
        if one.do not in VERBS.get(one.mode, ()):
            raise Invalid({f"operations.{n}.do": one.do})
    return asked


def perform(actor: Actor, asked: Sequence[Operation]) -> list[Row]:
    """Do them one after the other, each on its own: what is refused is told, and keeps none of the others back."""
    actor = replace(actor, via="device") if actor.via == "page" else actor
    return [_one(actor, one) for one in asked]


def work_of(actor: Actor, asked: Operation) -> Row | None:
    """The work that an operation belongs to, as the device shows it; None for a delivery that nothing began yet, and
    for what the actor does not see.
    """
    try:
        scope.demand(actor, asked.work)
        found: Row = MODES[asked.mode].work(actor, asked.work)
    except NotFound:
        return None
    return found


def _one(actor: Actor, asked: Operation) -> Row:
    try:
        scope.demand(actor, asked.work)
        answer: Answer = MODES[asked.mode].do(actor, asked)
    except AppError as refusal:
        text = " ".join(refusal.fields.values()) if isinstance(refusal, Invalid) else str(refusal)
        return {"key": asked.key, "ok": False, "said": text, "code": refusal.code, "data": refusal.as_dict()["data"]}
    return {"key": asked.key, "ok": True, **answer.as_dict()}
