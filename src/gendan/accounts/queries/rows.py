"""A company's people and departments as files hold them, and as saving many of them needs to know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gendan.accounts.queries.roles import VIEW
from gendan.kernel import db
from gendan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Person:
    """A member; ``works``: neither shut out of the company nor of the installation."""

    membership_id: int
    user_id: int
    username: str
    name: str
    email: str
    phone: str
    language: str
    is_active: bool
    works: bool
    superior: str
    department: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A department."""

    id: int
    code: str
    name: str
    parent: str
    head: str
    head_id: int | None
    version: int


_PEOPLE = """
SELECT m.id, u.id, u.username, u.name, u.email, u.phone, u.language, m.is_active, m.is_active AND u.is_active,
 coalesce(s.username, ''), coalesce(d.code, ''),
 ARRAY(SELECT r.code FROM accounts_membership_roles mr JOIN accounts_role r ON r.id = mr.role_id
  WHERE mr.membership_id = m.id ORDER BY r.code)
FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
LEFT JOIN accounts_user s ON s.id = m.superior_id LEFT JOIN accounts_department d ON d.id = m.department_id
WHERE m.company_id = %s ORDER BY lower(u.username)
"""
_DEPARTMENTS = """
WITH RECURSIVE tree(id, path) AS (
 SELECT d.id, ARRAY[d.code::text] FROM accounts_department d WHERE d.company_id = %(company)s AND d.parent_id IS NULL
 UNION ALL SELECT d.id, t.path || d.code::text FROM tree t JOIN accounts_department d ON d.parent_id = t.id)
SELECT d.id, d.code, d.name, coalesce(p.code, ''), coalesce(h.username, ''), d.head_id, d.version
FROM tree t JOIN accounts_department d ON d.id = t.id
LEFT JOIN accounts_department p ON p.id = d.parent_id LEFT JOIN accounts_user h ON h.id = d.head_id
ORDER BY t.path
"""


def known_people(company_id: int) -> dict[str, Person]:
    """Every member by user name in lower case."""
    found = (Person(*(*row[:-1], tuple(row[-1]))) for row in db.rows(_PEOPLE, [company_id]))
    return {person.username.lower(): person for person in found}


def known_departments(company_id: int) -> dict[str, Place]:
    """Every department by code, those above first."""
    return {row[1]: Place(*row) for row in db.rows(_DEPARTMENTS, {"company": company_id})}


def every_person(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """All members, those that were shut out, too; ``state``, ``role`` and ``department`` narrow them as on the page."""
    actor.must(VIEW)
    state, role, department = (filters.get(name, "") for name in ("state", "role", "department"))
    for found in known_people(actor.company_id).values():
        if state in {"active", "inactive"} and found.is_active != (state == "active"):
            continue
        if (role and role not in found.roles) or (department and department != found.department):
            continue
        yield {
            "username": found.username,
            "name": found.name,
            "email": found.email,
            "phone": found.phone,
            "roles": found.roles,
            "department": found.department,
            "superior": found.superior,
            "language": found.language,
            "is_active": found.is_active,
        }


def every_department(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """All departments, those above first."""
    actor.must(VIEW)
    for found in known_departments(actor.company_id).values():
        yield {"code": found.code, "name": found.name, "parent": found.parent, "head": found.head}
