"""Cards, conditions, findings and differences of flows, as people say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from gendan.flow.rules.check import Finding
from gendan.flow.rules.compare import Change
from gendan.flow.rules.definition import Approve, Arm, Assignee, Deadline, Inform, Judged
from gendan.flow.rules.simple import Atom, Value, alternatives
from gendan.flow.subjects import Fact, Subject
from gendan.flow.texts import COMPARED, DESIGNER, FIELDS, FINDINGS, NOT_TOLD, WORDS
from gendan.kernel.errors import plain


@dataclass(frozen=True, slots=True)
class Named:
    """How people, roles and facts are called that a definition names by their codes."""

    people: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    hours: Decimal = Decimal(8)
    bare: Mapping[str, str] = field(default_factory=dict)  # what is called «of any line» in facts, without that

    def fact(self, name: str) -> str:
        found = self.facts.get(name)
        return str(found.label) if found else name


def not_told(problem: str) -> str:
    """Why another system was not told, in words: «连不上对方（unreachable: …）»."""
    code = problem.replace("HTTP ", "HTTP:").partition(":")[0]
    return f"{NOT_TOLD[code]}（{problem}）" if code in NOT_TOLD else problem


def said(key: str, **values: Any) -> str:
    """One of WORDS, filled."""
    text = str(WORDS[key])
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def flat(subject: Subject) -> dict[str, Fact]:
    """The facts of a document; those of its lists under «lines.category», named as of any line."""
    found: dict[str, Fact] = {}
    for name, fact in subject.facts.items():
        if fact.type != "list":
            found[name] = fact
        for inner, one in fact.fields.items():
            label = str(DESIGNER["any_line"]).replace("{field}", str(one.label))
            found[f"{name}.{inner}"] = Fact(label, one.type)
    return found


def bare(subject: Subject) -> dict[str, str]:
    """The fields of lines by the same names, as they are called in a line."""
    return {
        f"{name}.{inner}": str(one.label) for name, fact in subject.facts.items() for inner, one in fact.fields.items()
    }


def assignee(one: Assignee, named: Named) -> str:
    """Who is asked by a rule."""
    match one.by:
        case "person":
            return named.people.get(one.value, one.value)
        case "role":
            return said("role_of", name=named.roles.get(one.value, one.value))
        case "superior":
            return said("superior_n", n=one.value) if one.value not in {"", "1"} else said("superior")
        case "expression":
            return named.fact(one.value)
    return said(f"by {one.by}")


def condition(when: str, named: Named) -> str:
    """A condition of the form in words; one that was written by hand as it stands."""
    if not when.strip():
        return ""
    found = alternatives(when)
    if found is None:
        return when
    return said("or").join(said("and").join(_atom(one, named) for one in every) for every in found)


def _atom(one: Atom, named: Named) -> str:
    name = named.bare.get(one.field, one.field) if one.none else named.fact(one.field)
    if isinstance(one.value, bool) and one.op == "==":
        text = name if one.value else said("is_not", field=name)
    else:
        text = f"{name} {said(f'op {one.op}')} {said('comma').join(_literal(value) for value in one.values)}"
    return said("no_line", text=text) if one.none else text


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return said("yes" if value else "no")
    return f"{value.normalize():,f}" if isinstance(value, Decimal) else said("quoted", text=value)


def duration(hours: float, named: Named) -> str:
    """«2 个工作日», «5 个工作小时»."""
    given = Decimal(str(hours))
    if named.hours and given % named.hours == 0:
        return said("days", n=plain(given / named.hours))
    return said("hours", n=plain(given))


def name_of(part: Any) -> str:
    """What a card is called."""
    if part is None:
        return str(DESIGNER["whole"])
    if part.name:
        return str(part.name)
    if isinstance(part, Arm):
        return str(WORDS["type branch"]) if part.when.strip() else said("otherwise_name")
    return said(f"type {part.type}")


def finding(one: Finding, named: Named) -> str:
    """A finding of the check in words."""
    data = {key: plain(value) for key, value in one.data.items()}
    if "role" in data:
        data["role"] = named.roles.get(str(data["role"]), data["role"])
    if one.code == "expression":
        data["reason"] = _place(str(data["reason"]))
    return str(FINDINGS[one.code]) % data if data else str(FINDINGS[one.code])


def _place(reason: str) -> str:
    """What the library says of a wrong expression, without what surrounds it: «1:9: …»."""
    text = reason.partition("ERROR: <input>:")[2] or reason
    return text.partition("\n")[0].partition(" expecting ")[0].replace("Syntax error: ", "")


def differences(changes: Sequence[Change], named: Named) -> list[dict[str, str]]:
    """Each difference: key of the card, ``what`` (added removed moved changed), its label, a sentence."""
    return [
        {"key": one.key, "what": one.what, "label": str(COMPARED[one.what]), "text": _difference(one, named)}
        for one in changes
    ]


def _difference(change: Change, named: Named) -> str:
    name = name_of(change.part)
    if change.what != "changed":
        more = _content(change.part, named)
        return f"「{name}」{more and f'：{more}'}" if change.what in {"added", "removed"} else f"「{name}」"
    parts = [
        f"{FIELDS.get(key, key)}：{_value(key, was, named)} → {_value(key, now, named)}"
        for key, was, now in change.fields
    ]
    return f"「{name}」{'；'.join(parts)}"


def _content(part: Any, named: Named) -> str:
    """What a card says, in short."""
    if isinstance(part, Arm):
        return condition(part.when, named) if part.when.strip() else said("otherwise")
    if isinstance(part, Approve | Inform):
        return said("comma").join(assignee(one, named) for one in part.assignees)
    return ""


def _value(key: str, value: Any, named: Named) -> str:
    """A part of a card as people read it."""
    match value:
        case None | "" | ():
            return str(COMPARED["nothing"])
        case bool():
            return said("yes" if value else "no")
        case Deadline():
            return said(f"late {value.then}", time=duration(value.hours, named))
        case tuple():
            return said("comma").join(_item(one, named) for one in value)
    if key == "mode":
        return said(f"mode {value}", n="N")
    if key == "own":
        return str(DESIGNER[f"own {value}"])
    if key == "hours":
        return duration(value, named)
    if key == "when":
        return condition(value, named)
    return named.fact(str(value)) if key in {"until", "field"} else str(plain(value))


def _item(one: Any, named: Named) -> str:
    if isinstance(one, Judged):
        return named.fact(one.fact) + (f" ±{one.percent:g}%" if one.percent else "")
    return assignee(one, named)
