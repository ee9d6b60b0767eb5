"""Channels, choices, what is silenced and what was sent, as pages and API read them."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _

from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.notices import NOTICE_LABELS
from gendan.kernel.paging import Page, cut, decode, limited
from gendan.kernel.subjects import page_of
from gendan.notices import words
from gendan.notices.labels import DIGEST, NEXT, NEXT_ANY, PROBLEMS, TEST, WHY, WHY_ANY
from gendan.notices.models import Delivery, Means, Policy, Preference, Template, Times
from gendan.notices.outward import OCCASIONS
from gendan.notices.permissions import VIEW
from gendan.notices.rules import ANY_KIND, rendered
from gendan.notices.settings import read_template

Row = dict[str, Any]
Show = Literal["all", "unread", "silenced"]
# What happened in the last day says whether a channel works.
_CHANNELS = """
SELECT c.id, c.code, c.name, c.means, c.service, c.shared, c.is_active, c.version, c.sealed <> '' AS address_set,
 coalesce(n.sent, 0) AS sent, coalesce(n.failed, 0) AS failed, coalesce(n.waiting, 0) AS waiting
FROM notices_channel c LEFT JOIN (
 SELECT d.channel_id, count(*) FILTER (WHERE d.state = 'sent') AS sent,
  count(*) FILTER (WHERE d.state = 'failed') AS failed,
  count(*) FILTER (WHERE d.state IN ('waiting', 'held', 'sending')) AS waiting
 FROM notices_delivery d WHERE d.company_id = %(company)s::bigint AND d.at > now() - interval '1 day'
 GROUP BY d.channel_id) n ON n.channel_id = c.id
WHERE c.company_id = %(company)s::bigint AND (%(code)s::text IS NULL OR c.code = %(code)s::text)
ORDER BY c.means = 'service', c.is_active DESC, c.code
"""
_LOG = """
SELECT d.id, c.code AS channel, c.name AS channel_name, c.means, d.people, d.kind, d.text, d.subject_kind,
 d.subject_number, d.severe, d.state, d.due_at, d.attempts, d.problem, d.detail, d.count, d.at, d.sent_at
FROM notices_delivery d JOIN notices_channel c ON c.id = d.channel_id
WHERE d.company_id = %(company)s::bigint AND (%(before)s::bigint IS NULL OR d.id < %(before)s::bigint)
 AND (%(state)s::text IS NULL OR d.state = %(state)s::text)
 AND (%(channel)s::text IS NULL OR c.code = %(channel)s::text)
ORDER BY d.id DESC LIMIT %(limit)s
"""


def channels(actor: Actor) -> list[Row]:
    """The company's channels: those that it has anyway, then its own."""
    actor.must(VIEW)
    return [_shown(row) for row in db.dicts(_CHANNELS, {"company": actor.company_id, "code": None})]


def channel(actor: Actor, code: str) -> Row:
    """One channel; of its address only whether it is set."""
    actor.must(VIEW)
    found = db.dicts(_CHANNELS, {"company": actor.company_id, "code": code.strip().lower()})
    if not found:
        raise NotFound(what=code)
    return _shown(found[0])


def _shown(row: Row) -> Row:
    means = Means(row["means"])
    return {**row, "name": channel_name(means, str(row["name"])), "means_label": str(means.label)}


def channel_name(means: str, name: str) -> str:
    """What a channel is called: those that every company has, in the reader's language."""
    return name if means == Means.SERVICE else str(Means(means).label)


def own_notices(actor: Actor, show: Show, after: str | None = None) -> Page[Row]:
    """The actor's notices, each with why it came and what is to be done."""
    page = notices.own_notices(actor, after=after, show=show)
    for notice in page.items:
        notice["why"] = notice["why"] or str(WHY.get(notice["kind"], WHY_ANY))
        notice["next"] = str(NEXT.get(notice["kind"], NEXT_ANY))
    return page


def target(actor: Actor, notice_id: int) -> str:
    """The address of what one of the actor's notices is about, "" without one or when it is none of theirs."""
    found = db.row(
        "SELECT kind, subject_kind, subject_number FROM kernel_notice"
        " WHERE id = %s::bigint AND user_id = %s::bigint AND company_id = %s::bigint",
        [notice_id, actor.user_id, actor.company_id],
    )
    return notices.address_of(*found)[0] if found else ""


def mutes(actor: Actor) -> list[Row]:
    """What the actor silenced."""
    found = db.dicts(
        "SELECT kind, subject_kind, subject_number, at FROM notices_mute"
        " WHERE company_id = %s::bigint AND user_id = %s::bigint ORDER BY at DESC",
        [actor.company_id, actor.user_id],
    )
    for row in found:
        row["label"] = str(NOTICE_LABELS.get(row["kind"], "")) if row["kind"] else row["subject_number"]
        row["url"] = page_of(row["subject_kind"], row["subject_number"]) if row["subject_number"] else ""
    return found


