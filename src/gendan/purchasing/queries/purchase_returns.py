"""Returns to suppliers and rejected goods as pages and API show them, and what may still go back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label, state_where
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page
from gendan.purchasing.models import PurchaseReturn, PurchaseReturnLine
from gendan.purchasing.queries.asked_back import ASKED
from gendan.purchasing.queries.cursors import id_after
from gendan.purchasing.queries.lines import CAP
from gendan.purchasing.queries.orders import VIEW, VIEW_PRICE
from gendan.purchasing.queries.search import hits

Row = dict[str, Any]
OPEN = ("draft", "approved", "posted")
VIEWS = ("replacing", "late")
# Goods went back and others are to come instead; those should have come, by the first promise as everywhere.
REPLACING = "r.state = 'posted' AND r.settlement = 'replace'"
_LATE = "coalesce(r.promised_on, r.replace_on) < %(today)s::date"


@dataclass(frozen=True, slots=True)
class ReturnFilter:
    """Which returns; ``state`` open, all or one state; ``q`` a number, a supplier or a product; ``view``
    replacing (goods are to come instead) or late (they should have come).
    """

    state: str = "open"
    supplier: str = ""
    warehouse: str = ""
    order: str = ""
    receipt: str = ""
    q: str = ""
    view: str = ""


_HEADER = """
r.id, r.number, r.state, r.version, r.settlement, r.credit, r.credit_note, r.currency, r.minor_units, r.carrier,
 r.tracking_number, r.contact, r.note, r.decision_note, r.posted_on, r.promised_on, r.replace_on, r.created_at,
 p.code AS supplier, p.name AS supplier_name, w.code AS warehouse, w.name AS warehouse_name,
 coalesce(u.name, '') AS created_by,
 coalesce(a.name, '') AS approved_by
"""
_FROM = """
JOIN catalog_partner p ON p.id = r.supplier_id JOIN catalog_warehouse w ON w.id = r.warehouse_id
LEFT JOIN accounts_user u ON u.id = r.created_by_id LEFT JOIN accounts_user a ON a.id = r.approved_by_id
JOIN LATERAL (SELECT count(*) AS lines, string_agg(DISTINCT o.number, ' ' ORDER BY o.number) AS orders,
  string_agg(DISTINCT g.number, ' ' ORDER BY g.number) AS receipts,
  string_agg(DISTINCT pr.code, ' ' ORDER BY pr.code) AS products, array_agg(DISTINCT x.reason) AS reasons,
  sum(x.replaced) / sum(x.quantity) AS share,
  sum(trunc(l.gross * x.quantity / l.quantity, o.minor_units)) AS worth
 FROM purchasing_purchasereturnline x JOIN purchasing_orderline l ON l.id = x.order_line_id
 JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
 JOIN purchasing_receiptline gl ON gl.id = x.receipt_line_id JOIN purchasing_goodsreceipt g ON g.id = gl.receipt_id
 WHERE x.purchase_return_id = r.id) t ON true
"""
_SUMMED = "t.lines, t.orders, t.receipts, t.products, t.reasons, t.share, t.worth"
_PAGE = f"""
SELECT {_HEADER}, {_SUMMED}
FROM (SELECT * FROM purchasing_purchasereturn r WHERE {{where}} ORDER BY r.id DESC LIMIT %(limit)s::int) r {_FROM}
ORDER BY r.id DESC
"""
_LINES = f"""
SELECT x.id, x.purchase_return_id AS of, x.line_no AS line, o.number AS order_number, l.line_no AS order_line,
 g.number AS receipt,
 gl.line_no AS receipt_line, pr.code AS product, pr.name AS product_name, pr.specification, pr.lot_tracked,
 u.code AS unit, u.name AS unit_name, u.decimals, x.rejected, x.reason, x.note, x.quantity, x.replaced,
 x.quantity - x.replaced AS to_replace, place.code AS bin, place.kind AS bin_kind, coalesce(lot.code, '') AS lot,
 trunc(l.gross * x.quantity / l.quantity, o.minor_units) AS worth,
 trunc(l.gross * (x.quantity - x.replaced) / l.quantity, o.minor_units) AS open_worth,
 EXISTS (SELECT 1 FROM purchasing_purchasereturn r WHERE r.id = x.purchase_return_id AND {REPLACING}) AS replacing
