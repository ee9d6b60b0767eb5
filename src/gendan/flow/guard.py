"""Any document can be let into effect by a flow, in few lines: ``guard`` registers it, its command asks ``gate.lets``.

Until a company publishes a flow for it nothing changes. With one, the command begins an approval and leaves the
document in the state that it has; when the approval ends well, ``go`` does what the command would have done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise

from gendan.flow.subjects import Fact, Subject, Verdict, register
from gendan.kernel.actor import Actor
from gendan.kernel.documents import Document

Then = Callable[[Actor, str, str], str]


def guard(
    model: type[Document],
    label: str | Promise,
    permission: str,
    facts: Mapping[str, Fact],
    facts_sql: str,
    go: Then,
    *,
    rejected: Then | None = None,
    see_amount: str = "",
) -> None:
    """Make a kind of document known to flows. ``go`` locks the document (number, note) and lets it take effect,
    ``rejected`` says what follows from a no, where anything does; both answer the new state.
    """

    def lock(actor: Actor, number: str) -> None:
        model.lock(actor, number)

    def ended(actor: Actor, number: str, verdict: Verdict, note: str) -> str:
        if verdict == "approved":
            return go(actor, number, note)
        if verdict == "rejected" and rejected is not None:
            return rejected(actor, number, note)
        found = model.lock(actor, number)
        found.touch()
        return found.state

    table: Any = model._meta.db_table
    register(Subject(model.KIND, label, table, permission, facts, facts_sql, lock, ended, see_amount=see_amount))
