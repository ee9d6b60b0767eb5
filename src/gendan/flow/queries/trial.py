"""«Who would have approved PO-…?»: the same rules as the engine, on a past document, writing nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from gendan.flow.facts import with_parts
from gendan.flow.permissions import DESIGN
from gendan.flow.queries.flows import Surroundings, surroundings
from gendan.flow.queries.standing import facts_from
from gendan.flow.queries.words import condition, duration, name_of, said
from gendan.flow.rules.assignees import asked, fall_back, find
from gendan.flow.rules.definition import AnyNode, Approve, Arm, Branch, Definition, Inform, SetField, Wait, Webhook
from gendan.flow.rules.path import route, taken
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

_FACTS = """
SELECT ({facts})::text, ({split})::text, coalesce((SELECT i.submitter_id FROM flow_instance i
  WHERE i.kind = %(kind)s::text AND i.document_id = d.id AND i.company_id = d.company_id ORDER BY i.id DESC LIMIT 1),
 d.created_by_id)
FROM {table} d WHERE d.company_id = %(company)s::bigint AND d.number = %(number)s::text{scope}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A card on the way, with the people who would have been asked or told; ``note`` where it is about nobody."""

    key: str
    name: str
    type: str
    people: list[str] = field(default_factory=list)
    note: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """The way of one document: the cards that it comes to, and every key that is lit (arms, too)."""

    number: str
    submitter: str
    steps: list[Step]
    keys: list[str]

    @property
    def asks(self) -> bool:
        """Whether anybody would have been asked."""
        return any(step.people and step.type in {"approve", "stage", "branch"} for step in self.steps)


def tried(actor: Actor, kind: str, number: str, raw: Any, transition: str = "submit") -> Trial:
    """The way of a past document by a definition. Errors: NotFound, Forbidden, ValidationError."""
    actor.must(DESIGN)
    around = surroundings(actor, kind, transition)
    actor.must(around.subject.permission)
    definition = Definition.model_validate(raw)
    row = db.row(
        _FACTS.format(
            facts=around.subject.facts_sql.format(id="d.id"),
            split=around.subject.split_sql.format(id="d.id", days=definition.split_days) or "SELECT '[]'::jsonb",
            table=around.subject.table,
            scope=scope.also(actor, kind, "d"),
        ),
        {"company": actor.company_id, "kind": kind, "number": number},
    )
    if row is None:
        raise NotFound(what=number)
    facts = with_parts(facts_from(row[0]), json.loads(row[1] or "[]"), sums="joint_amount" in around.subject.facts)
    return _walk(definition, facts, around, number, row[2])


def _walk(
    definition: Definition, facts: Mapping[str, Any], around: Surroundings, number: str, submitter: int | None
) -> Trial:
    """Go the whole way, as if everybody agreed."""
    directory, decided = around.directory, set[int]()
    lit = dict(_lit(definition.nodes, facts))
    steps: list[Step] = []
    for stop in route(definition, "", facts):
        node, people, note = stop.node, list[int](), ""
        match node:
            case Approve():
                people = [id_ for id_, _by in asked(definition, node, directory, facts, submitter, decided).people]
                decided.update(people)
                note = "" if people else _("跳过")
            case Inform():
                people = [id_ for id_, _by in find(node.assignees, directory, facts, submitter)]
            case Branch():
                people = [id_ for id_, _by in fall_back(definition.fallback, directory, facts, submitter)]
                note = _("条件算不出来：%(reason)s") % {"reason": stop.problem[:200]}
            case _:
                note = _note(node, around)
        names = [directory.name(id_) for id_ in people]
        steps.append(Step(node.key, name_of(node), node.type, names, note, condition(lit[node.key], around.named)))
    return Trial(number, directory.name(submitter), steps, list(lit))


def _lit(nodes: Sequence[AnyNode], facts: Mapping[str, Any], why: str = "") -> Iterator[tuple[str, str]]:
    """Every card and way on the path, with the condition for which it is there."""
    for node in nodes:
        yield node.key, why
        if isinstance(node, Branch) and isinstance(arm := taken(node, facts), Arm):
            yield arm.key, arm.when
            yield from _lit(arm.nodes, facts, arm.when)


def _note(node: AnyNode, around: Surroundings) -> str:
    """What a card that asks nobody does."""
    if isinstance(node, Wait):
        if node.until:
            return said("wait_until", field=around.named.fact(node.until))
        return said("wait_hours", time=duration(node.hours or 0, around.named))
    if isinstance(node, SetField):
        label = around.subject.settable.get(node.field, node.field)
        return said("set_to", field=label, value=node.value)
    return node.url if isinstance(node, Webhook) else ""