FROM purchasing_purchasereturnline x JOIN purchasing_orderline l ON l.id = x.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id JOIN catalog_product pr ON pr.id = l.product_id
JOIN catalog_unit u ON u.id = l.unit_id JOIN purchasing_receiptline gl ON gl.id = x.receipt_line_id
JOIN purchasing_goodsreceipt g ON g.id = gl.receipt_id JOIN catalog_location place ON place.id = x.location_id
LEFT JOIN inventory_lot lot ON lot.id = gl.lot_id
WHERE x.purchase_return_id = %s::bigint ORDER BY x.line_no
"""
LINE_SHOWN = (
    "order_number", "order_line", "receipt", "product", "product_name", "unit_name", "quantity", "replaced"
)  # fmt: skip
_CAME = """
SELECT DISTINCT g.id, g.number, g.state FROM purchasing_purchasereturnline x
JOIN purchasing_receiptline gl ON gl.return_line_id = x.id JOIN purchasing_goodsreceipt g ON g.id = gl.receipt_id
WHERE x.purchase_return_id = %s::bigint AND g.reverses_id IS NULL ORDER BY g.id
"""
_NUMBERS = """
SELECT r.id FROM purchasing_purchasereturn r
WHERE r.company_id = %(company)s::bigint AND r.number = ANY(%(numbers)s::text[])
"""
_WORDS = """
UNION
(SELECT r.id FROM purchasing_purchasereturn r JOIN catalog_partner s ON s.id = r.supplier_id
 WHERE r.company_id = %(company)s::bigint AND s.search @@ %(query)s::tsquery/*s*/
 ORDER BY r.id DESC LIMIT %(newest)s::int)
UNION
(SELECT x.purchase_return_id FROM (SELECT id FROM catalog_product WHERE company_id = %(company)s::bigint
  AND search @@ %(query)s::tsquery LIMIT %(matches)s::int) p
 JOIN purchasing_orderline l ON l.product_id = p.id
 JOIN purchasing_purchasereturnline x ON x.order_line_id = l.id ORDER BY x.id DESC LIMIT %(newest)s::int)
