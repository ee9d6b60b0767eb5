"""Conditions and expressions of flows (CEL): compiled once, evaluated on the facts of a document.

They run inside commands, where nothing can stop them, so nothing may be written that takes long: the time is bounded by
what an expression may consist of. ``matches`` is RE2, as CEL says, each pattern compiled once: in time linear in the
text. Lists are gone through a few times, and inside each other only while they are short.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import cel
import re2

MAX_LENGTH = 1000
MAX_DEPTH = 2  # a list inside a list; deeper ones could run for minutes
MAX_MACROS = 8
MAX_INSIDE = 200  # rows of a list that is gone through inside another
PATTERN_BYTES = 1 << 20  # of a compiled pattern; the longest ones are refused
_MATCHES = re.compile(r"\bmatches(?=\s*\()")
_MAP = re.compile(r"\.\s*map\s*\(")
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
    plain = _TEXT.sub('""', source)
    if len(_MACRO.findall(plain)) > MAX_MACROS or len(_MAP.findall(plain)) > 1:
        raise BrokenExpression(f"more than {MAX_MACROS} lists gone through, or more than one made by map")
    try:
        return cel.compile(_with_own_matches(source))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the library is no Exception
        raise BrokenExpression(str(error)[:300]) from error


def value(source: str, facts: Mapping[str, Any]) -> Any:
    """What an expression gives for the facts. Errors: BrokenExpression."""
    program = compiled(source)
    if _depth(source) > 1 and _longest(facts) > MAX_INSIDE:
        raise BrokenExpression(f"a list inside a list is gone through up to {MAX_INSIDE} rows")
    try:
        return program.execute(cel.Context(dict(facts), _FUNCTIONS))
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


def _with_own_matches(source: str) -> str:
    """The source with the library's ``matches``, which compiles its pattern at every call, replaced by ours."""
    texts = _TEXT.findall(source)
    parts = _TEXT.split(source)
    told = [_MATCHES.sub("gendan_matches", part) for part in parts]
    return "".join(part + text for part, text in zip(told, [*texts, ""], strict=True))


@lru_cache(maxsize=1000)
def _pattern(pattern: str) -> Any:
    """A compiled pattern, None for one that is none or too large."""
    options = re2.Options()
    options.max_mem = PATTERN_BYTES
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error:
        return None


def _matches(text: object, pattern: object) -> bool | None:
    """None, which is neither true nor false, when there is no answer: the library writes a line for each exception."""
    if not isinstance(text, str) or not isinstance(pattern, str):
        return None
    found = _pattern(pattern)
    return None if found is None else found.search(text) is not None


_FUNCTIONS = {"gendan_matches": _matches}


def _longest(facts: Mapping[str, Any]) -> int:
    return max((len(value) for value in facts.values() if isinstance(value, list | tuple | Mapping)), default=0)


@lru_cache(maxsize=2000)
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
