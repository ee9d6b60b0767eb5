"""The ledger, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from gendan.inventory.queries.stock import VIEW, warehouse_id_of
from gendan.kernel import db, paging
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.paging import Page

Row = dict[str, Any]
ZONE = "Asia/Shanghai"
_MOVES = """
SELECT m.id, m.occurred_at, p.code AS product, p.name, u.name AS unit_name, coalesce(lot.code, '') AS lot, m.quantity,
 coalesce(aw.code, '') AS from_warehouse, a.code AS from_bin, a.kind AS from_kind,
 coalesce(bw.code, '') AS to_warehouse, b.code AS to_bin, b.kind AS to_kind,
 m.source_kind, m.source_number, m.reverses_id IS NOT NULL AS reversal, coalesce(us.name, '') AS user
FROM inventory_stockmove m JOIN catalog_product p ON p.id = m.product_id JOIN catalog_unit u ON u.id = p.unit_id
JOIN catalog_location a ON a.id = m.from_location_id JOIN catalog_location b ON b.id = m.to_location_id
LEFT JOIN catalog_warehouse aw ON aw.id = a.warehouse_id LEFT JOIN catalog_warehouse bw ON bw.id = b.warehouse_id
LEFT JOIN inventory_lot lot ON lot.id = m.lot_id LEFT JOIN accounts_user us ON us.id = m.user_id
WHERE {conditions} ORDER BY m.id DESC LIMIT %(size)s
"""


def moves(
    actor: Actor,
    *,
    product: str = "",
    warehouse: str = "",
    source: str = "",
    kind: str = "",
    lot: str = "",
    since: date | None = None,
    until: date | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> Page[Row]:
    """A page of the ledger, newest first; ``source`` is a document's number, ``kind`` its kind (gr, transfer, …).

    One statement, one more for the code of a product or warehouse.
    """
    actor.must(VIEW)
    size = paging.limited(limit)
    params: dict[str, Any] = {"company": actor.company_id, "size": size + 1, "zone": ZONE}
    conditions = ["m.company_id = %(company)s::bigint"]
    if product:
        conditions.append("m.product_id = %(product)s::bigint")
        params["product"] = _product_id(actor, product)
    if warehouse:
        conditions.append("%(warehouse)s::bigint IN (a.warehouse_id, b.warehouse_id)")
        params["warehouse"] = warehouse_id_of(actor, warehouse)
    for name, value, sql in (
        ("source", source, "m.source_number = %(source)s::text"),
        ("kind", kind, "m.source_kind = %(kind)s::text"),
        ("lot", lot, "lot.code = %(lot)s::text"),
        ("since", since, "m.occurred_at >= (%(since)s::date)::timestamp AT TIME ZONE %(zone)s"),
        ("until", until, "m.occurred_at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s"),
    ):
        if value:
            conditions.append(sql)
            params[name] = value
    if key := paging.decode(after, 1):
        conditions.append("m.id < %(k0)s::bigint")
        params["k0"] = key[0]
    found = db.dicts(_MOVES.format(conditions=" AND ".join(conditions)), params)
    return paging.cut(found, size, lambda row: [row["id"]])


def every_move(actor: Actor, filters: Mapping[str, Any]) -> Iterator[Row]:
    """All moves that match, for an export, in chunks."""
    after: str | None = None
    while True:
        page = moves(actor, **dict(filters), after=after, limit=paging.MAX_LIMIT)
        yield from page.items
        if not page.after:
            return
        after = page.after


def _product_id(actor: Actor, code: str) -> int:
    found = db.row("SELECT id FROM catalog_product WHERE company_id = %s AND code = %s", [actor.company_id, code])
    if found is None:
        raise NotFound(what=code)
    return int(found[0])