"""


def return_list(
    actor: Actor, wanted: ReturnFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """A page of returns to suppliers, newest first; one statement."""
    actor.must(VIEW)
    wanted, size = wanted or ReturnFilter(), paging.limited(limit)
    where = ["r.company_id = %(company)s::bigint", *scope.conditions(actor, "rtv", "r")]
    params: Row = {"company": actor.company_id, "limit": size + 1}
    where += state_where("r", wanted.state, PurchaseReturn.State.values, params)
    for name, table, code in (
        ("supplier", "catalog_partner", wanted.supplier),
        ("warehouse", "catalog_warehouse", wanted.warehouse),
    ):
        if code:
            where.append(
                f"r.{name}_id = (SELECT x.id FROM {table} x WHERE x.company_id = %(company)s::bigint"
                f" AND x.code = %({name})s::text)"
            )
            params[name] = code
    for name, sql, number in (
        ("order", "x.order_line_id IN (SELECT l.id FROM purchasing_orderline l JOIN purchasing_purchaseorder o"
         " ON o.id = l.order_id WHERE o.company_id = %(company)s::bigint AND o.number = %(order)s::text)",
         wanted.order),
        ("receipt", "x.receipt_line_id IN (SELECT gl.id FROM purchasing_receiptline gl JOIN purchasing_goodsreceipt g"
         " ON g.id = gl.receipt_id WHERE g.company_id = %(company)s::bigint AND g.number = %(receipt)s::text)",
         wanted.receipt),
    ):  # fmt: skip
        if number:
            where.append(f"r.id IN (SELECT x.purchase_return_id FROM purchasing_purchasereturnline x WHERE {sql})")
            params[name] = number
    if wanted.q:
        sql, found = hits(actor, wanted.q, "rtv", "RTV", _NUMBERS, _WORDS)
        where.append(f"r.id IN ({sql})")
        params |= found
    if (last := id_after(after)) is not None:
        where.append("r.id < %(after)s::bigint")
        params["after"] = last
    if wanted.view in VIEWS:
        where.append(REPLACING)
    if wanted.view == "late":
        where.append(_LATE)
        params["today"] = actor.today()
    rows = db.dicts(_PAGE.format(where=" AND ".join(where)), params)
    return paging.cut([_shown(actor, row) for row in rows], size, lambda row: [row["id"]])


def return_lines(
    actor: Actor, wanted: ReturnFilter | None = None, *, after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """The same as lines, each with what its return says; two statements a page. The credit stands with a return's
    first line.
    """
    page, priced = return_list(actor, wanted, after=after, limit=limit), actor.may(VIEW_PRICE)
    reasons = dict(PurchaseReturnLine.Reason.choices)
    of: dict[int, list[Row]] = {row["id"]: [] for row in page.items}
    for line in db.dicts(_LINES.replace("= %s::bigint", "= ANY(%s::bigint[])"), [db.array(of)]):
        of[line["of"]].append(
            {name: line[name] for name in LINE_SHOWN}
            | {
                "reason_label": str(reasons[line["reason"]]),
                "line_note": line["note"],
                "to_replace": line["to_replace"] if line["replacing"] else 0,
                "worth": line["worth"] if priced else None,
            }
        )
    rows = [
        {**row, **line, "credit": row["credit"] if n == 0 else None}
        for row in page.items
        for n, line in enumerate(of[row["id"]])
    ]
    return Page(rows, page.after)


def return_counts(actor: Actor) -> dict[str, int]:
    """How many returns wait in each open state, up to a cap."""
    actor.must(VIEW)
    found = db.rows(
        "SELECT t.state, (SELECT count(*) FROM (SELECT 1 FROM purchasing_purchasereturn r"
        " WHERE r.company_id = %s::bigint AND r.is_open AND r.state = t.state"
        f"{scope.also(actor, 'rtv', 'r')} LIMIT %s::int) x) FROM unnest(%s::text[]) AS t(state)",
        [actor.company_id, CAP, list(OPEN)],
    )
    return dict(found)


def late_count(actor: Actor) -> int:
    """How many returns wait for goods that should have come, up to a cap; one statement."""
    actor.must(VIEW)
    found = db.row(
        "SELECT count(*) FROM (SELECT 1 FROM purchasing_purchasereturn r WHERE r.company_id = %(company)s::bigint"
        f" AND {REPLACING} AND {_LATE}{scope.also(actor, 'rtv', 'r')} LIMIT %(cap)s::int) c",
        {"company": actor.company_id, "today": actor.today(), "cap": CAP},
    )
    return int(found[0]) if found else 0


def return_detail(actor: Actor, number: str) -> Row:
    """A return with its ``lines`` and the receipts of what came instead; three statements. Errors: NotFound."""
    actor.must(VIEW)
    found = db.dicts(
        f"SELECT {_HEADER}, {_SUMMED} FROM purchasing_purchasereturn r {_FROM}"
        " WHERE r.company_id = %s::bigint AND r.number = %s::text",
        [actor.company_id, number],
    )
    if not found:
        raise NotFound(what=number)
    lines = db.dicts(_LINES, [found[0]["id"]])
    reasons = dict(PurchaseReturnLine.Reason.choices)
    for line in lines:
        line["reason_label"] = str(reasons[line["reason"]])
    row = _shown(actor, found[0])
    row["open_worth"] = sum(line["open_worth"] for line in lines) if actor.may(VIEW_PRICE) else None
    for line in lines:
        line.pop("open_worth")
        if not actor.may(VIEW_PRICE):
            line["worth"] = None
    came = db.dicts(_CAME, [row["id"]])
    return {**row, "lines": lines, "came": came}


def _shown(actor: Actor, row: Row) -> Row:
    """A row with its words, and without amounts for those who may not see prices."""
    reasons = dict(PurchaseReturnLine.Reason.choices)
    priced = actor.may(VIEW_PRICE)
    due = row["promised_on"] or row["replace_on"]
    waits = row["state"] == "posted" and row["settlement"] == "replace" and due
    return {
        **row,
        "late_days": max((actor.today() - due).days, 0) or None if waits else None,
        "state_label": state_label(PurchaseReturn, row["state"]),
        "settlement_label": str(dict(PurchaseReturn.Settlement.choices)[row["settlement"]]),
        "reason_labels": "、".join(str(reasons[reason]) for reason in row["reasons"]),
        "credit": row["credit"] if priced else None,
        "worth": row["worth"] if priced else None,
    }


_RETURNABLE = f"""
SELECT g.number AS receipt, rl.line_no AS line, o.number AS order_number, l.line_no AS order_line, pr.code AS product,
 pr.name AS product_name, u.name AS unit_name, u.decimals, coalesce(lot.code, '') AS lot, g.received_on,
 p.code AS supplier, p.name AS supplier_name, w.code AS warehouse, w.name AS warehouse_name, o.currency,
 greatest(rl.rejected - rl.scrapped - rl.rejected_returned - {ASKED.format(line="rl.id", rejected="true")}, 0)
  AS rejects,
 greatest(rl.accepted - rl.accepted_returned - {ASKED.format(line="rl.id", rejected="false")}, 0) AS accepted
