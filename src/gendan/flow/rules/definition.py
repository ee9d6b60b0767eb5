"""The definition of a flow: a tree of nodes, kept as JSON, read strictly, with every problem named by its node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gendan.flow.rules.conditions import MAX_LENGTH, BrokenExpression, compiled, names

MAX_NODES = 200
Key = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
Name = Annotated[str, Field(max_length=80)]
Own = Literal["superior", "skip", "allow"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assignee(_Part):
    """How people are found: a user name, a role's code, levels up («1»), an expression; the others need no value."""

    by: Literal["person", "role", "superior", "head", "buyer", "submitter", "expression"]
    value: Annotated[str, Field(max_length=MAX_LENGTH)] = ""


class Deadline(_Part):
    """What happens when nobody decided within so many working hours."""

    hours: Annotated[float, Field(gt=0, le=2000)]
    then: Literal["remind", "escalate", "pass", "send_back"] = "remind"


class Approve(_Part):
    """People decide; a stage is the same and shows under its own name.

    ``mode``: one of them is enough (或签), all (会签), ``need`` of them (some), or one after the other (sequence).
    ``own``: what happens when the submitter is asked: the superior instead, nobody instead, or the submitter.
    """

    key: Key
    type: Literal["approve", "stage"]
    name: Name = ""
    assignees: tuple[Assignee, ...] = ()
    mode: Literal["one", "all", "some", "sequence"] = "one"
    need: Annotated[int, Field(ge=1, le=100)] = 1
    fallback: tuple[Assignee, ...] = ()
    deadline: Deadline | None = None
    own: Own | None = None
    skip_repeated: bool | None = None


class Inform(_Part):
    """People are told (抄送)."""

    key: Key
    type: Literal["inform"]
    name: Name = ""
    assignees: tuple[Assignee, ...] = ()


class Wait(_Part):
    """The flow rests for some working hours, or until a date among the facts."""

    key: Key
    type: Literal["wait"]
    name: Name = ""
    hours: Annotated[float, Field(gt=0, le=2000)] | None = None
    until: Annotated[str, Field(max_length=40)] = ""


class Webhook(_Part):
    """Another system is told, and goes on when it took it (2xx); after the last attempt people decide."""

    key: Key
    type: Literal["webhook"]
    name: Name = ""
    url: Annotated[str, Field(max_length=500)] = ""
    fallback: tuple[Assignee, ...] = ()


class SetField(_Part):
    """A field of the document that its subject declares takes a value: a text, or what an expression gives."""

    key: Key
    type: Literal["set"]
    name: Name = ""
    field: Annotated[str, Field(max_length=40)] = ""
    value: Annotated[str, Field(max_length=MAX_LENGTH)] = ""
    expression: bool = False


class Arm(_Part):
    """One way of a branch; the last has no condition and is taken otherwise."""

    key: Key
    name: Name = ""
    when: Annotated[str, Field(max_length=MAX_LENGTH)] = ""
    nodes: tuple[Node, ...] = ()


class Branch(_Part):
    """The first way whose condition holds is taken."""

    key: Key
    type: Literal["branch"]
    name: Name = ""
    branches: tuple[Arm, ...] = ()


Node = Annotated[Approve | Inform | Wait | Webhook | SetField | Branch, Field(discriminator="type")]


class Judged(_Part):
    """A fact whose change makes an approval void: any change of it, or one beyond so many percent."""

    fact: Annotated[str, Field(min_length=1, max_length=40)]
    percent: Annotated[float, Field(ge=0, le=1000)] = 0


_JUDGED = (Judged(fact="amount"), Judged(fact="partner"))


class Definition(_Part):
    """A whole flow. ``own`` and ``skip_repeated`` count for nodes that say nothing themselves; ``split_days``: within
    how many days documents of the same partner and requester are shown as one that may have been split (0: never).
    """

    nodes: tuple[Node, ...] = ()
    judged: tuple[Judged, ...] = _JUDGED
    fallback: tuple[Assignee, ...] = ()
    own: Own = "superior"
    skip_repeated: bool = False
    split_days: Annotated[int, Field(ge=0, le=90)] = 7

    @field_validator("judged", mode="before")
    @classmethod
    def _plain_names(cls, given: Any) -> Any:
        """A name alone stands for any change of that fact."""
        if isinstance(given, Sequence) and not isinstance(given, str):
            return [{"fact": one} if isinstance(one, str) else one for one in given]
        return given


