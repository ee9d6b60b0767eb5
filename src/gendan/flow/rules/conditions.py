"""Conditions and expressions of flows (CEL): compiled once, evaluated on the facts of a document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import cel

MAX_LENGTH = 1000
MAX_DEPTH = 2  # a list inside a list; deeper ones could run for minutes
_MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(")
_TEXT = re.compile(r"""r?(?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')""")


class BrokenExpression(Exception):
    """An expression that cannot be read, or has no answer for these facts."""


@lru_cache(maxsize=2000)
def compiled(source: str) -> cel.Program:
    """The program of an expression. Errors: BrokenExpression."""
    if len(source) > MAX_LENGTH:
        raise BrokenExpression(f"longer than {MAX_LENGTH} characters")
    if _depth(source) > MAX_DEPTH:
        raise BrokenExpression(f"more than {MAX_DEPTH} lists inside each other")
    try:
        return cel.compile(source)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the library is no Exception
        raise BrokenExpression(str(error)[:300]) from error


def value(source: str, facts: Mapping[str, Any]) -> Any:
    """What an expression gives for the facts. Errors: BrokenExpression."""
    program = compiled(source)
    try:
        return program.execute(dict(facts))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # see above
        raise BrokenExpression(str(error)[:300]) from error


def holds(source: str, facts: Mapping[str, Any]) -> bool:
    """Whether a condition holds; what is neither true nor false is no condition. Errors: BrokenExpression."""
    found = value(source, facts)
    if not isinstance(found, bool):
        raise BrokenExpression(f"true or false was expected, not {type(found).__name__}")
    return found


def names(source: str) -> set[str]:
    """The facts that an expression asks for. Errors: BrokenExpression."""
    program, bound = compiled(source), set(_BOUND.findall(_TEXT.sub('""', source)))
    return set(program.variables()) - bound


_BOUND = re.compile(_MACRO.pattern + r"\s*([A-Za-z_]\w*)\s*,")


def _depth(source: str) -> int:
    """How many lists are gone through inside each other."""
    plain = _TEXT.sub('""', source)
    starts = {match.end() - 1 for match in _MACRO.finditer(plain)}
    open_: list[bool] = []
    deepest = 0
    for position, letter in enumerate(plain):
        if letter == "(":
            open_.append(position in starts)
            deepest = max(deepest, sum(open_))
        elif letter == ")" and open_:
            open_.pop()
    return deepest
