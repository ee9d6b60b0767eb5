"""Who stands in for whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gendan.flow.permissions import DELEGATE_OTHERS
from gendan.flow.subjects import SUBJECTS
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden

_ROWS = """
SELECT d.id, p.username AS person, coalesce(nullif(p.name, ''), p.username) AS person_name, d.person_id,
 s.username AS substitute, coalesce(nullif(s.name, ''), s.username) AS substitute_name, d.substitute_id,
 d.first, d.last, d.kinds, d.note, d.is_active, coalesce(nullif(c.name, ''), c.username, '') AS created_by
FROM flow_delegate d JOIN accounts_user p ON p.id = d.person_id JOIN accounts_user s ON s.id = d.substitute_id
LEFT JOIN accounts_user c ON c.id = d.created_by_id
WHERE d.company_id = %(company)s::bigint AND (%(everybody)s OR %(user)s::bigint IN (d.person_id, d.substitute_id))
 AND (%(all)s OR (d.is_active AND d.last >= %(today)s::date))
ORDER BY d.is_active AND d.last >= %(today)s::date DESC, d.first DESC, d.id DESC LIMIT %(limit)s
"""
_MEMBERS = """
SELECT lower(u.username), u.id, u.username, coalesce(nullif(u.name, ''), u.username)
FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
WHERE m.company_id = %s::bigint AND m.is_active AND u.is_active AND lower(u.username) = ANY(%s::text[])
"""
MOST = 200


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's substitute for a time; ``when``: now, later, or over."""

    id: int
    person: str
    person_name: str
    person_id: int
    substitute: str
    substitute_name: str
    substitute_id: int
    first: date
    last: date
    kinds: list[str]
    note: str
    is_active: bool
    created_by: str
    when: str
    kinds_text: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class Member:
    """An active member of the company."""

    id: int
    username: str
    name: str


def delegates_of(actor: Actor, everybody: bool = False, over: bool = False) -> list[Standing]:
    """Who stands in for the actor and for whom the actor does, the current first; ``everybody``: for all (with the
    permission); ``over``: also what is over. One statement.
    """
    if everybody and not actor.may(DELEGATE_OTHERS):
        raise Forbidden(permission=DELEGATE_OTHERS, code=DELEGATE_OTHERS)
    found = db.dicts(
        _ROWS,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "everybody": everybody,
            "all": over,
            "today": actor.today(),
            "limit": MOST,
        },
    )
    return [_standing(actor, row) for row in found]


def kinds() -> list[tuple[str, str]]:
    """The kinds of documents that can be approved, with their names."""
    return list({kind: str(subject.label) for (kind, _t), subject in SUBJECTS.items()}.items())


def members_by_name(company_id: int, usernames: Sequence[str]) -> dict[str, Member]:
    """Active members by user name in lower case."""
    found = db.rows(_MEMBERS, [company_id, [name.strip().lower() for name in usernames]])
    return {row[0]: Member(*row[1:]) for row in found}


def _standing(actor: Actor, row: dict[str, Any]) -> Standing:
    today, names = actor.today(), dict(kinds())
    over = not row["is_active"] or row["last"] < today
    when = "over" if over else "later" if row["first"] > today else "now"
    shown = "、".join(names.get(kind, kind) for kind in row["kinds"])
    own = row["person_id"] == actor.user_id or actor.may(DELEGATE_OTHERS)
    return Standing(**row, when=when, kinds_text=shown, may_end=own and not over)
