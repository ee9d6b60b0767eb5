"""The ledger, the latest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from gendan.inventory.queries.stock import VIEW, places_of
from gendan.kernel import db, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.paging import Page

Row = dict[str, Any]
LARGEST = 2**62
_MOVES = """
WITH page AS (SELECT m.* FROM inventory_stockmove m WHERE {conditions}
 ORDER BY m.occurred_at DESC, m.id DESC LIMIT %(size)s)
SELECT m.id, m.occurred_at, p.code AS product, p.name, u.name AS unit_name, coalesce(lot.code, '') AS lot, m.quantity,
 coalesce(aw.code, '') AS from_warehouse, a.code AS from_bin, a.kind AS from_kind,
 coalesce(bw.code, '') AS to_warehouse, b.code AS to_bin, b.kind AS to_kind,
 m.source_kind, m.source_number, m.reverses_id IS NOT NULL AS reversal, coalesce(us.name, '') AS user
FROM page m JOIN catalog_product p ON p.id = m.product_id JOIN catalog_unit u ON u.id = p.unit_id
JOIN catalog_location a ON a.id = m.from_location_id JOIN catalog_location b ON b.id = m.to_location_id
LEFT JOIN catalog_warehouse aw ON aw.id = a.warehouse_id LEFT JOIN catalog_warehouse bw ON bw.id = b.warehouse_id
LEFT JOIN inventory_lot lot ON lot.id = m.lot_id LEFT JOIN accounts_user us ON us.id = m.user_id
ORDER BY m.occurred_at DESC, m.id DESC
"""


# What a filter says by itself.
_PLAIN = {
    "kind": "m.source_kind = %(kind)s::text",
    "lot": "m.lot_id IN (SELECT id FROM inventory_lot WHERE company_id = %(company)s AND code = %(lot)s::text)",
    "since": "m.occurred_at >= (%(since)s::date)::timestamp AT TIME ZONE %(zone)s",
    "until": "m.occurred_at < (%(until)s::date + 1)::timestamp AT TIME ZONE %(zone)s",
}


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
    """A page of the ledger, the latest first by when it happened.

    ``source`` is a document's number, ``kind`` its kind (gr, transfer, …). One statement, one more for each of
    product, warehouse and source.
    """
    actor.must(VIEW)
    size = paging.limited(limit)
    params: dict[str, Any] = {"company": actor.company_id, "size": size + 1, "zone": actor.timezone}
    conditions = ["m.company_id = %(company)s::bigint", *scope.conditions(actor, "move", "m")]
    if product:
        conditions.append("m.product_id = %(product)s::bigint")
        params["product"] = _product_id(actor, product)
    if warehouse:
        conditions.append(
            "(m.from_location_id = ANY(%(places)s::bigint[]) OR m.to_location_id = ANY(%(places)s::bigint[]))"
        )
        _id, params["places"] = places_of(actor, warehouse)
        if not params["places"]:
            return Page([])
    if source:
        kind, params["source"] = _document(actor, source)
        conditions.append("m.source_id = %(source)s::bigint")
    for name, value in {"kind": kind, "lot": lot, "since": since, "until": until}.items():
        if value:
            conditions.append(_PLAIN[name])
            params[name] = value
    if key := moment_after(after):
        conditions.append("(m.occurred_at, m.id) < (%(k0)s::timestamptz, %(k1)s::bigint)")
        params["k0"], params["k1"] = key
    found = db.dicts(_MOVES.format(conditions=" AND ".join(conditions)), params)
    return paging.cut(found, size, lambda row: [row["occurred_at"].isoformat(), row["id"]])


def moment_after(cursor: str | None) -> tuple[datetime, int] | None:
    """The time and the id in a cursor; Invalid for what is none."""
    key = paging.decode(cursor, 2)
    if key is None:
        return None
    try:
        moment, id_ = datetime.fromisoformat(str(key[0])), int(key[1])
        if moment.tzinfo and 0 <= id_ < LARGEST:
            return moment, id_
    except (TypeError, ValueError):
        pass
    raise Invalid({"after": "after"})


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


def _document(actor: Actor, number: str) -> tuple[str, int]:
    """The kind and id of a document: moves are indexed by them, not by its number."""
    prefix = number.partition("-")[0].upper()
    for kind, model in KINDS.items():
        if prefix == model.PREFIX:
            found = model._default_manager.filter(company_id=actor.company_id, number=number.upper()).values_list("pk")
            return kind, next((pk for (pk,) in found), 0)
    return "", 0
