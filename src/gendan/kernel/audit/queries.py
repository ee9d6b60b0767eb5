"""The event log by person, object, kind of event, period and door; newest first, paged by key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, scope, timeline
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.paging import Page, as_id, cut, decode, limited
from gendan.kernel.subjects import name_of, page_of
from gendan.kernel.unit import view_permission

VIEW = view_permission("kernel.audit", _("查看审计日志"))
WITHIN = "kernel.audit_within"  # of who holds the above and sees a part of the company; see accounts/queries/actors.py
DOORS: dict[str, str | Promise] = {
    "page": _("网页"),
    "api": "API",
    "import": _("导入"),
    "job": _("后台任务"),
    "cli": _("命令行"),
    "portal": _("客户链接"),
    "supplier": _("供应商链接"),
    "device": _("手持端"),
}
# The first part of an event's type: what it is about, as the select says it.
AREAS: dict[str, str | Promise] = {
    "purchasing": _("采购"),
    "sales": _("销售"),
    "inventory": _("库存"),
    "settlement": _("结算"),
    "flow": _("审批"),
    "catalog": _("基础资料"),
    "carriers": _("物流跟踪"),
    "portal": _("客户与供应商页面"),
    "accounts": _("公司与用户"),
    "kernel": _("通用"),
}
SHOWN_REFS = 6

_EVENTS = """
SELECT e.id, e.at, e.xact::text AS xact, e.user_id, coalesce(u.username, '') AS username,
 coalesce(nullif(u.name, ''), u.username, e.data ->> 'who', '') AS user, e.via, host(e.address) AS address, e.type,
 e.subject_kind AS kind, e.subject_number AS number, e.refs, e.data
FROM kernel_event e LEFT JOIN accounts_user u ON u.id = e.user_id
WHERE e.company_id = %(company)s::bigint{conditions}
ORDER BY e.at DESC, e.id DESC LIMIT %(limit)s
"""
_TOLD = """
SELECT n.xact::text, string_agg(DISTINCT coalesce(nullif(u.name, ''), u.username), '、')
FROM kernel_notice n JOIN accounts_user u ON u.id = n.user_id
WHERE n.xact = ANY(%(xacts)s::text[]::xid8[]) AND n.company_id = %(company)s::bigint
 AND n.at BETWEEN %(first)s::timestamptz - interval '1 day' AND %(last)s::timestamptz + interval '1 day'
GROUP BY n.xact
"""


class WholeCompanyOnly(AppError):
    status = 403
    message = _("审计日志包含全公司的记录，只给数据范围不受限制的人看。")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; what is empty does not count."""

    person: str = ""
    number: str = ""
    kind: str = ""
    type: str = ""
    area: str = ""
    via: str = ""
    since: date | None = None
    until: date | None = None


def events_of(
    actor: Actor, asked: Asked, limit: int | None = None, after: str | None = None, *, told: bool = True
) -> Page[dict[str, Any]]:
    """A page of the log in two statements: the events, and who was told in the same transactions. Who sees a part of
    the company finds what is about that part.
    """
    must_look(actor)
    size = limited(limit)
    conditions, params = _conditions(actor, asked)
    if key := decode(after, 2):
        conditions.append("(e.at, e.id) < (%(after_at)s::timestamptz, %(after_id)s::bigint)")
        params |= {"after_at": _moment(key[0]), "after_id": as_id(key[1])}
    # written out, not asked away by parameters: the plan has to fit what is looked for
    sql = _EVENTS.format(conditions="".join(f" AND {condition}" for condition in conditions))
    found = db.dicts(sql, {**params, "limit": size + 1})
    page = cut(found, size, lambda row: [row["at"].isoformat(), row["id"]])
    heard = _heard(actor, page.items) if told and page.items else {}
    return Page([_shown(actor, row, heard) for row in page.items], page.after)


def may_look(actor: Actor) -> bool:
    """Whether the actor sees the log, or the part of it that is about what they see."""
    if actor.scope is None:
        return actor.may(VIEW)
    return actor.may(WITHIN) and not actor.fields


def must_look(actor: Actor) -> None:
    """Refuse who does not."""
    if not may_look(actor):
        must_see_all(actor)


