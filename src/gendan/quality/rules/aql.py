"""Acceptance sampling by attributes, indexed by AQL: single plans for normal, tightened and reduced inspection.

Source: ISO 2859-1:1999 (GB/T 2828.1-2012 is the same), table 1 (code letters) and tables 2-A, 2-B, 2-C (single sampling
plans), for AQLs up to 10, where the AQL is a percentage of nonconforming items. A number is the acceptance number Ac;
the rejection number Re is Ac + 1. An arrow means: take the first plan above (^) or below (v), with its own sample size.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Severity = Literal["normal", "tightened", "reduced"]
LEVELS = ("I", "II", "III", "S-1", "S-2", "S-3", "S-4")
# Lots up to so many items, and the letters of the levels S-1 S-2 S-3 S-4 I II III.
_LETTERS = """
8 A A A A A A B
15 A A A A A B C
25 A A B B B C D
50 A B B C C D E
90 B B C C C E F
150 B B C D D F G
280 B C D E E G H
500 B C D E F H J
1200 C C E F G J K
3200 C D E G H K L
10000 C D F G J L M
35000 C D F H K M N
150000 D E G J L N P
500000 D E G J M P Q
- D E H K N Q R
"""
_SIZES = {
    "normal": "A2 B3 C5 D8 E13 F20 G32 H50 J80 K125 L200 M315 N500 P800 Q1250 R2000",
    "tightened": "A2 B3 C5 D8 E13 F20 G32 H50 J80 K125 L200 M315 N500 P800 Q1250 R2000 S3150",
    "reduced": "A2 B2 C2 D3 E5 F8 G13 H20 J32 K50 L80 M125 N200 P315 Q500 R800",
}
_NORMAL = """
    0.010 0.015 0.025 0.040 0.065  0.10  0.15  0.25  0.40  0.65   1.0   1.5   2.5   4.0   6.5    10
A       v     v     v     v     v     v     v     v     v     v     v     v     v     v     0     v
B       v     v     v     v     v     v     v     v     v     v     v     v     v     0     ^     v
C       v     v     v     v     v     v     v     v     v     v     v     v     0     ^     v     1
D       v     v     v     v     v     v     v     v     v     v     v     0     ^     v     1     2
E       v     v     v     v     v     v     v     v     v     v     0     ^     v     1     2     3
F       v     v     v     v     v     v     v     v     v     0     ^     v     1     2     3     5
G       v     v     v     v     v     v     v     v     0     ^     v     1     2     3     5     7
H       v     v     v     v     v     v     v     0     ^     v     1     2     3     5     7    10
J       v     v     v     v     v     v     0     ^     v     1     2     3     5     7    10    14
K       v     v     v     v     v     0     ^     v     1     2     3     5     7    10    14    21
L       v     v     v     v     0     ^     v     1     2     3     5     7    10    14    21     ^
M       v     v     v     0     ^     v     1     2     3     5     7    10    14    21     ^     ^
N       v     v     0     ^     v     1     2     3     5     7    10    14    21     ^     ^     ^
P       v     0     ^     v     1     2     3     5     7    10    14    21     ^     ^     ^     ^
Q       0     ^     v     1     2     3     5     7    10    14    21     ^     ^     ^     ^     ^
R       ^     ^     1     2     3     5     7    10    14    21     ^     ^     ^     ^     ^     ^
"""
_TIGHTENED = """
    0.010 0.015 0.025 0.040 0.065  0.10  0.15  0.25  0.40  0.65   1.0   1.5   2.5   4.0   6.5    10
A       v     v     v     v     v     v     v     v     v     v     v     v     v     v     v     0
B       v     v     v     v     v     v     v     v     v     v     v     v     v     v     0     v
C       v     v     v     v     v     v     v     v     v     v     v     v     v     0     v     v
D       v     v     v     v     v     v     v     v     v     v     v     v     0     v     v     1
E       v     v     v     v     v     v     v     v     v     v     v     0     v     v     1     2
F       v     v     v     v     v     v     v     v     v     v     0     v     v     1     2     3
G       v     v     v     v     v     v     v     v     v     0     v     v     1     2     3     5
H       v     v     v     v     v     v     v     v     0     v     v     1     2     3     5     8
J       v     v     v     v     v     v     v     0     v     v     1     2     3     5     8    12
K       v     v     v     v     v     v     0     v     v     1     2     3     5     8    12    18
L       v     v     v     v     v     0     v     v     1     2     3     5     8    12    18     ^
M       v     v     v     v     0     v     v     1     2     3     5     8    12    18     ^     ^
N       v     v     v     0     v     v     1     2     3     5     8    12    18     ^     ^     ^
P       v     v     0     v     v     1     2     3     5     8    12    18     ^     ^     ^     ^
Q       v     0     v     v     1     2     3     5     8    12    18     ^     ^     ^     ^     ^
R       0     ^     v     1     2     3     5     8    12    18     ^     ^     ^     ^     ^     ^
S       ^     ^     1     2     3     5     8    12    18     ^     ^     ^     ^     ^     ^     ^
"""
_REDUCED = """
    0.010 0.015 0.025 0.040 0.065  0.10  0.15  0.25  0.40  0.65   1.0   1.5   2.5   4.0   6.5    10
