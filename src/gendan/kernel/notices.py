"""What a person is told in the product; any context may tell through ``notify``.

What is sent on from here, where to and when, is the business of the context ``notices`` (docs/decisions/0027).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.paging import Page, cut, decode, limited
from gendan.kernel.subjects import page_of
from gendan.kernel.unit import Done, command, step

# Every kind of notice, by what users call it; a kind that is not here is not sent on.
NOTICE_LABELS: dict[str, str | Promise] = {"mention": _("提到了您")}
# Kinds about what users know no number of: the page that takes the subject's number, and what the link to it says.
NOTICE_LINKS: dict[str, tuple[str, str | Promise]] = {}
# SQL on a notice «n» that says whether its person wants to hear nothing of it; the context notices puts it here.
SILENCED: list[str] = []
TEXT_LENGTH, WHY_LENGTH = 500, 200
_TELL = """
INSERT INTO kernel_notice (company_id, user_id, kind, text, subject_kind, subject_number, severe, why)
SELECT %(company)s::bigint, u, %(kind)s::text, %(text)s::text, %(subject)s::text, %(number)s::text,
 %(severe)s::boolean, %(why)s::text FROM unnest(%(people)s::bigint[]) AS u
"""
_TELL_EACH = """
INSERT INTO kernel_notice (company_id, user_id, kind, text, subject_kind, subject_number, severe, why)
SELECT %(company)s::bigint, t.person, %(kind)s::text, t.text, t.kind, t.number, %(severe)s::boolean, %(why)s::text
FROM unnest(%(people)s::bigint[], %(texts)s::text[], %(kinds)s::text[], %(numbers)s::text[])
 AS t(person, text, kind, number)
"""


@step
def notify(
    company_id: int,
    user_ids: Iterable[int],
    kind: str,
    text: str,
    subject: Subject,
    *,
    severe: bool = False,
    why: str = "",
) -> None:
    """Tell several people the same, in one statement.

    ``severe``: it is sent on at once, whatever the hour. ``why``, where it is not the same for all of the kind.
    """
    db.execute(
        _TELL,
        {
            "company": company_id,
            "kind": kind,
            "text": text[:TEXT_LENGTH],
            "subject": subject.kind,
            "number": subject.number,
            "severe": severe,
            "why": why[:WHY_LENGTH],
            "people": sorted(set(user_ids)),
        },
    )


@step
def notify_each(
    company_id: int,
    kind: str,
    told: Sequence[tuple[int, str, Subject]],
    *,
    severe: bool = False,
    why: str = "",
) -> None:
    """Tell people different things (who, text, about what), in one statement, sent with the next."""
    if told:
        db.later(
            _TELL_EACH,
            {
                "company": company_id,
                "kind": kind,
                "severe": severe,
                "why": why[:WHY_LENGTH],
                "people": db.array(person for person, _text, _subject in told),
                "texts": [text[:TEXT_LENGTH] for _person, text, _subject in told],
                "kinds": [subject.kind for _person, _text, subject in told],
                "numbers": [subject.number for _person, _text, subject in told],
            },
        )


@command("kernel.read_notices", _("把提醒标为已读"), permission="")
def read_notices(*, actor: Actor, ids: list[int] | None = None) -> Done:
    """Mark own notices as read: the given ones, or all."""
    count = db.execute(
        "UPDATE kernel_notice SET read_at = now() WHERE company_id = %s AND user_id = %s AND read_at IS NULL"
        " AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))",
        [actor.company_id, actor.user_id, ids, ids],
    )
    return Done("notice", 0, "", data={"read": count})


Show = Literal["all", "unread", "silenced"]


def own_notices(
    actor: Actor,
    unread_only: bool = False,
    limit: int | None = None,
    after: str | None = None,
    show: Show | None = None,
) -> Page[dict[str, Any]]:
    """The actor's notices in the current company, newest first, each with the address of what it is about.

    What the person silenced is told as ``silenced`` and is not counted as unread.
    """
    size = limited(limit)
    key = decode(after, 1)
    asked = show or ("unread" if unread_only else "all")
    found = db.dicts(
        "SELECT id, kind, text, subject_kind, subject_number, at, read_at, severe, why, silenced FROM ("
        f" SELECT n.*, {_silenced()} AS silenced FROM kernel_notice n WHERE n.user_id = %s AND n.company_id = %s"
        " AND (%s::bigint IS NULL OR n.id < %s::bigint)) AS own"
        " WHERE CASE %s::text WHEN 'unread' THEN read_at IS NULL AND NOT silenced WHEN 'silenced' THEN silenced"
        " ELSE true END ORDER BY id DESC LIMIT %s",
        [actor.user_id, actor.company_id, key and key[0], key and key[0], asked, size + 1],
    )
    for notice in found:
        notice["label"] = str(NOTICE_LABELS.get(notice["kind"], notice["kind"]))
        notice["url"], notice["link"] = address_of(notice["kind"], notice["subject_kind"], notice["subject_number"])
    return cut(found, size, lambda notice: [notice["id"]])


def address_of(kind: str, subject_kind: str, number: str) -> tuple[str, str]:
    """The page of what a notice is about ("" without one), and what the link to it says."""
    if known := NOTICE_LINKS.get(kind):
        try:
            return reverse(known[0], args=[number]), str(known[1])
        except NoReverseMatch:
            return "", number
    return page_of(subject_kind, number), number


def unread_count(actor: Actor, cap: int = 100) -> int:
    """How many notices wait to be read, counted up to ``cap``."""
    found = db.row(
        "SELECT count(*) FROM (SELECT 1 FROM kernel_notice n"
        f" WHERE n.user_id = %s AND n.company_id = %s AND n.read_at IS NULL AND NOT {_silenced()} LIMIT %s) AS few",
        [actor.user_id, actor.company_id, cap],
    )
    return int(found[0]) if found else 0


def _silenced() -> str:
    return f"({' OR '.join(SILENCED)})" if SILENCED else "false"