FROM purchasing_goodsreceipt g JOIN purchasing_receiptline rl ON rl.receipt_id = g.id
JOIN purchasing_orderline l ON l.id = rl.order_line_id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product pr ON pr.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_partner p ON p.id = g.supplier_id JOIN catalog_warehouse w ON w.id = g.warehouse_id
LEFT JOIN inventory_lot lot ON lot.id = rl.lot_id
WHERE g.company_id = %(company)s::bigint AND g.state IN ('posted', 'to_inspect') AND g.reverses_id IS NULL AND {{which}}
ORDER BY g.id, rl.line_no LIMIT 500
"""


def returnable(actor: Actor, receipts: Sequence[str] = (), orders: Sequence[str] = ()) -> list[Row]:
    """The lines of receipts, or of the receipts of orders, with what may still go back; one statement."""
    actor.must(VIEW)
    scoped = scope.also(actor, "gr", "g")
    which = "(g.number = ANY(%(receipts)s::text[]) OR o.number = ANY(%(orders)s::text[]))" + scoped
    return db.dicts(
        _RETURNABLE.format(which=which),
        {"company": actor.company_id, "receipts": list(receipts), "orders": list(orders)},
    )


def rejects(actor: Actor, *, supplier: str = "", warehouse: str = "", q: str = "") -> list[Row]:
    """Rejected goods that nothing was done about yet, oldest first; one statement."""
    actor.must(VIEW)
    which = (
        "rl.rejected > rl.scrapped + rl.rejected_returned"
        " AND (%(supplier)s::text = '' OR p.code = %(supplier)s::text)"
        " AND (%(warehouse)s::text = '' OR w.code = %(warehouse)s::text)"
        " AND (%(q)s::text = '' OR concat_ws(' ', g.number, o.number, pr.code, pr.name, p.name)"
        " ILIKE '%%' || %(q)s::text || '%%')"
    ) + scope.also(actor, "gr", "g")
    params = {"company": actor.company_id, "supplier": supplier, "warehouse": warehouse, "q": q.strip()[:100]}
    return db.dicts(_RETURNABLE.format(which=which), params)


def returns_of(actor: Actor, *, order: str = "", receipt: str = "") -> list[Row]:
    """The returns of an order or a receipt, newest first; one statement."""
    return return_list(actor, ReturnFilter("all", order=order, receipt=receipt)).items


_PAPER = """
SELECT r.id, r.number, r.state, r.settlement, r.posted_on, r.carrier, r.tracking_number, r.contact, r.note,
 s.code AS supplier, s.name AS supplier_name, s.address AS supplier_address, w.code AS warehouse,
 w.name AS warehouse_name, w.address AS warehouse_address, coalesce(u.name, '') AS created_by
FROM unnest(%s::text[]) WITH ORDINALITY AS asked(number, place)
JOIN purchasing_purchasereturn r ON r.company_id = %s::bigint AND r.number = asked.number
JOIN catalog_partner s ON s.id = r.supplier_id JOIN catalog_warehouse w ON w.id = r.warehouse_id
LEFT JOIN accounts_user u ON u.id = r.created_by_id ORDER BY asked.place
"""


def returns_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Return notes that go with the goods; prices are not on them. A statement for each, one for all headers."""
    actor.must(VIEW)
    found = db.dicts(_PAPER, [list(numbers), actor.company_id])
    known = {row["number"] for row in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    reasons, wanted = dict(PurchaseReturnLine.Reason.choices), dict(PurchaseReturn.Settlement.choices)
    for row in found:
        row["title"] = row["supplier_name"]
        row["settlement_label"] = str(wanted[row["settlement"]])
        row["lines"] = db.dicts(_LINES, [row["id"]])
        for line in row["lines"]:
            line["reason_label"] = str(reasons[line["reason"]])
            line["worth"] = line["open_worth"] = None
    return fields.mask_of(actor, "partner", found, "address")
