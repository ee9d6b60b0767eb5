"""Who may deal with an exception: its owner, those above, who stands in, and who may deal with those of others.

What points at what somebody did (duplicates, prices, ways around approval) is not closed by that person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gendan.alerts.permissions import HANDLE, HANDLE_OTHERS, VIEW
from gendan.alerts.queries.seen import VIEWS
from gendan.alerts.rules.builtin import BUILTIN
from gendan.flow.queries.people import Directory, people_of
from gendan.kernel import db, jobs, scope
from gendan.kernel.actor import Actor

MOST_ABOVE = 50
_DELEGATED = """
SELECT d.person_id FROM flow_delegate d WHERE d.company_id = %s::bigint AND d.substitute_id = %s::bigint AND d.is_active
 AND %s::date BETWEEN d.first AND d.last
"""
# Who brought a document about. Of a supplier who is a colleague the key of the case names the colleague.
_BEHIND: Mapping[str, str] = {
    "po": "SELECT o.buyer_id, o.created_by_id FROM purchasing_purchaseorder o WHERE o.id = %s AND o.company_id = %s",
    "gr": "SELECT g.created_by_id FROM purchasing_goodsreceipt g WHERE g.id = %s AND g.company_id = %s",
}
_COLLEAGUES = """
SELECT m.user_id, u.username, coalesce(nullif(u.name, ''), u.username) FROM accounts_membership m
JOIN accounts_user u ON u.id = m.user_id
WHERE m.company_id = %(company)s::bigint AND m.is_active AND u.is_active
 AND position(lower(%(text)s::text) IN lower(u.username || ' ' || u.name)) > 0
 AND EXISTS (SELECT 1 FROM accounts_membership_roles mr JOIN accounts_role r ON r.id = mr.role_id
  WHERE mr.membership_id = m.id AND r.permissions && ARRAY['*', %(view)s::text])
ORDER BY position(lower(%(text)s::text) IN lower(u.username || ' ' || u.name)), u.username LIMIT %(most)s::int
"""


def handled(actor: Actor) -> frozenset[int] | None:
    """Whose cases the actor may deal with: their own, those of whom they lead or stand in for; None: everybody's.

    Two statements, none for who may deal with the cases of others.
    """
    if actor.may(HANDLE_OTHERS):
        return None
    if actor.user_id is None:
        return frozenset()
    directory, _calendar = people_of(actor.company_id, actor.zone)
    away = db.rows(_DELEGATED, [actor.company_id, actor.user_id, actor.today()])
    return frozenset({actor.user_id, *led_by(directory, actor.user_id), *(row[0] for row in away)})


def led_by(directory: Directory, user_id: int) -> set[int]:
    """Everybody below somebody: by superiors, and in the departments that they head."""
    return {id_ for id_ in directory.people if id_ != user_id and user_id in _above(directory, id_)}


def _above(directory: Directory, id_: int) -> set[int]:
    found: set[int] = set()
    at = directory.people[id_].superior
    while at is not None and at not in found and len(found) < MOST_ABOVE:
        found.add(at)
        at = directory.people[at].superior if at in directory.people else None
    department, seen = directory.people[id_].department, set[int]()
    while department in directory.departments and department not in seen:
        assert department is not None
        seen.add(department)
        department, head = directory.departments[department]
        found |= {head} if head is not None else set()
    return found


def is_own_signal(actor: Actor, rule: str, key: str, kind: str, document_id: int) -> bool:
    """Whether a case points at what the actor did; one statement for rules that point at people, else none."""
    known = BUILTIN.get(rule)
    if known is None or not known.signal or actor.user_id is None:
        return False
    if kind == "partner":
        return key.rpartition(":")[2] == str(actor.user_id)
    sql = _BEHIND.get(kind)
    found = db.row(sql, [document_id, actor.company_id]) if sql else None
    return found is not None and actor.user_id in found


def may_deal(actor: Actor, case: Mapping[str, Any]) -> tuple[bool, bool]:
    """Of a case as lists show it: whether the actor may deal with it, and whether they may close it or put it off."""
    if not actor.may(HANDLE):
        return False, False
    whose = handled(actor) if case["owner_id"] not in {None, actor.user_id} else None
    mine = whose is None or case["owner_id"] in whose
    own = mine and is_own_signal(actor, case["rule"], case["key"], case["document_kind"], case["document_id"])
    return mine, mine and not own


def can_see(actor: Actor, user_id: int, rule: str, kind: str, case_id: int) -> bool:
    """Whether a colleague sees a case: its kind of document, and this one."""
    person = jobs.actor_for(user_id, actor.company_id, actor.via)
    known = BUILTIN.get(rule)
    if person is None or not person.may(VIEW) or not person.may(VIEWS[kind]):
        return False
    if known and known.sight and not person.may(known.sight):
        return False
    return bool(scope.sees(person, "case", [case_id]))


def who_can_see(actor: Actor, case: Mapping[str, Any], text: str, most: int = 8) -> Sequence[dict[str, str]]:
    """Colleagues by name to whom a case can be handed: those who see it."""
    actor.must(HANDLE)
    params = {"company": actor.company_id, "text": text, "view": VIEW, "most": most * 4}
    found: list[dict[str, str]] = []
    for user_id, username, name in db.rows(_COLLEAGUES, params):
        if len(found) < most and can_see(actor, user_id, case["rule"], case["document_kind"], case["id"]):
            found.append({"value": username, "label": name, "spec": f"@{username}"})
    return found
