"""One case, locked and changed."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from gendan.alerts.errors import NotYours, OwnSignal
from gendan.alerts.models import Case
from gendan.alerts.queries import handling
from gendan.alerts.queries.seen import demand
from gendan.alerts.steps.done_with import done_with
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step


@step
def lock_case(actor: Actor, number: str, version: int | None = None) -> Case:
    """The case, locked, if the actor may see its document. Errors: NotFound, Stale, Forbidden."""
    case = Case.lock(actor, number, version)
    demand(actor, case.rule, case.document_kind)
    return case


@step
def demand_handling(actor: Actor, case: Case, *, closing: bool = False) -> None:
    """Refuse who may not deal with a locked case; ``closing``: it would be gone from what has to be done.

    Errors: NotYours, OwnSignal.
    """
    if case.owner_id not in {None, actor.user_id}:
        whose = handling.handled(actor)
        if whose is not None and case.owner_id not in whose:
            name = db.row("SELECT name FROM accounts_user WHERE id = %s::bigint", [case.owner_id])
            raise NotYours(number=case.number, name=name[0] if name else "")
    if closing and handling.is_own_signal(actor, case.rule, case.key, case.document_kind, case.document_id):
        raise OwnSignal(number=case.number)


@step
def close(actor: Actor, case: Case, state: str, action: str | Promise, reason: str) -> None:
    """Close a locked case by hand; how bad it is now is kept, so that what gets worse comes back."""
    now = timezone.now()
    case.move_to(
        state,
        action,
        closed_at=now,
        closed_by_id=actor.user_id,
        closed_how=Case.Closed.HAND,
        reason=reason.strip()[:300],
        settled_days=case.days,
        settled_amount=case.amount,
        answered_at=case.answered_at or now,
        snoozed_until=None,
    )
    done_with(actor, [case.pk])


def refs(case: Case) -> tuple[str, ...]:
    """What open pages show of it."""
    return (f"{case.document_kind}:{case.document_number}",)


def owner_change(actor: Actor, before: int | None, after: int | None) -> dict[str, Any]:
    """The change of the owner, by name, for an event."""
    if before == after:
        return {}
    found: dict[int | None, str] = dict(
        db.rows("SELECT id, name FROM accounts_user WHERE id = ANY(%s::bigint[])", [[i for i in (before, after) if i]])
    )
    return {"owner": [found.get(before, ""), found.get(after, "")]}
