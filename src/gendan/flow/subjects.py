"""What can be approved: a document's context says here what a flow may ask of it, and what follows when a flow ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gendan.flow.errors import UnknownSubject
from gendan.kernel.actor import Actor

Verdict = Literal["approved", "rejected", "sent_back", "withdrawn"]  # withdrawn: the event of it is written


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that conditions may use: how users call it, and its type; ``fields`` are those of a list's entries.
    ``price``: it is for who may see the amount.
    """

    label: str | Promise
    type: Literal["number", "text", "date", "flag", "list", "texts"] = "text"
    fields: Mapping[str, Fact] = field(default_factory=dict)
    price: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of document and the transition that a flow guards.

    ``table`` holds the documents (company_id, number, id). ``facts_sql`` gives one jsonb object of facts, ``split_sql``
    a jsonb array ``[{number, amount, on}]`` of documents that may be parts of the same; both use ``{id}`` for the
    document and ``%(company)s``, the latter also ``{days}``. ``permission`` is what somebody needs to see the document
    (and ``needs``, where more is asked for by its facts), ``see_amount`` what they need for its amount (where that
    depends on the document: by its facts).

    ``lock`` locks the document (the first of all locks); ``ended`` writes what a verdict means for it and answers its
    new state; ``set_field`` writes a field of ``settable``. All run inside the command, with the document locked.
    ``pending`` is the state in which the document waits for approval, ``decided_by`` its own commands that decide.
    """

    kind: str
    label: str | Promise
    table: str
    permission: str
    facts: Mapping[str, Fact]
    facts_sql: str
    lock: Callable[[Actor, str], None]
    ended: Callable[[Actor, str, Verdict, str], str]
    transition: str = "submit"
    split_sql: str = ""
    settable: Mapping[str, str | Promise] = field(default_factory=dict)
    set_field: Callable[[Actor, str, str, Any], None] | None = None
    pending: str = ""
    decided_by: frozenset[str] = frozenset()
    see_amount: str | Callable[[Mapping[str, Any]], str] = ""
    needs: Callable[[Mapping[str, Any]], str] | None = None

    def shows_amount(self, actor: Actor, facts: Mapping[str, Any]) -> bool:
        """Whether the actor may see the amount of a document with these facts."""
        needed = self.see_amount if isinstance(self.see_amount, str) else self.see_amount(facts)
        return not needed or actor.may(needed)

    def opens_for(self, actor: Actor, facts: Mapping[str, Any]) -> bool:
        """Whether the actor has the permissions that the document's own page asks for."""
        return actor.may(self.permission) and (self.needs is None or actor.may(self.needs(facts)))

    def told(self, actor: Actor, facts: Mapping[str, Any]) -> dict[str, Any]:
        """What is judged of a document, as far as the actor may see it."""
        return _told(self.facts, facts, prices=self.shows_amount(actor, facts))


def _told(known: Mapping[str, Fact], facts: Mapping[str, Any], *, prices: bool) -> dict[str, Any]:
    """The known facts; without prices for who may not see them."""
    found: dict[str, Any] = {}
    for name, fact in known.items():
        if name not in facts or (fact.price and not prices):
            continue
        value = facts[name]
        found[name] = [_told(fact.fields, row, prices=prices) for row in value] if fact.fields else value
    return found


SUBJECTS: dict[tuple[str, str], Subject] = {}


def register(subject: Subject) -> None:
    """Make a kind of document and its transition known."""
    SUBJECTS[(subject.kind, subject.transition)] = subject


def subject_of(kind: str, transition: str = "submit") -> Subject:
    """What was registered. Errors: UnknownSubject."""
    try:
        return SUBJECTS[(kind, transition)]
    except KeyError:
        raise UnknownSubject(kind=kind, transition=transition) from None


def name_of(code: str) -> str:
    """«变更单 审批流程» for what a flow is known by: its kind, with the transition where that is not submitting."""
    kind, _dot, transition = code.partition(".")
    found = SUBJECTS.get((kind, transition or "submit"))
    return _("%(document)s的审批流程") % {"document": found.label} if found else code