def log(
    actor: Actor, state: str = "", channel: str = "", after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """What was sent and what was not, newest first."""
    actor.must(VIEW)
    size, key = limited(limit), decode(after, 1)
    asked = {
        "company": actor.company_id,
        "before": key and key[0],
        "state": state if state in Delivery.State.values else None,
        "channel": channel or None,
        "limit": size + 1,
    }
    found = db.dicts(_LOG, asked)
    for row in found:
        row["channel_name"] = channel_name(row.pop("means"), row["channel_name"])
        row["state_label"] = str(Delivery.State(row["state"]).label)
        row["kind_label"] = kind_label(row["kind"])
        row["problem_label"] = str(PROBLEMS.get(row["problem"], row["problem"]))
        row["url"], _link = notices.address_of(row["kind"], row["subject_kind"], row["subject_number"])
    return cut(found, size, lambda row: [row["id"]])


def kind_label(kind: str) -> str:
    """What a kind is called, those of the log only, too."""
    return {TEST: _("测试消息"), DIGEST: _("汇总")}.get(kind) or str(words.kinds().get(kind, kind))


def own_browsers(actor: Actor) -> list[Row]:
    """The browsers that the actor lets be pushed to."""
    return db.dicts(
        "SELECT id, name, at FROM notices_browser WHERE company_id = %s::bigint AND user_id = %s::bigint ORDER BY id",
        [actor.company_id, actor.user_id],
    )


def policy(actor: Actor) -> Row:
    """What holds for those who chose nothing."""
    row = Policy.objects.filter(company_id=actor.company_id).first()
    return {**_times(row), "version": row.version if row else None}


def preference(actor: Actor) -> Row:
    """What the actor chose, and what holds where nothing was chosen."""
    row = Preference.objects.filter(company_id=actor.company_id, user_id=actor.user_id or 0).first()
    return {
        **_times(row),
        "own_times": bool(row and row.own_times),
        "addresses": row.addresses if row else {},
        "version": row.version if row else None,
        "company": policy(actor),
    }


def _times(row: Times | None) -> Row:
    """A row that was just made may hold times as texts."""
    found = row or Policy()
    return {
        "kinds": found.kinds,
        "quiet_from": _clock(found.quiet_from),
        "quiet_to": _clock(found.quiet_to),
        "digest_at": _clock(found.digest_at),
    }


def _clock(value: Any) -> str:
    return str(value)[:5] if value else ""


def usable_channels(actor: Actor) -> list[Row]:
    """Channels that people may choose, with what each needs of them."""
    found = db.dicts(
        "SELECT code, name, means, shared, service, needs_own FROM notices_channel"
        " WHERE company_id = %s::bigint AND is_active ORDER BY means = 'service', code",
        [actor.company_id],
    )
    return [{**row, "name": channel_name(row["means"], row["name"])} for row in found]


def modes_of(chosen: Row, fallback: Row | None, kind: str) -> Row:
    """How a kind is sent: as chosen, else as the company says of it, else as it says of any."""
    fallback = fallback or {}
    for modes in (chosen.get(kind), fallback.get(kind), fallback.get(ANY_KIND)):
        if modes is not None:
            return dict(modes)
    return {}


def templates(actor: Actor) -> list[Row]:
    """Every kind with its words: in which languages they are the company's own."""
    actor.must(VIEW)
    own: dict[str, list[str]] = {}
    for kind, language in Template.objects.filter(company_id=actor.company_id).values_list("kind", "language"):
        own.setdefault(kind, []).append(language)
    return [
        {"kind": kind, "label": str(label), "own": sorted(own.get(kind, []))} for kind, label in words.kinds().items()
    ]


def template(actor: Actor, kind: str, language: str) -> Row:
    """The words of a kind in a language, the company's own or the built-in ones, and what they may name."""
    actor.must(VIEW)
    if kind not in words.kinds() or language not in words.LANGUAGES:
        raise NotFound(what=kind)
    row = Template.objects.filter(company_id=actor.company_id, kind=kind, language=language).first()
    title, body = (row.title, row.body) if row else words.built_in(kind, language)
    samples = words.samples(kind, language)
    return {
        "kind": kind,
        "label": str(words.kinds()[kind]),
        "language": language,
        "title": title,
        "body": body,
        "is_own": row is not None,
        "version": row.version if row else None,
        "variables": [
            {"name": one.name, "label": str(one.label), "sample": samples[one.name]} for one in words.variables_of(kind)
        ],
    }


def preview(actor: Actor, kind: str, language: str, title: str, body: str) -> Row:
    """What a message in these words would say; its problems where it cannot be."""
    actor.must(VIEW)
    if kind not in words.kinds() or language not in words.LANGUAGES:
        raise NotFound(what=kind)
    samples = words.samples(kind, language)
    try:
        read_template(kind, language, title, body)
    except Invalid as wrong:
        return {"title": "", "body": "", "problems": [str(text) for text in wrong.fields.values()]}
    return {"title": rendered(title, samples), "body": rendered(body, samples), "problems": []}


_OUTWARD = """
SELECT o.occasion, o.is_on, c.code, o.language, o.version FROM notices_outward o
JOIN notices_channel c ON c.id = o.channel_id WHERE o.company_id = %s::bigint
"""


def channels_for_partners(actor: Actor) -> list[tuple[str, str]]:
    """Those that lead to one contact of a partner: not to a place for all, nor to what only members have."""
    usable = [row for row in usable_channels(actor) if not (row["shared"] or row["needs_own"])]
    return [(row["code"], row["name"]) for row in usable if row["means"] != Means.PUSH]


def outward(actor: Actor) -> list[Row]:
    """On which occasions partners are told, and how."""
    actor.must(VIEW)
    chosen = {row[0]: row[1:] for row in db.rows(_OUTWARD, [actor.company_id])}
    found = []
    for one in OCCASIONS.values():
        is_on, channel, language, version = chosen.get(one.code, (False, "email", "zh-hans", None))
        found.append(
            {
                "occasion": one.code,
                "label": str(one.label),
                "audience": one.audience,
                "kind": one.kind,
                "is_on": is_on,
                "channel": channel,
                "language": language,
                "version": version,
            }
        )
    return found
