"""Conditions of the form that people fill in: comparisons joined by «and». What they say, and when one makes another
superfluous. A condition that was written by hand and says more is not of this form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

Value = Decimal | bool | str
_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_COMPARISON = re.compile(rf"({_NAME})\s*(==|!=|>=|<=|>|<)\s*(.+)", re.DOTALL)
_IN = re.compile(rf"({_NAME}) in \[(.*)\]|!\(({_NAME}) in \[(.*)\]\)", re.DOTALL)
_HAS = re.compile(rf"(.+?) in ({_NAME})|!\((.+?) in ({_NAME})\)", re.DOTALL)
_CONTAINS = re.compile(rf"(!?)({_NAME})\.contains\((.+)\)", re.DOTALL)
_FLAG = re.compile(rf"(!?)({_NAME})")
_LINES = re.compile(r"(!?)(\w+)\.exists\((\w+), ?(.+)\)", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_OPPOSITE = {"==": "!=", "in": "notin", "has": "hasnot", "contains": "lacks"}


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison: a fact (of any line: «lines.category», ``of_lines``), how, with what.

    ``op``: == != > >= < <= in notin has hasnot contains lacks; ``none``: no line is so.
    """

    field: str
    op: str
    values: tuple[Value, ...]
    of_lines: bool = False
    none: bool = False

    @property
    def value(self) -> Value:
        return self.values[0]


def atoms(source: str) -> list[Atom] | None:
    """The comparisons of a condition, all of which must hold; None: it says more than that."""
    found = [_atom(part) for part in _parts(source)]
    return [atom for atom in found if atom] if all(found) else None


def alternatives(source: str) -> list[list[Atom]] | None:
    """The comparisons of a condition that holds when one of several holds («||»); None: it says more than that."""
    found: list[list[Atom]] = []
    for part in _parts(source, "||"):
        match = _LINES.fullmatch(part)
        inner = _parts(match[4], "||") if match and not match[1] else []
        several = [f"{match[2]}.exists({match[3]}, {one})" for one in inner] if match else []
        for one in several if len(several) > 1 else [part]:
            if (read := atoms(one)) is None:
                return None
            found.append(read)
    return found


def _parts(source: str, operator: str = "&&") -> list[str]:
    """Split at an operator, but not within brackets or quotes."""
    found, start, depth, quote = [], 0, 0, ""
    position = 0
    while position < len(source):
        letter = source[position]
        if quote:
            position += letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif not depth and source.startswith(operator, position):
            found.append(source[start:position])
            position += 1
            start = position + 1
        position += 1
    return [part.strip() for part in [*found, source[start:]]]


def _atom(text: str) -> Atom | None:
    match = _LINES.fullmatch(text)
    if not match:
        return _one(text)
    inner = _one(match[4]) if len(_parts(match[4])) == 1 else None
    if inner is None or not inner.field.startswith(f"{match[3]}."):
        return None
    name = f"{match[2]}.{inner.field.removeprefix(match[3] + '.')}"
    return Atom(name, inner.op, inner.values, of_lines=True, none=match[1] == "!")


def _one(text: str) -> Atom | None:
    if match := _IN.fullmatch(text):
        values = _literals(match[2] if match[1] else match[4])
        return Atom(match[1] or match[3], "in" if match[1] else "notin", values) if values else None
    if match := _COMPARISON.fullmatch(text):
        value = _literal(match[3])
        return None if value is None else Atom(match[1], match[2], (value,))
    if match := _HAS.fullmatch(text):
        value = _literal(match[1] or match[3])
        return None if value is None else Atom(match[2] or match[4], "has" if match[1] else "hasnot", (value,))
    if match := _CONTAINS.fullmatch(text):
        value = _literal(match[3])
        return None if value is None else Atom(match[2], "lacks" if match[1] else "contains", (value,))
    if match := _FLAG.fullmatch(text):
        return None if match[2] in {"true", "false", "null"} else Atom(match[2], "==", (not match[1],))
    return None


