"""Change orders for lists and pages, versions of orders, and how fast partners answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.changes.models import ChangeOrder
from gendan.changes.permissions import ANSWER, APPROVE, CREATE
from gendan.changes.rules import PRICES, Content, Diff, compare, hide
from gendan.changes.targets import TARGETS, Target, target_of
from gendan.flow.queries.passed import passed_by, passed_from
from gendan.kernel import db, fields, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page, cut, decode, limited
from gendan.kernel.unit import view_permission
from gendan.kernel.values import whole

VIEW = view_permission("changes.view", _("查看变更单"))
Row = dict[str, Any]

_COLUMNS = """
SELECT c.id, c.number, c.state, c.version, c.order_kind, c.order_number, c.origin, c.reason, c.amount_before, c.amount,
 c.submitted_at, c.sent_at, c.answered_at, c.applied_at, c.created_at, c.revision, p.code AS partner,
 p.name AS partner_name, coalesce(a.name, '') AS author, c.is_open,
 round((extract(epoch FROM coalesce(c.answered_at, now()) - c.sent_at) / 3600)::numeric, 2) AS hours
FROM changes_changeorder c JOIN catalog_partner p ON p.id = c.partner_id
LEFT JOIN accounts_user a ON a.id = c.created_by_id
"""
_ANSWERS = """
SELECT count(*), round((avg(extract(epoch FROM answered_at - sent_at)) / 3600)::numeric, 2),
 round((percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - sent_at)) / 3600)::numeric, 2)
FROM (SELECT c.answered_at, c.sent_at FROM changes_changeorder c JOIN catalog_partner p ON p.id = c.partner_id
 WHERE c.company_id = %(company)s::bigint AND c.order_kind = ANY(%(kinds)s::text[]) AND c.answered_at IS NOT NULL
  AND c.sent_at IS NOT NULL AND (%(partner)s::text = '' OR p.code = %(partner)s::text)
 ORDER BY c.id DESC LIMIT 200) x
"""
_DETAIL = f"""
SELECT c.*, p.code AS partner, p.name AS partner_name, coalesce(a.name, '') AS author,
 coalesce(s.name, '') AS submitter, coalesce(v.name, '') AS approver, k.currency,
 {passed_by("co", "c.id", "c.approved_by_id")},
 round((extract(epoch FROM c.answered_at - c.sent_at) / 3600)::numeric, 2) AS hours
FROM changes_changeorder c JOIN catalog_partner p ON p.id = c.partner_id JOIN accounts_company k ON k.id = c.company_id
LEFT JOIN accounts_user a ON a.id = c.created_by_id LEFT JOIN accounts_user s ON s.id = c.submitted_by_id
LEFT JOIN accounts_user v ON v.id = c.approved_by_id
WHERE c.company_id = %s::bigint AND c.number = %s::text
"""
_PROPOSALS = """
SELECT p.round, p.origin, p.content, p.note, p.at, coalesce(u.name, '') AS user FROM changes_proposal p
LEFT JOIN accounts_user u ON u.id = p.user_id WHERE p.change_id = %s::bigint ORDER BY p.round
"""
# What no change made is kept when the first change applies; it was made when the order was approved.
_VERSIONS = """
SELECT v.revision, v.content, v.paper, CASE WHEN v.change_id IS NULL THEN o.approved_at ELSE v.at END AS at,
 coalesce(c.number, '') AS change, coalesce(c.reason, '') AS reason, coalesce(u.name, '') AS user
