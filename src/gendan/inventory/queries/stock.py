"""What there is: per product, warehouse, bin or lot; one statement, then what providers know of what is to come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from gendan.inventory.queries.incoming import Incoming, incoming, incoming_by_warehouse
from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.paging import Page
from gendan.kernel.search import search_query

VIEW = "inventory.view"
BY = ("product", "warehouse", "bin", "lot")
SHOW = ("", "stocked", "below", "all")
Row = dict[str, Any]
ZERO = Decimal(0)

# What is on hand lies in a warehouse; what waits for inspection or was rejected there is blocked, not available.
_SUMS = """
 coalesce(sum(b.on_hand){here}, 0) AS on_hand, coalesce(sum(b.reserved){here}, 0) AS reserved,
 coalesce(sum(b.on_hand) FILTER (WHERE {inside}l.kind IN ('inspection', 'rejected')), 0) AS blocked
"""
_HERE = "l.warehouse_id = coalesce(%(warehouse)s::bigint, l.warehouse_id)"
_AVAILABLE = """coalesce((SELECT sum(b.on_hand - b.reserved) FROM inventory_balance b
 JOIN catalog_location l ON l.id = b.location_id AND l.kind = 'bin'
 WHERE b.company_id = %(company)s::bigint AND b.product_id = p.id), 0)"""
_HAS = """EXISTS (SELECT 1 FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id
 WHERE b.company_id = %(company)s::bigint AND b.product_id = p.id AND l.warehouse_id IS NOT NULL{which})"""
_HAS_THERE = """p.id IN (SELECT b.product_id FROM inventory_balance b
 WHERE b.location_id = ANY(%(places)s::bigint[]){which})"""
# A scalar subquery stays an index probe per product of the page; EXISTS beside OR becomes a hash of every balance.
_EVER = """(SELECT true FROM inventory_balance b WHERE b.company_id = %(company)s::bigint AND b.product_id = p.id
 LIMIT 1) IS NOT NULL"""
_BELOW = "p.safety_stock > 0 AND p.safety_stock > " + _AVAILABLE
_PAGE = """
page AS (SELECT p.id, p.code, p.name, p.specification, p.lot_tracked, p.safety_stock, u.code AS unit,
  u.name AS unit_name FROM catalog_product p JOIN catalog_unit u ON u.id = p.unit_id
 WHERE p.company_id = %(company)s::bigint AND {conditions} ORDER BY p.code LIMIT %(size)s + 1)
"""
_BY_PRODUCT = f"""
WITH {_PAGE}
SELECT page.id AS product_id, page.code AS product, page.name, page.specification, page.unit, page.unit_name,
 page.lot_tracked, page.safety_stock, s.on_hand, s.reserved, s.blocked, s.on_hand - s.reserved - s.blocked AS available,
 s.in_transit, page.safety_stock > s.everywhere AS below_safety
FROM page CROSS JOIN LATERAL (
 SELECT {_SUMS.format(here=f" FILTER (WHERE {_HERE})", inside=f"{_HERE} AND ")},
  coalesce(sum(b.on_hand) FILTER (WHERE l.kind = 'transit'), 0) AS in_transit,
  coalesce(sum(b.on_hand - b.reserved) FILTER (WHERE l.kind = 'bin'), 0) AS everywhere
 FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id
 WHERE b.company_id = %(company)s::bigint AND b.product_id = page.id{{within}}) s ORDER BY page.code LIMIT %(size)s
