"""What a person is told in the product. Mentions for now; any context may tell through ``notify``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.paging import Page, cut, decode, limited
from gendan.kernel.subjects import page_of
from gendan.kernel.unit import Done, command, step

NOTICE_LABELS: dict[str, str | Promise] = {"mention": _("提到了您")}
# Kinds about what users know no number of: the page that takes the subject's number, and what the link to it says.
NOTICE_LINKS: dict[str, tuple[str, str | Promise]] = {}
TEXT_LENGTH = 500


@step
def notify(company_id: int, user_ids: Iterable[int], kind: str, text: str, subject: Subject) -> None:
    """Tell several people the same, in one statement."""
    db.execute(
        "INSERT INTO kernel_notice (company_id, user_id, kind, text, subject_kind, subject_number)"
        " SELECT %s::bigint, u, %s::text, %s::text, %s::text, %s::text FROM unnest(%s::bigint[]) AS u",
        [company_id, kind, text[:TEXT_LENGTH], subject.kind, subject.number, sorted(set(user_ids))],
    )


@step
def notify_each(company_id: int, kind: str, told: Sequence[tuple[int, str, Subject]]) -> None:
    """Tell people different things (who, text, about what), in one statement, sent with the next."""
    if told:
        db.later(
            "INSERT INTO kernel_notice (company_id, user_id, kind, text, subject_kind, subject_number)"
            " SELECT %s::bigint, t.person, %s::text, t.text, t.kind, t.number"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS t(person, text, kind, number)",
            [
                company_id,
                kind,
                db.array(person for person, _text, _subject in told),
                [text[:TEXT_LENGTH] for _person, text, _subject in told],
                [subject.kind for _person, _text, subject in told],
                [subject.number for _person, _text, subject in told],
            ],
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


def own_notices(
    actor: Actor, unread_only: bool = False, limit: int | None = None, after: str | None = None
) -> Page[dict[str, Any]]:
    """The actor's notices in the current company, newest first, each with the address of what it is about."""
    size = limited(limit)
    key = decode(after, 1)
    found = db.dicts(
        "SELECT id, kind, text, subject_kind, subject_number, at, read_at FROM kernel_notice"
        " WHERE user_id = %s AND company_id = %s AND (%s::bigint IS NULL OR id < %s::bigint)"
        " AND (NOT %s::boolean OR read_at IS NULL) ORDER BY id DESC LIMIT %s",
        [actor.user_id, actor.company_id, key and key[0], key and key[0], unread_only, size + 1],
    )
    for notice in found:
        notice["label"] = str(NOTICE_LABELS.get(notice["kind"], notice["kind"]))
        if known := NOTICE_LINKS.get(notice["kind"]):
            notice["url"], notice["link"] = reverse(known[0], args=[notice["subject_number"]]), str(known[1])
        else:
            notice["url"] = page_of(notice["subject_kind"], notice["subject_number"])
            notice["link"] = notice["subject_number"]
    return cut(found, size, lambda notice: [notice["id"]])


def unread_count(actor: Actor, cap: int = 100) -> int:
    """How many notices wait to be read, counted up to ``cap``."""
    found = db.row(
        "SELECT count(*) FROM (SELECT 1 FROM kernel_notice"
        " WHERE user_id = %s AND company_id = %s AND read_at IS NULL LIMIT %s) AS few",
        [actor.user_id, actor.company_id, cap],
    )
    return int(found[0]) if found else 0
