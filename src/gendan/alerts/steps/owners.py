"""Who answers for a case: found by the words of its rule, by the people that approvals know.

Nothing is asked for each case: who it is depends on the buyer or seller, or on the warehouse, and each of these has one
answer, worked out before the look and handed to its statement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gendan.alerts.rules.rule import Rule, Word
from gendan.flow.queries.people import Calendar, Directory, people_of
from gendan.kernel import db
from gendan.kernel.actor import Actor

OF_PERSON = frozenset({"buyer", "seller", "author", "expression", "superior", "head"})
_KEEPERS = """
SELECT w.id, (SELECT m.user_id FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
 JOIN accounts_membership_roles mr ON mr.membership_id = m.id JOIN accounts_role r ON r.id = mr.role_id
 WHERE m.company_id = w.company_id AND m.is_active AND u.is_active
  AND r.code IN ('warehouse_keeper', 'warehouse_manager')
  AND (coalesce(r.scope -> 'warehouses', '[]') = '[]' OR r.scope -> 'warehouses' ? w.code)
 ORDER BY coalesce(r.scope -> 'warehouses' ? w.code, false) DESC, r.code, m.user_id LIMIT 1)
FROM catalog_warehouse w WHERE w.company_id = %s::bigint
"""


@dataclass(frozen=True, slots=True)
class Owners:
    """Who answers, by buyer or seller, else by warehouse, else whoever else is named."""

    by_person: Mapping[int, int] = field(default_factory=dict)
    by_warehouse: Mapping[int, int] = field(default_factory=dict)
    otherwise: int | None = None


@dataclass(frozen=True, slots=True)
class People:
    """The people of a company, the keepers of its warehouses, and when it works."""

    directory: Directory
    keepers: Mapping[int, int]
    calendar: Calendar


def people(actor: Actor) -> People:
    """See People; two statements."""
    directory, calendar = people_of(actor.company_id, actor.zone)
    keepers = {warehouse: user for warehouse, user in db.rows(_KEEPERS, [actor.company_id]) if user is not None}
    return People(directory, keepers, calendar)


def owners(rule: Rule, known: People) -> Owners:
    """Who answers for the cases of a rule."""
    first = next((word.by for word in rule.owner if word.by in OF_PERSON or word.by == "keeper"), "")
    otherwise = next(_named(rule.owner, None, known.directory), None)
    if otherwise is None:
        otherwise = next(iter(known.directory.administrators()), None)
    if first == "keeper":
        return Owners({}, known.keepers, otherwise)
    if not first:
        return Owners({}, {}, otherwise)
    by_person = {id_: next(_named(rule.owner, id_, known.directory), otherwise) for id_ in known.directory.people}
    return Owners({id_: found for id_, found in by_person.items() if found is not None}, {}, otherwise)


def above(user_id: int | None, directory: Directory) -> int | None:
    """To whom a case goes that its owner does not answer: the superior, else the head of the department."""
    return directory.superior(user_id) or directory.head(user_id)


def someone(word: Word, person: int | None, directory: Directory) -> int | None:
    """The first active person whom a word names, as seen from somebody."""
    return next(_named((word,), person, directory), None)


def _named(words: tuple[Word, ...], person: int | None, directory: Directory) -> Iterator[int]:
    """The active people whom the words name, in their order."""
    for word in words:
        for id_ in _by(word, person, directory):
            if id_ is not None and directory.works(id_):
                yield id_


def _by(word: Word, person: int | None, directory: Directory) -> Iterator[int | None]:
    match word.by:
        case "buyer" | "seller" | "author" | "expression":
            yield person
        case "superior":
            yield directory.superior(person, int(word.value or 1))
        case "head":
            yield directory.head(person)
        case "role":
            yield from sorted(p.id for p in directory.people.values() if word.value in p.roles)
        case "person":
            found = directory.by_username(word.value)
            yield found.id if found else None