A       v     v     v     v     v     v     v     v     v     v     v     v     v     v     0     v
B       v     v     v     v     v     v     v     v     v     v     v     v     v     0     ^     v
C       v     v     v     v     v     v     v     v     v     v     v     v     0     ^     v     v
D       v     v     v     v     v     v     v     v     v     v     v     0     ^     v     v     1
E       v     v     v     v     v     v     v     v     v     v     0     ^     v     v     1     2
F       v     v     v     v     v     v     v     v     v     0     ^     v     v     1     2     3
G       v     v     v     v     v     v     v     v     0     ^     v     v     1     2     3     5
H       v     v     v     v     v     v     v     0     ^     v     v     1     2     3     5     6
J       v     v     v     v     v     v     0     ^     v     v     1     2     3     5     6     8
K       v     v     v     v     v     0     ^     v     v     1     2     3     5     6     8    10
L       v     v     v     v     0     ^     v     v     1     2     3     5     6     8    10     ^
M       v     v     v     0     ^     v     v     1     2     3     5     6     8    10     ^     ^
N       v     v     0     ^     v     v     1     2     3     5     6     8    10     ^     ^     ^
P       v     0     ^     v     v     1     2     3     5     6     8    10     ^     ^     ^     ^
Q       0     ^     ^     v     1     2     3     5     6     8    10     ^     ^     ^     ^     ^
R       ^     ^     ^     1     2     3     5     6     8    10     ^     ^     ^     ^     ^     ^
"""
_TABLES: Mapping[Severity, str] = {"normal": _NORMAL, "tightened": _TIGHTENED, "reduced": _REDUCED}
AQLS: tuple[str, ...] = tuple(_NORMAL.split("\n")[1].split())


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many items to look at, and from how many bad ones on the lot is not accepted; ``letter`` is the plan's."""

    letter: str
    sample: int
    accept: int
    reject: int


def code_letter(lot: int, level: str) -> str:
    """The sample size code letter of a lot, table 1."""
    column = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III").index(level)
    for row in _LETTERS.strip().splitlines():
        most, *letters = row.split()
        if most == "-" or lot <= int(most):
            return letters[column]
    raise AssertionError


@lru_cache(maxsize=3)
def _table(severity: Severity) -> tuple[list[str], dict[str, int], dict[str, list[str]]]:
    """The letters in order, their sample sizes, and their rows."""
    sizes = {part[0]: int(part[1:]) for part in _SIZES[severity].split()}
    rows = {line[0]: line[1:].split() for line in _TABLES[severity].strip("\n").splitlines()[1:]}
    return list(sizes), sizes, rows


def plan_of(letter: str, aql: str, severity: Severity = "normal") -> Sampling:
    """The single sampling plan for a code letter, arrows followed."""
    letters, sizes, rows = _table(severity)
    column, place = AQLS.index(aql), letters.index(letter)
    arrow = rows[letter][column]
    while rows[letters[place]][column] in ("^", "v"):
        place += 1 if arrow == "v" else -1
    found = letters[place]
    accept = int(rows[found][column])
    return Sampling(found, sizes[found], accept, accept + 1)


def sampling(lot: int, level: str, aql: str, severity: Severity = "normal") -> Sampling:
    """The plan for a lot of so many items; where the sample is as large as the lot, every item is looked at."""
    found = plan_of(code_letter(lot, level), aql, severity)
    if found.sample >= lot:
        return Sampling(found.letter, lot, found.accept, found.reject)
    return found


def one_step_tighter(letter: str, aql: str) -> int | None:
    """The acceptance number if the AQL were one step tighter (normal inspection), for the switching score; None where
    the tables have no tighter one.
    """
    place = AQLS.index(aql)
    return plan_of(letter, AQLS[place - 1]).accept if place else None