FROM changes_orderversion v LEFT JOIN changes_changeorder c ON c.id = v.change_id
LEFT JOIN {table} o ON o.id = v.order_id AND v.revision = 1 AND o.approved_at <= v.at
LEFT JOIN accounts_user u ON u.id = CASE WHEN v.change_id IS NULL THEN o.approved_by_id ELSE v.user_id END
WHERE v.company_id = %s::bigint AND v.order_kind = %s::text AND v.order_number = %s::text ORDER BY v.revision
"""


def kinds_seen(actor: Actor) -> list[str]:
    """The kinds of orders of which the actor may see the changes."""
    return [kind for kind, target in TARGETS.items() if actor.may(target.view)]


def change_list(
    actor: Actor,
    state: str = "",
    *,
    kind: str = "",
    order: str = "",
    partner: str = "",
    limit: int | None = None,
    after: str | None = None,
) -> Page[Row]:
    """Change orders, newest first; ``state`` open, all or one. Errors: Invalid."""
    actor.must(VIEW)
    size, key = limited(limit), decode(after, 1)
    kinds = [name for name in kinds_seen(actor) if kind in {"", name}]
    params: Row = {"company": actor.company_id, "kinds": kinds, "order": order, "partner": partner, "size": size + 1}
    where = ["c.company_id = %(company)s::bigint", "c.order_kind = ANY(%(kinds)s::text[])"]
    where += state_where("c", state, ChangeOrder.State.values, params)
    where += scope.conditions(actor, "co", "c")
    if order:
        where.append("c.order_number = %(order)s::text")
    if partner:
        where.append("p.code = %(partner)s::text")
    if key:
        params["key"] = key[0]
        where.append("c.id < %(key)s::bigint")
    found = db.dicts(f"{_COLUMNS} WHERE {' AND '.join(where)} ORDER BY c.id DESC LIMIT %(size)s::int", params)
    for row in found:
        row["state_label"] = state_label(ChangeOrder, row["state"])
        if not actor.may(target_of(row["order_kind"]).price):
            row["amount_before"] = row["amount"] = None
    return cut(found, size, lambda row: [row["id"]])


def answers(actor: Actor, kind: str = "", partner: str = "") -> Row:
    """How many of the last changes partners answered, after how many hours on average and in the middle."""
    kinds = [name for name in kinds_seen(actor) if kind in {"", name}]
    found = db.row(_ANSWERS, {"company": actor.company_id, "kinds": kinds, "partner": partner})
    count, average, middle = found or (0, None, None)
    return {"count": count, "average": average, "middle": middle}


def change_detail(actor: Actor, number: str) -> Row:
    """A change order with its proposals. Prices are left out for who may not see them. Errors: NotFound, Forbidden."""
    actor.must(VIEW)
    found = db.dicts(_DETAIL, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    change = found[0]
    passed_from(change)
    target = target_of(change["order_kind"])
    actor.must(target.view)
    scope.demand(actor, {"order": change["order_number"]})
    change["state_label"] = state_label(ChangeOrder, change["state"])
    change["doubts"] = target.doubts(actor, _json(change["doubts"]))
    change["priced"] = actor.may(target.price)
    if not change["priced"]:
        change["amount_before"] = change["amount"] = None
    if change["blocked"] and (said := target.why(actor, change["order_number"], _json(change["findings"]))):
        change["blocked"] = said
    elif change["blocked"] and hidden(actor, target):  # a refusal may name amounts and limits
        change["blocked"] = str(_("有条件没有满足。原因里有您看不到的内容，请问提交的人。"))
    for name in ("base", "content"):
        change[name] = shown(actor, target, _json(change[name]))
    change["proposals"] = db.dicts(_PROPOSALS, [change["id"]])
    for proposal in change["proposals"]:
        proposal["content"] = shown(actor, target, _json(proposal["content"]))
        proposal["diffs"] = compare(change["base"], proposal["content"])
    change["diffs"] = compare(change["base"], change["content"])
    change["target"] = target
    return change


def shown(actor: Actor, target: Target, content: Content) -> Content:
    """The content as the actor may see it."""
    names = hidden(actor, target)
    return hide(content, names) if names else content


def hidden(actor: Actor, target: Target) -> frozenset[str]:
    """The fields of an order that the actor does not see: prices without the right to, what a role hides."""
    found = fields.rights(actor, target.kind, None, fields.HIDDEN) if actor.fields else []
    names = {key for field in found for key in (field.name, *field.keys)}
    return frozenset(names if actor.may(target.price) else names | PRICES)


def changes_of_order(actor: Actor, kind: str, number: str) -> list[Row]:
    """The change orders of an order, newest first; none for who may not see change orders."""
    return change_list(actor, "all", kind=kind, order=number, limit=50).items if actor.may(VIEW) else []


def versions_of(actor: Actor, kind: str, number: str) -> list[Row]:
    """Every version of an order, the first as it was approved, the last as it stands. Errors: NotFound, Forbidden."""
    target = target_of(kind)
    actor.must(target.view)
    now = target.read(actor, number)
    found = db.dicts(_VERSIONS.format(table=target.table), [actor.company_id, kind, number])
    for row in found:
        row["content"] = shown(actor, target, _json(row["content"]))
        row["paper"] = revived(_json(row["paper"]))
    current = shown(actor, target, now.content)
    if not found or (now.live and differs(found[-1]["content"], current)):
        revision = found[-1]["revision"] + 1 if found else 1
        found.append(
            {
                "revision": revision,
                "content": current,
                "paper": None,
                "at": None,
                "change": "",
                "reason": "",
                "user": "",
            }
        )
    return found


def version_of(actor: Actor, kind: str, number: str, revision: int) -> Row:
    """One version. Errors: NotFound."""
    for row in versions_of(actor, kind, number):
        if row["revision"] == revision:
            return row
    raise NotFound(what=f"{number} v{revision}")


def compare_versions(actor: Actor, kind: str, number: str, older: int, newer: int) -> list[Diff]:
    """What differs between two versions. Errors: NotFound."""
    known = {row["revision"]: row for row in versions_of(actor, kind, number)}
    for revision in (older, newer):
        if revision not in known:
            raise NotFound(what=f"{number} v{revision}")
    return compare(known[older]["content"], known[newer]["content"])


def revisions(kind: str, order_ids: Sequence[int]) -> dict[int, int]:
    """Which version orders are in: 1 until a change was applied. One statement."""
    found = db.rows(
        "SELECT order_id, max(revision) FROM changes_orderversion"
        " WHERE order_kind = %s::text AND order_id = ANY(%s::bigint[]) GROUP BY 1",
        [kind, list(order_ids)],
    )
    return {**dict.fromkeys(order_ids, 1), **dict(found)}


def on_paper(
    actor: Actor, kind: str, numbers: Sequence[str], read: Callable[[Actor, Sequence[str]], list[Row]]
) -> list[Row]:
    """Orders as they are printed, in the order of ``numbers``; ``PO-000001@2`` is the second version of an order.
    ``read`` finds orders as they stand. Errors: NotFound.
    """
    asked = [_asked(number) for number in numbers]
    older = {(number, revision) for number, revision in asked if revision}
    kept = kept_papers(actor.company_id, kind, older) if older else {}
    current = list(dict.fromkeys(number for number, revision in asked if (number, revision or 0) not in kept))
    now = {order["number"]: order for order in read(actor, current)} if current else {}
    found = []
    for number, revision in asked:
        order = kept.get((number, revision or 0)) or now[number]
        if revision not in {0, order["revision"]}:
            raise NotFound(what=f"{number} v{revision}")
        found.append(order)
    return found


def _asked(number: str) -> tuple[str, int]:
    """The number of an order, and the version that is meant (0: as it stands)."""
    plain, _at, revision = number.partition("@")
    return (plain, whole(revision) or 0) if whole(revision) else (number, 0)


def kept_papers(company_id: int, kind: str, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Row]:
    """What was printed of versions: (number, revision) to paper."""
    pairs = list(wanted)
    found = db.rows(
        "SELECT v.order_number, v.revision, v.paper FROM unnest(%s::text[], %s::int[]) AS t(number, revision)"
        " JOIN changes_orderversion v ON v.company_id = %s::bigint AND v.order_kind = %s::text"
        " AND v.order_number = t.number AND v.revision = t.revision",
        [[number for number, _r in pairs], [revision for _n, revision in pairs], company_id, kind],
    )
    return {(number, revision): revived(_json(paper)) for number, revision, paper in found}


def differs(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether an order is another than it was; remarks on lines are written at any time and make no version."""
    return any(
        diff.kind != "changed" or {cell[0] for cell in diff.cells} != {"note"} for diff in compare(before, after)
    )