def must_see_all(actor: Actor) -> None:
    """What is about the whole company is for who may see the log and is narrowed in nothing."""
    actor.must(VIEW)
    if actor.scope is not None:
        raise WholeCompanyOnly()


def every_event(actor: Actor, asked: Asked) -> Iterator[dict[str, Any]]:
    """All that is looked for, read page by page."""
    after: str | None = None
    while after != "":
        page = events_of(actor, asked, 1000, after)
        yield from page.items
        after = page.after


def _heard(actor: Actor, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Who was told, by transaction. A restored database counts its transactions anew, so the days have to fit, too."""
    given = {"company": actor.company_id, "first": rows[-1]["at"], "last": rows[0]["at"]}
    return dict(db.rows(_TOLD, {**given, "xacts": sorted({row["xact"] for row in rows})}))


def _conditions(actor: Actor, asked: Asked) -> tuple[list[str], dict[str, Any]]:
    given: dict[str, Any] = {"company": actor.company_id}
    conditions = [scope.events_within(actor)] if actor.scope is not None else []
    if asked.person:
        conditions.append("e.user_id = (SELECT id FROM accounts_user WHERE lower(username) = lower(%(person)s::text))")
        given["person"] = asked.person
    if asked.number:
        conditions.append("e.subject_number = ANY(%(numbers)s::text[])")
        given["numbers"] = sorted({asked.number, asked.number.upper()})
    if types := _types(asked):
        conditions.append("e.type = ANY(%(types)s::text[])" if len(types) > 1 else "e.type = %(type)s::text")
        given |= {"types": types} if len(types) > 1 else {"type": types[0]}
    for column, value in (("subject_kind", asked.kind), ("via", asked.via)):
        if value:
            conditions.append(f"e.{column} = %({column})s::text")
            given[column] = value
    if asked.since:
        conditions.append("e.at >= %(since)s::timestamptz")
        given["since"] = datetime.combine(asked.since, time(), actor.zone)
    if asked.until:
        conditions.append("e.at < %(until)s::timestamptz")
        given["until"] = datetime.combine(asked.until + timedelta(days=1), time(), actor.zone)
    return conditions, given


def _types(asked: Asked) -> list[str]:
    """The event types that are meant: one by its code, all that are called so, or an area's."""
    if asked.type:
        label = timeline.label_of(asked.type)
        return sorted(code for code in timeline.EVENT_LABELS if timeline.label_of(code) == label) or [asked.type]
    if asked.area:
        return sorted(code for code in timeline.EVENT_LABELS if code.startswith(f"{asked.area}.")) or [asked.area]
    return []


def _moment(text: object) -> datetime:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise Invalid({"after": "after"}) from None


# Whose open pages are told; it names people by numbers that nobody knows.
UNNAMED = "inbox:"


def _shown(actor: Actor, row: dict[str, Any], heard: Mapping[str, str]) -> dict[str, Any]:
    """An event as it is read; what the reader may not see in a timeline is not here either."""
    data = timeline.visible(actor, json.loads(row["data"]) or {}, row["kind"])
    own = f"{row['kind']}:{row['number']}"
    refs = [ref for ref in dict.fromkeys(row["refs"]) if ref != own][:SHOWN_REFS]
    return {
        "id": row["id"],
        "at": row["at"],
        "exactly": f"{row['at'].astimezone(actor.zone):%Y-%m-%d %H:%M:%S}",
        "user": row["user"],
        "username": row["username"],
        "via": row["via"],
        "address": row["address"] or "",
        "type": row["type"],
        "label": timeline.label_of(row["type"]),
        "kind": row["kind"],
        "number": row["number"],
        "name": name_of(row["kind"], row["number"]),
        "url": page_of(row["kind"], row["number"]),
        "changes": timeline.changes_of(data),
        "remark": timeline.remark_of(row["type"], data),
        "refs": refs,
        "concerns": "、".join(ref.partition(":")[2] for ref in refs if not ref.startswith(UNNAMED)),
        "told": heard.get(row["xact"], ""),
    }


def type_choices() -> list[tuple[str, str]]:
    """Every event there can be, once for each name that people know it by, in the order of the names."""
    named: dict[str, str] = {}
    for code in sorted(timeline.EVENT_LABELS):
        named.setdefault(timeline.label_of(code), code)
    return [(code, label) for label, code in sorted(named.items())]
