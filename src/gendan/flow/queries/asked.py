"""What somebody is asked about, for those whose permissions do not open the document's own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gendan.flow.queries.standing import facts_from
from gendan.flow.reaches import asked
from gendan.flow.subjects import Fact, Subject, subject_of
from gendan.kernel import db
from gendan.kernel.actor import Actor

_ONE = """
SELECT d.id, d.facts, d.transition, {asked} FROM (SELECT i.document_id AS id, i.facts::text, i.transition
 FROM flow_instance i WHERE i.company_id = %s::bigint AND i.kind = %s::text AND i.number = %s::text
 ORDER BY i.id DESC LIMIT 1) d
"""


@dataclass(frozen=True, slots=True)
class About:
    """A document in approval: ``opens``: its own page opens for the actor; ``concerned``: the actor is asked about it,
    has decided, was told of it or submitted it.
    """

    subject: Subject
    document_id: int
    facts: Mapping[str, Any]
    opens: bool
    concerned: bool

    def told(self, actor: Actor) -> dict[str, Any]:
        """What is judged, as far as the actor may see it."""
        return self.subject.told(actor, self.facts)


def about(actor: Actor, kind: str, number: str) -> About | None:
    """The latest approval of a document; None without one. One statement."""
    text = asked(actor, kind, "d") or "false"
    found = db.row(_ONE.format(asked=text), [actor.company_id, kind, number])
    if found is None:
        return None
    document_id, facts, transition, concerned = found
    subject, known = subject_of(kind, transition), facts_from(facts)
    return About(subject, document_id, known, subject.opens_for(actor, known), concerned)


def rows_of(found: About, actor: Actor) -> tuple[list[tuple[str, Any, Fact]], list[tuple[str, list[Fact], list[Any]]]]:
    """The facts for a page: single ones with their labels, and lists as tables of labels and rows."""
    single, tables = [], []
    for name, value in found.told(actor).items():
        fact = found.subject.facts[name]
        if fact.fields and value:
            names = [field for field in fact.fields if any(field in row for row in value)]
            tables.append(
                (str(fact.label), [fact.fields[n] for n in names], [[r.get(n) for n in names] for r in value])
            )
        elif not fact.fields and value not in ("", None, []):
            single.append((str(fact.label), value, fact))
    return single, tables