def frozen(value: Any) -> Any:
    """What is printed, as JSON that remembers numbers and days."""
    match value:
        case dict():
            return {key: frozen(each) for key, each in value.items()}
        case list() | tuple():
            return [frozen(each) for each in value]
        case Decimal():
            return {"number": str(value)}
        case datetime():
            return {"time": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case str() | int() | float() | None:
            return value
    return str(value)


def revived(value: Any) -> Any:
    """What ``frozen`` kept."""
    match value:
        case {"number": str(text), **rest} if not rest:
            return Decimal(text)
        case {"day": str(text), **rest} if not rest:
            return date.fromisoformat(text)
        case {"time": str(text), **rest} if not rest:
            return datetime.fromisoformat(text)
        case dict():
            return {key: revived(each) for key, each in value.items()}
        case list():
            return [revived(each) for each in value]
    return value


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def partner_named(actor: Actor, code: str) -> str:
    """The name of a partner; "" when there is none."""
    if not code:
        return ""
    found = db.row(
        "SELECT name FROM catalog_partner WHERE company_id = %s::bigint AND code = %s::text", [actor.company_id, code]
    )
    return str(found[0]) if found else code


def open_changes(actor: Actor, kind: str, order_id: int) -> list[Row]:
    """The change orders of an order that are not over, for its page; none for who may not see change orders."""
    if not actor.may(VIEW):
        return []
    found = db.dicts(
        "SELECT number, state, reason FROM changes_changeorder WHERE order_kind = %s::text AND order_id = %s::bigint"
        " AND is_open ORDER BY id",
        [kind, order_id],
    )
    return [{**row, "state_label": state_label(ChangeOrder, row["state"])} for row in found]


def documents_by_number(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Change orders with exactly these numbers, and those that are not over of orders with them; one statement."""
    if not actor.may(VIEW) or not (kinds := kinds_seen(actor)):
        return []
    return db.dicts(
        "SELECT 'co' AS kind, c.number, c.state, concat_ws(' ', c.order_number, p.name) AS partner"
        " FROM changes_changeorder c JOIN catalog_partner p ON p.id = c.partner_id"
        " WHERE c.company_id = %(company)s::bigint AND c.order_kind = ANY(%(kinds)s::text[])"
        " AND (c.number = ANY(%(numbers)s::text[]) OR c.is_open AND c.order_number = ANY(%(numbers)s::text[]))"
        f"{scope.also(actor, 'co', 'c')} ORDER BY c.id DESC LIMIT 6",
        {"company": actor.company_id, "kinds": kinds, "numbers": list(numbers)},
    )


def waiting(actor: Actor, limit: int = 60) -> dict[str, list[Row]]:
    """Change orders that the actor may bring further, by state: approve them (``pending_approval``), record the
    partner's answer (``awaiting_partner``), apply them (``approved``). One statement.
    """
    if not actor.may(VIEW):
        return {}
    rights = {"pending_approval": APPROVE, "awaiting_partner": ANSWER, "approved": CREATE}
    found: dict[str, list[Row]] = {}
    for row in change_list(actor, "open", limit=limit).items:
        target = target_of(row["order_kind"])
        needs = target.approve if row["state"] == "pending_approval" else target.edit
        if row["state"] in rights and actor.may(rights[row["state"]]) and actor.may(needs):
            found.setdefault(row["state"], []).append(row)
    return found
