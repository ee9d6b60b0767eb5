"""Who is meant: the words by which people are found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """How somebody is found: buyer (of the order), seller, keeper (of the warehouse), role, person, superior and head
    (of whom the words before found), author; expression: whoever it names, of a company's own rules.
    """

    by: str
    value: str = ""