"""
_PLACES = {
    "warehouse": ("", ""),
    "bin": ("l.code", ""),
    "lot": ("l.code", "coalesce(lot.code, '')"),
}
_BY_PLACE = """
WITH {page}, grouped AS (
 SELECT page.id AS product_id, page.code AS product, page.name, page.specification, page.unit, page.unit_name,
  w.id AS warehouse_id, w.code AS warehouse, w.name AS warehouse_name, {bin} AS bin, {kind} AS bin_kind, {lot} AS lot,
  {expires} AS expires_on, {sums}
 FROM page JOIN inventory_balance b ON b.company_id = %(company)s::bigint AND b.product_id = page.id
 JOIN catalog_location l ON l.id = b.location_id JOIN catalog_warehouse w ON w.id = l.warehouse_id
 LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
 WHERE (b.on_hand <> 0 OR b.reserved <> 0) AND w.id = coalesce(%(warehouse)s::bigint, w.id){within}
 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
SELECT *, on_hand - reserved - blocked AS available FROM grouped
WHERE (product, warehouse, bin, lot) > (%(k0)s::text, %(k1)s::text, %(k2)s::text, %(k3)s::text)
ORDER BY product, warehouse, bin, lot LIMIT %(size)s
"""


def places_of(actor: Actor, code: str) -> tuple[int | None, list[int]]:
    """A warehouse's id and its places that have a balance; (None, []) for no code, NotFound for an unknown one."""
    if not code:
        return None, []
    found = db.rows(
        "SELECT w.id, l.id FROM catalog_warehouse w LEFT JOIN catalog_location l ON l.warehouse_id = w.id"
        " AND EXISTS (SELECT 1 FROM inventory_balance b WHERE b.location_id = l.id)"
        f" WHERE w.company_id = %s AND w.code = %s{scope.also(actor, 'warehouses', 'w')}",
        [actor.company_id, code],
    )
    if not found:
        raise NotFound(what=code)
    return int(found[0][0]), [place for _warehouse, place in found if place]


def stock(
    actor: Actor,
    *,
    by: str = "product",
    warehouse: str = "",
    product: str = "",
    q: str = "",
    show: str = "",
    after: str | None = None,
    limit: int | None = None,
) -> Page[Row]:
    """A page of stock by product, warehouse, bin or lot, in the order of the codes.

    ``show``: "" what ever had stock (there) or should have, ``stocked`` what has stock, ``below`` what is under its
    safety stock, ``all`` every active product. A row has on_hand, reserved, blocked (waiting for inspection, rejected),
    available, and by product and warehouse incoming and next_on; by product also in_transit, safety_stock and
    below_safety (of all warehouses together). One statement, one more for a warehouse's code, and one of each provider
    of what is to come.
    """
    actor.must(VIEW)
    if by not in BY or show not in SHOW:
        raise Invalid({"by": f"by: {' | '.join(BY)}; show: {' | '.join(SHOW[1:])}"})
    size = paging.limited(limit)
    warehouse_id, places = places_of(actor, warehouse)
    params: dict[str, Any] = {
        "company": actor.company_id,
        "warehouse": warehouse_id,
        "places": places,
        "size": size + 1,
    }
    conditions = _conditions(actor, params, by, product, q, show)
    within = scope.also(actor, "place", "l")
    if by == "product":
        if key := paging.decode(after, 1):
            conditions.append("p.code > %(k0)s::text")
            params["k0"] = key[0]
        found = db.dicts(_BY_PRODUCT.format(conditions=" AND ".join(conditions), within=within), params)
        found = fields.mask_of(actor, "product", found)
        return _with_incoming(actor, paging.cut(found, size, lambda row: [row["product"]]), params["warehouse"])
    page = _by_place(params, conditions, by, within, after, size)
    return _with_incoming_by_warehouse(actor, page) if by == "warehouse" else page


def _by_place(
    params: dict[str, Any], conditions: list[str], by: str, within: str, after: str | None, size: int
) -> Page[Row]:
    """A page by warehouse, bin or lot."""
    key = paging.decode(after, 4) or ["", "", "", ""]
    params.update({f"k{n}": part for n, part in enumerate(key)})
    conditions.append("p.code >= %(k0)s::text")
    bin_sql, lot_sql = _PLACES[by]
    sql = _BY_PLACE.format(
        page=_PAGE.format(conditions=" AND ".join(conditions)),
        bin=bin_sql or "''",
        kind="l.kind" if bin_sql else "''",
        lot=lot_sql or "''",
        expires="lot.expires_on" if lot_sql else "null::date",
        sums=_SUMS.format(here="", inside=""),
        within=within,
    )
    found = db.dicts(sql, params)
    return paging.cut(found, size, lambda row: [row["product"], row["warehouse"], row["bin"], row["lot"]])


def _conditions(actor: Actor, params: dict[str, Any], by: str, product: str, q: str, show: str) -> list[str]:
    conditions = scope.conditions(actor, "stocked", "p")
    if product:
        conditions.append("p.code = %(product)s::text")
        params["product"] = product
    else:
        conditions.append("p.is_active")
    if query := search_query(q.strip()):
        conditions.append("p.search @@ %(q)s::tsquery")
        params["q"] = query
    has = _HAS_THERE if params["warehouse"] else _HAS
    if by != "product" or show == "stocked":
        conditions.append(has.format(which=" AND (b.on_hand <> 0 OR b.reserved <> 0)"))
    elif show == "" and params["warehouse"]:
        conditions.append(has.format(which=""))
    elif show == "":
        conditions.append(f"(p.safety_stock > 0 OR {_EVER})")
    if show == "below":
        conditions.append(_BELOW)
    return conditions


def _with_incoming(actor: Actor, page: Page[Row], warehouse_id: int | None) -> Page[Row]:
    expected = incoming(actor, [row["product_id"] for row in page.items], warehouse_id)
    for row in page.items:
        found = expected.get(row["product_id"], Incoming(ZERO, None))
        row.update(incoming=found.quantity, next_on=found.next_on)
    return page


def _with_incoming_by_warehouse(actor: Actor, page: Page[Row]) -> Page[Row]:
    expected = incoming_by_warehouse(actor, sorted({row["product_id"] for row in page.items}))
    for row in page.items:
        found = expected.get((row["product_id"], row["warehouse_id"]), Incoming(ZERO, None))
        row.update(incoming=found.quantity, next_on=found.next_on)
    return page


def below_safety(actor: Actor, most: int = 100) -> int:
    """How many products have less available than their safety stock, counted up to ``most``; one statement."""
    actor.must(VIEW)
    found = db.row(
        "SELECT count(*) FROM (SELECT 1 FROM catalog_product p WHERE p.company_id = %(company)s::bigint AND p.is_active"
        f" AND {_BELOW}{scope.also(actor, 'stocked', 'p')} LIMIT %(most)s) t",
        {"company": actor.company_id, "most": most},
    )
    return int(found[0]) if found else 0


def every(actor: Actor, filters: Mapping[str, str]) -> Iterator[Row]:
    """All rows of ``stock`` for an export, in chunks; filters as there."""
    yield from _all_pages(lambda after: stock(actor, **dict(filters), after=after, limit=paging.MAX_LIMIT))


def _all_pages(ask: Callable[[str | None], Page[Row]]) -> Iterator[Row]:
    after: str | None = None
    while True:
        page = ask(after)
        yield from page.items
        if not page.after:
            return
        after = page.after


_AS_OF = f"""
WITH {_PAGE}
SELECT page.id AS product_id, page.code AS product, page.name, page.specification, page.unit, page.unit_name,
 (SELECT coalesce(
   sum(CASE WHEN b.warehouse_id = coalesce(%(warehouse)s::bigint, b.warehouse_id){{came}} THEN m.quantity ELSE 0 END)
   - sum(CASE WHEN a.warehouse_id = coalesce(%(warehouse)s::bigint, a.warehouse_id){{went}} THEN m.quantity ELSE 0
    END), 0)
  FROM inventory_stockmove m JOIN catalog_location a ON a.id = m.from_location_id
  JOIN catalog_location b ON b.id = m.to_location_id
  WHERE m.product_id = page.id AND m.company_id = %(company)s::bigint
   AND m.occurred_at < ((%(day)s::date + 1)::timestamp AT TIME ZONE %(zone)s)) AS on_hand
FROM page ORDER BY page.code LIMIT %(size)s
"""


def stock_as_of(
    actor: Actor,
    day: date,
    *,
    warehouse: str = "",
    product: str = "",
    q: str = "",
    after: str | None = None,
    limit: int | None = None,
) -> Page[Row]:
    """What was on hand at the end of a day, by the ledger; one statement (one more for a warehouse's code)."""
    actor.must(VIEW)
    size = paging.limited(limit)
    warehouse_id, places = places_of(actor, warehouse)
    params: dict[str, Any] = {
        "company": actor.company_id,
        "warehouse": warehouse_id,
        "places": places,
        "size": size + 1,
        "day": day,
        "zone": actor.timezone,
    }
    conditions = _conditions(actor, params, "product", product, q, "all")
    came, went = scope.also(actor, "place", "b"), scope.also(actor, "place", "a")
    if key := paging.decode(after, 1):
        conditions.append("p.code > %(k0)s::text")
        params["k0"] = key[0]
    conditions.append((_HAS_THERE if warehouse else _HAS).format(which=""))
    found = db.dicts(_AS_OF.format(conditions=" AND ".join(conditions), came=came, went=went), params)
    return paging.cut(found, size, lambda row: [row["product"]])
