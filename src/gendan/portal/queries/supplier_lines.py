"""All lines that a supplier still has to do something about, over all orders that the visitor sees; paged by key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, paging
from gendan.kernel.errors import Invalid
from gendan.kernel.paging import Page
from gendan.kernel.sealed import unseal
from gendan.portal import rules
from gendan.portal.queries.visitors import PERSON, VISIBLE, Visitor
from gendan.portal.seen import mark_of
from gendan.sourcing.queries.links import public_address

Row = dict[str, Any]
MOST_IN_FILE = 20_000
_LIVE = "o.state IN ('approved', 'confirmed', 'partly_shipped', 'shipped', 'partly_received')"
_ORDERED = "(l.quantity - l.cancelled)"
_ASKED = f"l.confirmed + l.refused < {_ORDERED}"
_UNDER_WAY = "l.shipped > l.received"
_LEFT = f"greatest({_ORDERED} - l.refused - greatest(l.shipped, l.received), 0)"
# What can be looked for; «confirmed» are answered and not yet on their way.
SHOWS = {
    "": "true",
    "confirm": f"{_ASKED} AND l.received < {_ORDERED}",
    "confirmed": f"NOT ({_ASKED}) AND {_LEFT} > 0",
    "late": "l.due_on < %(today)s::date",
    "shipped": _UNDER_WAY,
}
SHOW_LABELS = {
    "": _("全部"),
    "confirm": _("待答复"),
    "confirmed": _("已确认待发"),
    "late": _("已逾期"),
    "shipped": _("已发在途"),
}
_PAGE = f"""
SELECT l.id, o.number AS order, l.line_no AS line, p.code AS product, p.name AS product_name, p.specification,
 l.description, coalesce((SELECT sp.supplier_code FROM catalog_supplierprice sp WHERE sp.partner_id = l.supplier_id
  AND sp.product_id = l.product_id AND sp.supplier_code <> '' ORDER BY sp.id DESC LIMIT 1), '') AS supplier_code,
 u.name AS unit_name, {_ORDERED} AS quantity, l.unit_price, o.currency, l.required_on, l.promised_on, l.due_on,
 l.confirmed, l.refused, l.shipped, l.received, {_LEFT} AS to_ship, {_ASKED} AS unanswered,
 coalesce(l.due_on < %(today)s::date, false) AS late, l.promise_revision, w.code AS warehouse,
 w.name AS warehouse_name
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id
WHERE l.company_id = %(company)s::bigint AND l.supplier_id = %(partner)s::bigint AND l.is_open AND {_LIVE}
 AND {VISIBLE} AND {{show}}
 AND (%(q)s::text = '' OR o.number ILIKE %(like)s::text OR p.code ILIKE %(like)s::text OR p.name ILIKE %(like)s::text
  OR EXISTS (SELECT 1 FROM catalog_supplierprice sp WHERE sp.partner_id = l.supplier_id
   AND sp.product_id = l.product_id AND sp.supplier_code ILIKE %(like)s::text))
 AND (coalesce(l.due_on, 'infinity'), l.id) > (%(due)s::date, %(after)s::bigint)
ORDER BY coalesce(l.due_on, 'infinity'), l.id LIMIT %(limit)s::int
"""
_COUNTS = f"""
SELECT count(*), count(*) FILTER (WHERE {SHOWS["confirm"]}), count(*) FILTER (WHERE {SHOWS["confirmed"]}),
 count(*) FILTER (WHERE {SHOWS["late"]}), count(*) FILTER (WHERE {SHOWS["shipped"]})
FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
WHERE l.company_id = %(company)s::bigint AND l.supplier_id = %(partner)s::bigint AND l.is_open AND {_LIVE}
 AND {VISIBLE}
"""
_INQUIRIES = """
SELECT q.number, q.title, q.closes_at, i.answers, i.token_sealed
FROM sourcing_invitation i JOIN sourcing_inquiry q ON q.id = i.inquiry_id
WHERE i.company_id = %(company)s::bigint AND i.partner_id = %(partner)s::bigint AND q.state IN ('sent', 'answered')
 AND i.token_sealed <> '' AND i.expires_at > now() ORDER BY i.answers > 0, q.closes_at NULLS LAST, q.id LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: one of SHOWS, and what is searched for in numbers, codes and names."""

    show: str = ""
    q: str = ""


def lines_of(
    visitor: Visitor, today: date, wanted: Wanted | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of open lines, the earliest due first; one statement. Errors: Invalid (no such cursor or filter)."""
    wanted = wanted or Wanted()
    if wanted.show not in SHOWS:
        raise Invalid({"show": "show: " + " | ".join(filter(None, SHOWS))})
    size = paging.limited(limit)
    rows = _read(visitor, today, wanted, paging.decode(after, 2), size + 1)
    return paging.cut(rows, size, lambda row: [row["due_on"] and row["due_on"].isoformat(), row["id"]])


def lines_for_file(visitor: Visitor, today: date, wanted: Wanted) -> list[Row]:
    """The same without pages, for a file; one statement."""
    return _read(visitor, today, wanted, None, MOST_IN_FILE)


def _read(visitor: Visitor, today: date, wanted: Wanted, key: list[Any] | None, limit: int) -> list[Row]:
    text = wanted.q.strip()[:80]
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    params = {
        **visitor.params,
        "today": today,
        "q": text,
        "like": f"%{plain}%",
        "due": _day(key[0]) if key else "-infinity",
        "after": paging.as_id(key[1]) if key else 0,
        "limit": limit,
    }
    found = db.dicts(_PAGE.format(show=SHOWS[wanted.show]), params)
    for row in found:
        asked = rules.Asked(row["quantity"], row["required_on"], row["unit_price"])
        row["seen"] = mark_of(asked, row.pop("promise_revision"))
        if not visitor.may("money"):
            row["unit_price"] = None
    return found


def _day(part: object) -> str:
    if part is None:
        return "infinity"
    try:
        return date.fromisoformat(str(part)).isoformat()
    except ValueError as error:
        raise Invalid({"after": "after"}) from error


def counts_of(visitor: Visitor, today: date) -> dict[str, int]:
    """How many lines each filter shows; one statement."""
    row = db.row(_COUNTS, {**visitor.params, "today": today})
    return dict(zip(("all", *list(SHOWS)[1:]), row or (0,) * len(SHOWS), strict=True))


def inquiries_of(visitor: Visitor) -> list[Row]:
    """What the supplier is asked to offer, for who signed in and sees prices, with the way to each; one statement."""

    if visitor.kind != PERSON or not visitor.may("money"):
        return []
    found = db.dicts(_INQUIRIES, visitor.params)
    for row in found:
        token = unseal(row.pop("token_sealed")).get("token", "")
        row["url"] = public_address(token) if token else ""
    return [row for row in found if row["url"]]