def _literals(text: str) -> tuple[Value, ...]:
    parts = re.findall(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|[^,\s][^,]*", text)
    found = [_literal(part.strip()) for part in parts]
    return tuple(value for value in found if value is not None) if None not in found else ()


def _literal(text: str) -> Value | None:
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    if text in {"true", "false"}:
        return text == "true"
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            value = json.loads(text)
        except ValueError:
            return None
        return value if isinstance(value, str) else None
    if len(text) > 1 and text[0] == text[-1] == "'" and "'" not in text[1:-1] and "\\" not in text:
        return text[1:-1]
    return None


def implies(these: Sequence[Atom], those: Sequence[Atom]) -> bool:
    """Whether ``those`` hold for certain wherever ``these`` hold."""
    return all(any(_implies(one, other) for one in these) for other in those)


def contradict(these: Iterable[Atom]) -> bool:
    """Whether the comparisons can never hold together."""
    singles = [one for one in these if not one.of_lines]
    return any(_excludes(one, other) for n, one in enumerate(singles) for other in singles[n + 1 :])


def negated(atom: Atom) -> Atom | None:
    """What holds when a comparison does not."""
    if atom.of_lines:
        return Atom(atom.field, atom.op, atom.values, True, not atom.none)
    opposite = {**_OPPOSITE, **{other: one for one, other in _OPPOSITE.items()}}
    opposite |= {">": "<=", "<=": ">", "<": ">=", ">=": "<"}
    return Atom(atom.field, opposite[atom.op], atom.values)


def _implies(one: Atom, other: Atom) -> bool:
    if one == other:
        return True
    if one.field != other.field or one.of_lines or other.of_lines:
        return False
    if other.op in {">", ">=", "<", "<="}:
        return isinstance(other.value, Decimal) and _within(one, other)
    allowed = _values(one)
    if allowed is not None:
        return bool(allowed) and all(_admits(other, value) for value in allowed)
    if other.op == "!=" and isinstance(other.value, Decimal) and one.op in {">", ">=", "<", "<="}:
        return not _admits(one, other.value)
    return one.op == "notin" and other.op == "!=" and other.value in one.values


def _excludes(one: Atom, other: Atom) -> bool:
    opposite = negated(other)
    return opposite is not None and _implies(one, opposite)


def _values(atom: Atom) -> tuple[Value, ...] | None:
    """The values that a comparison leaves, None: too many to say."""
    return atom.values if atom.op in {"==", "in"} else None


def _admits(atom: Atom, value: Value) -> bool:
    """Whether a fact with this value fulfils the comparison."""
    match atom.op:
        case "==" | "in":
            return value in atom.values
        case "!=" | "notin":
            return value not in atom.values
        case "contains":
            return isinstance(value, str) and str(atom.value) in value
        case "lacks":
            return isinstance(value, str) and str(atom.value) not in value
    if not isinstance(value, Decimal) or not isinstance(atom.value, Decimal):
        return False
    return _compare(value, atom.op, atom.value)


def _compare(value: Decimal, op: str, bound: Decimal) -> bool:
    return {">": value > bound, ">=": value >= bound, "<": value < bound, "<=": value <= bound}[op]


def _within(one: Atom, other: Atom) -> bool:
    """Whether every number that ``one`` leaves fulfils ``other``, which is a bound."""
    bound = other.value
    if (allowed := _values(one)) is not None:
        return all(_admits(other, value) for value in allowed)
    if not isinstance(one.value, Decimal) or not isinstance(bound, Decimal) or one.op[0] != other.op[0]:
        return False
    if one.op[0] == ">":
        return one.value > bound or (one.value == bound and (one.op == ">" or other.op == ">="))
    if one.op[0] == "<":
        return one.value < bound or (one.value == bound and (one.op == "<" or other.op == "<="))
    return False


def samples(conditions: Sequence[Sequence[Atom]]) -> Iterator[dict[str, Value]] | None:
    """Values of the one number that all conditions are about, one of each stretch; None: they are about more."""
    every = [atom for condition in conditions for atom in condition]
    fields = {atom.field for atom in every}
    if len(fields) != 1 or any(atom.of_lines or not isinstance(atom.value, Decimal) for atom in every):
        return None
    bounds = sorted({value for atom in every for value in atom.values if isinstance(value, Decimal)})
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    (name,) = fields
    return ({name: value} for value in [bounds[0] - 1, *bounds, *between, bounds[-1] + 1])


def fulfilled(condition: Sequence[Atom], facts: dict[str, Value]) -> bool:
    """Whether the comparisons hold for the facts."""
    return all(_admits(atom, facts[atom.field]) for atom in condition)
