"""Lists of transfers, adjustments and counts by key, and each of them whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gendan.catalog.queries.lists import VIEW_PRICE
from gendan.inventory.models import Adjustment, StockCount, StockDocument, Transfer
from gendan.inventory.queries.stock import VIEW
from gendan.inventory.queries.values import unit_worth
from gendan.kernel import db, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.paging import Page

Row = dict[str, Any]
MODELS: dict[str, type[StockDocument]] = {"transfer": Transfer, "adjustment": Adjustment, "count": StockCount}
# Written out, so that the partial index of open documents is used.
_IS_OPEN = {
    "transfer": "d.state IN ('draft', 'in_transit')",
    "adjustment": "d.state = 'draft'",
    "count": "d.state IN ('draft', 'counting', 'review')",
}

_HEAD = (
    "d.id, d.number, d.state, d.version, d.reason, d.created_at, d.posted_at, w.code AS warehouse,"
    " w.name AS warehouse_name, coalesce(u.name, '') AS created_by"
)
_FROM = " d JOIN catalog_warehouse w ON w.id = d.warehouse_id LEFT JOIN accounts_user u ON u.id = d.created_by_id"
_OWN = {
    "transfer": (
        "inventory_transfer",
        "v.code AS to_warehouse, v.name AS to_warehouse_name, d.sent_at",
        "JOIN catalog_warehouse v ON v.id = d.to_warehouse_id",
        "SELECT count(*) AS lines, coalesce(sum(l.quantity), 0) AS quantity, coalesce(sum(l.received), 0) AS received,"
        " coalesce(sum(l.returned), 0) AS returned FROM inventory_transferline l WHERE l.transfer_id = d.id",
    ),
    "adjustment": (
        "inventory_adjustment",
        "d.kind, coalesce(o.number, '') AS reverses, coalesce(r.number, '') AS reversed_by",
        "LEFT JOIN inventory_adjustment o ON o.id = d.reverses_id"
        " LEFT JOIN inventory_adjustment r ON r.reverses_id = d.id",
        "SELECT count(*) AS lines, coalesce(sum(l.change) FILTER (WHERE l.change > 0), 0) AS plus,"
        " coalesce(sum(l.change) FILTER (WHERE l.change < 0), 0) AS minus FROM inventory_adjustmentline l"
        " WHERE l.adjustment_id = d.id",
    ),
    "count": (
        "inventory_stockcount",
        "d.blind, d.scope::text AS scope, d.started_at, d.finished_at",
        "",
        "SELECT count(*) AS lines, count(l.counted) AS counted,"
        " count(*) FILTER (WHERE l.counted <> l.expected) AS differences"
        " FROM inventory_stockcountline l WHERE l.count_id = d.id",
    ),
}
_LINE = (
    "l.id, l.line_no, p.code AS product, p.name, p.specification, un.name AS unit_name, coalesce(lot.code, '') AS lot"
)
_LINE_FROM = (
    " l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit un ON un.id = p.unit_id"
    " LEFT JOIN inventory_lot lot ON lot.id = l.lot_id"
)
_LINES = {
    "transfer": f"SELECT {_LINE}, a.code AS from_bin, b.code AS to_bin, l.quantity, l.received, l.returned,"
    f" CASE WHEN d.sent_at IS NULL THEN 0 ELSE l.quantity - l.received - l.returned END AS on_the_way"
    f" FROM inventory_transferline{_LINE_FROM} JOIN inventory_transfer d ON d.id = l.transfer_id"
    " JOIN catalog_location a ON a.id = l.from_location_id"
    " JOIN catalog_location b ON b.id = l.to_location_id WHERE l.transfer_id = %s ORDER BY l.line_no",
    "adjustment": f"SELECT {_LINE}, a.code AS bin, l.change, coalesce(b.on_hand, 0) AS on_hand"
    f" FROM inventory_adjustmentline{_LINE_FROM} JOIN catalog_location a ON a.id = l.location_id"
    " LEFT JOIN inventory_balance b ON b.product_id = l.product_id AND b.location_id = l.location_id"
    " AND b.lot_id IS NOT DISTINCT FROM l.lot_id WHERE l.adjustment_id = %s ORDER BY l.line_no",
    "count": f"SELECT {_LINE}, l.product_id, a.code AS bin, l.expected, l.counted,"
    " l.counted - l.expected AS difference, l.previous, l.round, l.added, l.counted_at, l.unit_value,"
    " coalesce(cu.name, '') AS counted_by,"
    " CASE WHEN l.is_open AND l.counted IS NOT NULL THEN coalesce(b.on_hand, 0) - l.expected ELSE l.moved_since END"
    f" AS moved_since FROM inventory_stockcountline{_LINE_FROM} JOIN catalog_location a ON a.id = l.location_id"
    " LEFT JOIN accounts_user cu ON cu.id = l.counted_by_id"
    " LEFT JOIN inventory_balance b ON b.product_id = l.product_id AND b.location_id = l.location_id"
    " AND b.lot_id IS NOT DISTINCT FROM l.lot_id WHERE l.count_id = %s ORDER BY l.line_no",
}


def documents(
    actor: Actor,
    kind: str,
    *,
    state: str = "",
    warehouse: str = "",
    q: str = "",
    after: str | None = None,
    limit: int | None = None,
) -> Page[Row]:
    """A page of transfers, adjustments or counts, newest first; ``state`` may be ``open``, ``q`` a number or reason."""
    actor.must(VIEW)
    table, fields, joins, sums = _OWN[kind]
    size = paging.limited(limit)
    params: dict[str, Any] = {"company": actor.company_id, "size": size + 1}
    conditions = ["d.company_id = %(company)s::bigint", *scope.conditions(actor, kind, "d")]
    if state == "open":
        conditions.append(_IS_OPEN[kind])
    elif state:
        if state not in MODELS[kind].State.values:
            raise Invalid({"state": f"state: open | {' | '.join(MODELS[kind].State.values)}"})
        conditions.append("d.state = %(state)s::text")
        params["state"] = state
    if warehouse:
        conditions.append("%(warehouse)s::text IN (w.code" + (", v.code)" if kind == "transfer" else ")"))
        params["warehouse"] = warehouse
    if q.strip():
        conditions.append("(d.number ILIKE %(q)s OR d.reason ILIKE %(q)s)")
        params["q"] = "%" + q.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    if key := paging.decode(after, 1):
        conditions.append("d.id < %(k0)s::bigint")
        params["k0"] = key[0]
    found = db.dicts(
        f"WITH page AS (SELECT {_HEAD}, {fields} FROM {table}{_FROM} {joins} WHERE {' AND '.join(conditions)}"
        f" ORDER BY d.id DESC LIMIT %(size)s)"
        f" SELECT d.*, s.* FROM page d CROSS JOIN LATERAL ({sums}) s ORDER BY d.id DESC",
        params,
    )
    for row in found:
        if kind == "count" and row["blind"] and row["state"] in ("draft", "counting"):
            row["differences"] = None
    return paging.cut([_named(kind, row) for row in found], size, lambda row: [row["id"]])


def document(actor: Actor, kind: str, number: str) -> Row:
    """One transfer, adjustment or count with its lines; two statements, for a count also those that know its worth.

    A blind count tells what is expected only when it is under review.
    """
    actor.must(VIEW)
    table, fields, joins, sums = _OWN[kind]
    found = db.dicts(
        f"SELECT {_HEAD}, {fields}, s.* FROM {table}{_FROM} {joins} CROSS JOIN LATERAL ({sums}) s"
        " WHERE d.company_id = %s::bigint AND d.number = %s::text",
        [actor.company_id, number],
    )
    if not found:
        raise NotFound(what=number)
    row = _named(kind, found[0])
    lines = db.dicts(_LINES[kind], [row["id"]])
    if kind == "count" and row["blind"] and row["state"] in ("draft", "counting"):
        row["differences"] = None
        hidden = dict.fromkeys(("expected", "difference", "previous", "moved_since"))
        lines = [{**line, **hidden} for line in lines]
    if kind == "count":
        _price(actor, lines, row["state"] == "posted")
    return {**row, "line_count": row["lines"], "lines": lines}


def _price(actor: Actor, lines: list[Row], posted: bool) -> None:
    """What the differences are worth in the company's currency, for those who may see prices: today, or when posted."""
    worth: dict[int, Decimal] = {}
    if not posted:
        worth = unit_worth(actor, sorted({line["product_id"] for line in lines if line["difference"]}))
    elif actor.may(VIEW_PRICE):
        worth = {line["product_id"]: line["unit_value"] for line in lines if line["unit_value"] is not None}
    for line in lines:
        each = worth.get(line["product_id"])
        line["value"] = round(line["difference"] * each, 2) if line["difference"] and each is not None else None
        del line["unit_value"]


def open_counts(actor: Actor, kind: str) -> dict[str, int]:
    """How many documents are in each open state, in one statement."""
    return dict(
        db.rows(
            f"SELECT d.state, count(*) FROM {_OWN[kind][0]} d WHERE d.company_id = %s::bigint AND {_IS_OPEN[kind]}"
            f"{scope.also(actor, kind, 'd')} GROUP BY 1",
            [actor.company_id],
        )
    )


def _named(kind: str, row: Row) -> Row:
    row["state_label"] = state_label(MODELS[kind], row["state"])
    if kind == "adjustment":
        row["kind_label"] = str(Adjustment.Kind(row["kind"]).label)
    return row