Arm.model_rebuild()
Branch.model_rebuild()
Definition.model_rebuild()
AnyNode = Approve | Inform | Wait | Webhook | SetField | Branch


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a definition: the node or arm («» for the whole), a code that has a text, its details."""

    key: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=500)
def read(text: str) -> Definition:
    """A definition that was checked when it was saved, from its JSON. Errors: ValidationError."""
    return Definition.model_validate_json(text)


def all_nodes(nodes: Sequence[AnyNode]) -> Iterator[AnyNode]:
    """Every node of a tree, in its order."""
    for node in nodes:
        yield node
        if isinstance(node, Branch):
            for arm in node.branches:
                yield from all_nodes(arm.nodes)


def problems(raw: Any, facts: Sequence[str] = (), settable: Sequence[str] = ()) -> list[Problem]:
    """Everything that keeps a definition (as JSON data) from being used; ``facts`` and ``settable`` are what the
    document has (empty: not asked).
    """
    try:
        definition = Definition.model_validate(raw)
    except ValidationError as error:
        return [_unreadable(raw, one) for one in error.errors(include_url=False)]
    nodes = list(all_nodes(definition.nodes))
    found = _keys(nodes)
    for node in nodes:
        found += _of_node(node, facts, settable)
    for judged in definition.judged:
        if facts and judged.fact not in facts and judged not in _JUDGED:  # not every document has these
            found.append(Problem("", "unknown_fact", {"fact": judged.fact}))
    for assignee in definition.fallback:
        found += _of_assignee("", assignee, facts)
    return found


def _unreadable(raw: Any, error: Mapping[str, Any]) -> Problem:
    """Where JSON does not have the form of a definition: the key of the innermost node around."""
    key, place = "", raw
    for part in error["loc"]:
        try:
            place = place[part]
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(place, Mapping) and isinstance(place.get("key"), str):
            key = place["key"]
    path = ".".join(str(part) for part in error["loc"])
    return Problem(key, "unreadable", {"path": path, "reason": str(error["msg"])})


def _keys(nodes: Sequence[AnyNode]) -> list[Problem]:
    found = [Problem("", "too_many", {"most": MAX_NODES})] if len(nodes) > MAX_NODES else []
    seen: set[str] = set()
    arms = [arm.key for node in nodes if isinstance(node, Branch) for arm in node.branches]
    for key in [*(node.key for node in nodes), *arms]:
        if key in seen:
            found.append(Problem(key, "key_twice", {"key": key}))
        seen.add(key)
    return found


def _of_node(node: AnyNode, facts: Sequence[str], settable: Sequence[str]) -> list[Problem]:
    match node:
        case Approve() | Inform():
            return _of_people(node, facts)
        case Wait():
            return _of_wait(node, facts)
        case Webhook():
            found = [] if node.url.startswith(("https://", "http://")) else [Problem(node.key, "no_url")]
            return found + [one for person in node.fallback for one in _of_assignee(node.key, person, facts)]
        case SetField():
            known = bool(node.field) and (not settable or node.field in settable)
            found = [] if known else [Problem(node.key, "unknown_field", {"field": node.field})]
            return found + (_of_expression(node.key, node.value, facts) if node.expression else [])
        case Branch():
            return _of_branch(node, facts)


def _of_people(node: Approve | Inform, facts: Sequence[str]) -> list[Problem]:
    found = [] if node.assignees else [Problem(node.key, "nobody")]
    for assignee in (*node.assignees, *(node.fallback if isinstance(node, Approve) else ())):
        found += _of_assignee(node.key, assignee, facts)
    if isinstance(node, Approve) and node.mode == "some":
        single = all(one.by in {"person", "submitter", "superior", "head"} for one in node.assignees)
        if single and node.need > len(node.assignees) > 0:
            found.append(Problem(node.key, "need_too_many", {"need": node.need, "people": len(node.assignees)}))
    return found


def _of_wait(node: Wait, facts: Sequence[str]) -> list[Problem]:
    if (node.hours is None) == (not node.until):
        return [Problem(node.key, "wait_how_long")]
    if node.until and facts and node.until not in facts:
        return [Problem(node.key, "unknown_fact", {"fact": node.until})]
    return []


def _of_branch(node: Branch, facts: Sequence[str]) -> list[Problem]:
    found: list[Problem] = []
    if len(node.branches) < 2:
        found.append(Problem(node.key, "one_way"))
    for arm in node.branches[:-1]:
        if not arm.when.strip():
            found.append(Problem(arm.key, "never_reached"))
        else:
            found += _of_expression(arm.key, arm.when, facts)
    if node.branches and node.branches[-1].when.strip():
        found.append(Problem(node.branches[-1].key, "otherwise_missing"))
    return found


def _of_assignee(key: str, assignee: Assignee, facts: Sequence[str]) -> list[Problem]:
    if assignee.by in {"person", "role", "expression"} and not assignee.value.strip():
        return [Problem(key, "assignee_empty", {"by": assignee.by})]
    if assignee.by == "superior" and assignee.value and not assignee.value.isdecimal():
        return [Problem(key, "levels", {"value": assignee.value})]
    return _of_expression(key, assignee.value, facts) if assignee.by == "expression" else []


def _of_expression(key: str, source: str, facts: Sequence[str]) -> list[Problem]:
    try:
        compiled(source)
        unknown = names(source) - set(facts) if facts else set()
    except BrokenExpression as error:
        return [Problem(key, "expression", {"source": source, "reason": str(error)})]
    return [Problem(key, "unknown_fact", {"fact": name}) for name in sorted(unknown)]
