"""Remarks on any object, which reach the people that they mention."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, events, notices, subjects
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, Invalid
from gendan.kernel.unit import COMMENT, Done, command, label_of

MAX_LENGTH = 5000


class Person(NamedTuple):
    """A member of a company, as a comment can name them."""

    id: int
    username: str
    name: str


# Accounts registers here how members are found whose user name or name follows an @ in a text.
PEOPLE_FINDERS: list[Callable[[int, str], list[Person]]] = []


@command("kernel.add_comment", _("发表评论"), permission=COMMENT)
def add_comment(*, actor: Actor, kind: str, number: str, text: str) -> Done:
    """Say something on an object; whoever is mentioned by @user name or @name gets a notice."""
    subject = subjects.find(actor, kind, number)
    text = text.strip()
    if not text:
        raise Invalid({"text": _("请填写评论内容。")})
    if len(text) > MAX_LENGTH:
        raise Invalid({"text": _("评论最多 5000 字。")})
    if actor.user_id is None:
        raise Forbidden(permission=label_of(COMMENT), code=COMMENT)
    mentioned = find_mentions(text, _candidates(actor.company_id, text))
    found = db.row(
        "INSERT INTO kernel_comment (company_id, subject_kind, subject_id, user_id, text, mentions)"
        " VALUES (%s, %s, %s, %s, %s, %s::bigint[]) RETURNING id",
        [actor.company_id, subject.kind, subject.id, actor.user_id, text, sorted(mentioned)],
    )
    assert found is not None
    if told := mentioned - {actor.user_id}:
        notices.notify(actor.company_id, told, "mention", f"{actor.name}：{text}", subject)
    events.record("kernel.commented", subject, actor, comment=found[0], mentions=sorted(mentioned))
    return Done(subject.kind, subject.id, subject.number, data={"comment": found[0], "mentions": sorted(mentioned)})


def _candidates(company_id: int, text: str) -> list[Person]:
    if "@" not in text:
        return []
    return [person for find in PEOPLE_FINDERS for person in find(company_id, text)]


def find_mentions(text: str, people: Iterable[Person]) -> set[int]:
    """Who is mentioned: after each @ the longest name that fits, so that @王芳芳 is not 王芳.

    Chinese runs on after a name; a Latin name must end where the word ends.
    """
    names: dict[str, set[int]] = {}
    for person in people:
        for name in (person.username, person.name):
            if name:
                names.setdefault(name.lower(), set()).add(person.id)
    ordered = sorted(names, key=len, reverse=True)
    lowered = text.lower()
    found: set[int] = set()
    position = lowered.find("@")
    while position >= 0:
        rest = lowered[position + 1 :]
        fitting = next((n for n in ordered if rest.startswith(n) and _ends(n, rest[len(n) :])), None)
        if fitting is not None:
            found |= names[fitting]
        position = lowered.find("@", position + 1)
    return found


def _ends(name: str, rest: str) -> bool:
    return not (name[-1].isascii() and rest[:1].isascii() and (rest[:1].isalnum() or rest[:1] == "_"))


def comments_on(actor: Actor, kind: str, number: str) -> list[dict[str, Any]]:
    """The comments on an object, oldest first."""
    subject = subjects.find(actor, kind, number)
    return db.dicts(
        "SELECT c.id, c.at, coalesce(nullif(u.name, ''), u.username) AS user, c.text"
        " FROM kernel_comment c JOIN accounts_user u ON u.id = c.user_id"
        " WHERE c.company_id = %s AND c.subject_kind = %s AND c.subject_id = %s ORDER BY c.id LIMIT 1000",
        [actor.company_id, subject.kind, subject.id],
    )
