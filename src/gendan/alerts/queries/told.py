"""What owners are told of new cases: one notice for a cause, however many lines; what is too much, as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gendan.alerts.queries.naming import title
from gendan.alerts.queries.words import sentence
from gendan.kernel.log import Subject

MOST_CAUSES = 3  # of one rule, each with a notice of its own


@dataclass(frozen=True, slots=True)
class Told:
    """A case that came up, and who answers for it."""

    owner: int
    rule: str
    cause: str
    document: str
    facts: Mapping[str, Any]
    days: int
    subject: Subject


def told_of(cases: Sequence[Told], most: int) -> list[tuple[int, str, Subject]]:
    """Who is told what about which case; what a rule finds in many places is told once, lest it hide the rest. Money is
    left out: who may see it is asked where it is shown.
    """
    causes: dict[tuple[int, str], set[str]] = {}
    for case in cases:
        causes.setdefault((case.owner, case.rule), set()).add(case.cause)
    groups: dict[tuple[int, str, str], list[Told]] = {}
    for case in cases:
        each = len(causes[case.owner, case.rule]) <= MOST_CAUSES
        groups.setdefault((case.owner, case.rule, case.cause if each else ""), []).append(case)
    by_owner: dict[int, list[list[Told]]] = {}
    for (owner, _rule, _cause), found in groups.items():
        by_owner.setdefault(owner, []).append(found)
    told = []
    for owner, several in by_owner.items():
        shown = several if len(several) <= most else several[: most - 1]
        told += [(owner, _text(found), _worst(found).subject) for found in shown]
        rest = [case for found in several[len(shown) :] for case in found]
        if rest:
            text = _("还有 %(n)s 个新异常，请到「异常」中查看。") % {"n": len(rest)}
            told.append((owner, text, rest[0].subject))
    return told


def _worst(cases: Sequence[Told]) -> Told:
    """The case that a notice about several leads to."""
    return max(cases, key=lambda case: case.days)


def _text(cases: Sequence[Told]) -> str:
    first = _worst(cases)
    name = title(first.rule, first.facts)
    if len(cases) == 1:
        return f"{name}：{first.document} {sentence(first.rule, first.facts, first.days, priced=False)}"
    words = {"rule": name, "document": first.document, "n": len(cases), "days": first.days}
    if first.days > 0:
        return _("%(rule)s：%(document)s 等 %(n)s 项，最多晚 %(days)s 天。") % words
    return _("%(rule)s：%(document)s 等 %(n)s 项。") % words
