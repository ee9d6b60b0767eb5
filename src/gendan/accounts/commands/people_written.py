"""Writing what rows of people come to: users, memberships, roles and events, each in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.hashers import make_password

from gendan.accounts.models import Membership, User
from gendan.accounts.queries.rows import Person, known_departments
from gendan.accounts.rows import Line
from gendan.kernel import db, events, tables
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject
from gendan.kernel.unit import step

_USER = {"name": "text", "email": "text", "phone": "text", "language": "text"}
_PLACE = {"superior_id": "bigint", "department_id": "bigint", "is_active": "boolean"}
_TAKE = """
DELETE FROM accounts_membership_roles mr USING unnest(%s::bigint[], %s::bigint[]) AS t(membership, role)
WHERE mr.membership_id = t.membership AND mr.role_id = t.role
"""
_GIVE = """
INSERT INTO accounts_membership_roles (membership_id, role_id)
SELECT t.membership, t.role FROM unnest(%s::bigint[], %s::bigint[]) AS t(membership, role)
"""


@step
def write(actor: Actor, lines: Sequence[Line], known: Mapping[str, Person], roles: Mapping[str, int]) -> None:
    """Keep these rows. ``known`` are the members by user name, ``roles`` the ids by code."""
    if not lines:
        return
    new = [line for line in lines if line.is_new]
    users = User.objects.bulk_create(
        User(
            username=line.key,
            password=make_password(None),
            last_company_id=actor.company_id,
            **{name: line.given[name] for name in _USER},
        )
        for line in new
    )
    members = Membership.objects.bulk_create(
        Membership(company_id=actor.company_id, user=user, is_active=line.given["is_active"])
        for line, user in zip(new, users, strict=True)
    )
    for line, user in zip(new, users, strict=True):
        line.id = user.pk
    ids = {name: person.membership_id for name, person in known.items()}
    ids |= {line.key.lower(): member.pk for line, member in zip(new, members, strict=True)}
    tables.update("accounts_user", _USER, [
        {"id": line.id, **{name: line.given[name] for name in _USER}}
        for line in lines if not line.is_new and line.changes.keys() & set(_USER)
    ])  # fmt: skip
    _place(actor, lines, ids, known)
    _give(lines, ids, known, roles)
    events.record_all(actor, [entry for line in lines for entry in _entries(line)])


def _place(actor: Actor, lines: Sequence[Line], ids: Mapping[str, int], known: Mapping[str, Person]) -> None:
    people = {name: person.user_id for name, person in known.items()}
    people |= {line.key.lower(): line.id or 0 for line in lines}
    departments = {place.code: place.id for place in known_departments(actor.company_id).values()}
    tables.update(
        "accounts_membership",
        _PLACE,
        [
            {
                "id": ids[line.key.lower()],
                "superior_id": people.get(line.given["superior"].lower()),
                "department_id": departments.get(line.given["department"]),
                "is_active": line.given["is_active"],
            }
            for line in lines
        ],
        extra="version = accounts_membership.version + 1",
    )


def _give(lines: Sequence[Line], ids: Mapping[str, int], known: Mapping[str, Person], roles: Mapping[str, int]) -> None:
    taken, given = list[tuple[int, int]](), list[tuple[int, int]]()
    for line in lines:
        member = ids[line.key.lower()]
        before = set() if line.is_new else set(known[line.key.lower()].roles)
        after = set(line.given["roles"])
        taken += [(member, roles[code]) for code in before - after]
        given += [(member, roles[code]) for code in after - before]
    for sql, pairs in ((_TAKE, taken), (_GIVE, given)):
        if pairs:
            db.execute(sql, [list(column) for column in zip(*pairs, strict=True)])


def _entries(line: Line) -> list[Entry]:
    subject = Subject("user", line.id or 0, line.key)

    def entry(type_: str, **data: Any) -> Entry:
        return Entry(f"accounts.{type_}", subject, data=data)

    if line.is_new:
        return [entry("user_created", name=line.given["name"], roles=list(line.given["roles"]))]
    found = []
    if profile := {name: pair for name, pair in line.changes.items() if name not in {"roles", "is_active"}}:
        found.append(entry("user_updated", changes=profile))
    if roles := line.changes.get("roles"):
        found.append(entry("member_roles_set", changes={"roles": [list(codes) for codes in roles]}))
    if "is_active" in line.changes:
        found.append(entry("member_reactivated" if line.given["is_active"] else "member_deactivated"))
    return found
