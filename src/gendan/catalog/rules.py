"""Pure rules of master data."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

MAX_BINS = 5_000
_PARTS = re.compile(r"\d+|[A-Za-z]|[^A-Za-z0-9]+")


class PatternUnclear(ValueError):
    """A range of bins that cannot be read."""


def expand_bins(pattern: str) -> list[str]:
    """The bin codes of ``A-01-01..A-05-20``: every part counts from the first to the last, odometer-wise."""
    first, dots, last = (part.strip() for part in pattern.strip().upper().partition(".."))
    if not first:
        raise PatternUnclear(pattern)
    if not dots:
        return [first]
    starts, ends = _PARTS.findall(first), _PARTS.findall(last)
    if len(starts) != len(ends) or "".join(starts) != first or "".join(ends) != last:
        raise PatternUnclear(pattern)
    axes = [_axis(start, end) for start, end in zip(starts, ends, strict=True)]
    total = 1
    for axis in axes:
        total *= len(axis)
    if not axes or not 0 < total <= MAX_BINS:
        raise PatternUnclear(pattern)
    return ["".join(parts) for parts in itertools.product(*axes)]


def _axis(start: str, end: str) -> list[str]:
    if start == end:
        return [start]
    if start.isdigit() and end.isdigit() and int(end) - int(start) < MAX_BINS:
        width = len(start)
        return [f"{number:0{width}d}" for number in range(int(start), int(end) + 1)]
    if start.isalpha() and end.isalpha():
        return [chr(letter) for letter in range(ord(start), ord(end) + 1)]
    raise PatternUnclear(f"{start}..{end}")


def in_a_circle(parents: Mapping[str, str]) -> set[str]:
    """The codes whose chain of parents comes back to itself."""
    caught: set[str] = set()
    for code in parents:
        seen = {code}
        above = parents.get(code, "")
        while above and above not in seen:
            seen.add(above)
            above = parents.get(above, "")
        if above == code:
            caught.add(code)
    return caught
