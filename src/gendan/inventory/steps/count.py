"""Writing stock-takes: the list, its entries, its differences."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError
from django.utils.translation import gettext as _

from gendan.inventory.errors import PlaceInOtherCount
from gendan.inventory.models import StockCount
from gendan.inventory.rules import ScopeIn, like
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a count list: a product (lot) at a place."""

    id: int
    line_no: int
    product_id: int
    product: str
    decimals: int
    lot_id: int | None
    lot: str
    location_id: int
    place: str
    expected: Decimal
    counted: Decimal | None


_UNKNOWN = """
SELECT 'bins', c.code FROM unnest(%(bins)s::text[], %(patterns)s::text[]) c(code, pattern) WHERE NOT EXISTS (
  SELECT 1 FROM catalog_location l WHERE l.company_id = %(company)s::bigint AND l.warehouse_id = %(warehouse)s::bigint
  AND upper(l.code) LIKE c.pattern)
UNION ALL SELECT 'categories', c FROM unnest(%(categories)s::text[]) c WHERE NOT EXISTS (
  SELECT 1 FROM catalog_category g WHERE g.company_id = %(company)s::bigint AND g.code = c)
UNION ALL SELECT 'products', c FROM unnest(%(products)s::text[]) c WHERE NOT EXISTS (SELECT 1 FROM catalog_product p
  WHERE p.company_id = %(company)s::bigint AND p.code = c)
"""
_INSERT = """
INSERT INTO inventory_stockcount (company_id, number, state, version, created_by_id, warehouse_id, reason, blind, scope)
SELECT %(company)s::bigint, 'SC-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'draft', 1, %(user)s::bigint,
 %(warehouse)s::bigint, %(reason)s::text, %(blind)s::boolean, %(scope)s::jsonb
FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number
"""
_IN_SCOPE = """
WITH RECURSIVE categories AS (
 SELECT id FROM catalog_category WHERE company_id = %(company)s::bigint AND code = ANY(%(categories)s::text[])
 UNION SELECT c.id FROM catalog_category c JOIN categories g ON c.parent_id = g.id),
places AS (
 SELECT b.product_id, b.location_id, b.lot_id, b.on_hand, p.code AS product, l.code AS place, lot.code AS lot
 FROM inventory_balance b JOIN catalog_product p ON p.id = b.product_id JOIN catalog_location l ON l.id = b.location_id
 LEFT JOIN inventory_lot lot ON lot.id = b.lot_id
 WHERE b.company_id = %(company)s::bigint AND l.warehouse_id = %(warehouse)s::bigint AND b.on_hand <> 0
  AND (cardinality(%(bins)s::text[]) = 0 OR upper(l.code) LIKE ANY(%(patterns)s::text[]))
  AND (cardinality(%(categories)s::text[]) = 0 OR p.category_id IN (SELECT id FROM categories))
  AND (cardinality(%(products)s::text[]) = 0 OR p.code = ANY(%(products)s::text[])))
"""
_LIST = f"""{_IN_SCOPE}
INSERT INTO inventory_stockcountline (count_id, line_no, product_id, lot_id, location_id, expected, moved_since, round,
 added, is_open)
SELECT %(count)s::bigint, row_number() OVER (ORDER BY place, product, lot NULLS FIRST), product_id, lot_id, location_id,
 on_hand, 0, 1, false, %(open)s::boolean FROM places
"""
_TAKEN = f"""{_IN_SCOPE}
SELECT s.product, s.place, c.number FROM places s
JOIN inventory_stockcountline x ON x.is_open AND x.product_id = s.product_id AND x.location_id = s.location_id
 AND x.lot_id IS NOT DISTINCT FROM s.lot_id
JOIN inventory_stockcount c ON c.id = x.count_id
WHERE c.id <> %(count)s::bigint ORDER BY s.place, s.product LIMIT 1
"""
_PLACES = """
SELECT x.id, x.line_no, x.product_id, p.code, u.decimals, x.lot_id, coalesce(lot.code, ''), x.location_id, l.code,
 x.expected, x.counted
FROM inventory_stockcountline x JOIN catalog_product p ON p.id = x.product_id JOIN catalog_unit u ON u.id = p.unit_id
JOIN catalog_location l ON l.id = x.location_id LEFT JOIN inventory_lot lot ON lot.id = x.lot_id
WHERE x.count_id = %(count)s::bigint AND {condition} ORDER BY x.line_no
"""
_REFRESH = """
UPDATE inventory_stockcountline x SET counted = s.total, counted_by_id = %(user)s::bigint, counted_at = now(),
 expected = coalesce((SELECT b.on_hand FROM inventory_balance b WHERE b.product_id = x.product_id
  AND b.location_id = x.location_id AND b.lot_id IS NOT DISTINCT FROM x.lot_id), 0)
FROM (SELECT sum(e.quantity) AS total FROM inventory_stockcountentry e
 JOIN inventory_stockcountline y ON y.id = e.line_id AND y.round = e.round
 WHERE e.line_id = %(line)s::bigint AND NOT e.undone AND e.id >= coalesce((SELECT max(t.id)
  FROM inventory_stockcountentry t WHERE t.line_id = e.line_id AND t.round = e.round AND t.is_total
  AND NOT t.undone), 0)) s
WHERE x.id = %(line)s::bigint RETURNING x.counted
"""
_ADD = """
INSERT INTO inventory_stockcountline (count_id, line_no, product_id, lot_id, location_id, expected, moved_since, round,
 added, is_open)
SELECT %(count)s::bigint, coalesce(max(x.line_no), 0) + 1, %(product)s::bigint, %(lot)s::bigint, %(place)s::bigint, 0,
 0, 1, true, true FROM inventory_stockcountline x WHERE x.count_id = %(count)s::bigint RETURNING line_no
"""
_ENTRY = """
INSERT INTO inventory_stockcountentry (line_id, round, quantity, is_total, undone, user_id)
SELECT x.id, x.round, %s::numeric, %s::boolean, false, %s::bigint
FROM inventory_stockcountline x WHERE x.id = %s::bigint
RETURNING id
"""
_SETTLE = """
UPDATE inventory_stockcountline x SET is_open = false, moved_since = CASE WHEN x.counted IS NULL THEN 0 ELSE
 coalesce((SELECT b.on_hand FROM inventory_balance b WHERE b.product_id = x.product_id
  AND b.location_id = x.location_id AND b.lot_id IS NOT DISTINCT FROM x.lot_id), 0) - x.counted END
WHERE x.count_id = %s::bigint
"""
_ZERO = """
UPDATE inventory_stockcountline x SET counted = 0, counted_by_id = %s::bigint, counted_at = now(),
 expected = coalesce((SELECT b.on_hand FROM inventory_balance b WHERE b.product_id = x.product_id
  AND b.location_id = x.location_id AND b.lot_id IS NOT DISTINCT FROM x.lot_id), 0)
WHERE x.count_id = %s::bigint AND x.counted IS NULL
"""


def _scope(actor: Actor, warehouse_id: int, scope: ScopeIn) -> dict[str, object]:
    return {
        "company": actor.company_id,
        "warehouse": warehouse_id,
        **scope.as_dict(),
        "patterns": [like(code) for code in scope.bins],
    }


@step
def check_scope(actor: Actor, warehouse_id: int, scope: ScopeIn) -> None:
    """Invalid names every code of the scope that is unknown."""
    unknown: dict[str, list[str]] = {}
    for field, code in db.rows(_UNKNOWN, _scope(actor, warehouse_id, scope)):
        unknown.setdefault(field, []).append(code)
    if unknown:
        text = _("编码 %(code)s 不存在。")
        raise Invalid({field: text % {"code": "、".join(codes)} for field, codes in unknown.items()})


@step
def insert_count(actor: Actor, warehouse_id: int, scope: ScopeIn, blind: bool, reason: str) -> Subject:
    """Write the header of a count."""
    row = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, StockCount.PREFIX),
            "warehouse": warehouse_id,
            "reason": reason,
            "blind": blind,
            "scope": json.dumps(scope.as_dict()),
        },
    )
    assert row is not None
    return Subject(StockCount.KIND, row[0], row[1])


@step
def build_list(actor: Actor, count_id: int, warehouse_id: int, scope: ScopeIn, start: bool) -> int:
    """Write the list anew from the balances; the number of its lines. ``start`` keeps its places from other counts."""
    params = {**_scope(actor, warehouse_id, scope), "count": count_id, "open": start}
    if start and (taken := db.row(_TAKEN, params)):
        raise PlaceInOtherCount(product=taken[0], place=taken[1], count=taken[2])
    db.execute("DELETE FROM inventory_stockcountline WHERE count_id = %s", [count_id])
    try:
        return db.execute(_LIST, params)
    except IntegrityError as error:
        raise _taken(error, _("清单中的产品"), "") from error


@step
def add_place(count_id: int, product_id: int, product: str, lot_id: int | None, place_id: int, place: str) -> int:
    """Add a place that the list did not know; its line number. PlaceInOtherCount when another count runs there."""
    try:
        row = db.row(_ADD, {"count": count_id, "product": product_id, "lot": lot_id, "place": place_id})
    except IntegrityError as error:
        raise _taken(error, product, place) from error
    assert row is not None
    return int(row[0])


def _taken(error: IntegrityError, product: str, place: str) -> Exception:
    if "place_in_one_running_count" in str(error):
        return PlaceInOtherCount(product=product, place=place, count=_("另一张盘点单"))
    return error


@step
def line_numbered(count_id: int, line_no: int) -> Place | None:
    """A line by its number."""
    found = db.row(_PLACES.format(condition="x.line_no = %(line)s"), {"count": count_id, "line": line_no})
    return Place(*found) if found else None


@step
def lines_matching(count_id: int, product: str, bin_code: str, lot: str) -> list[Place]:
    """The lines of a product, at a bin and of a lot if those are given."""
    condition = (
        "p.code = %(product)s AND (%(bin)s::text = '' OR upper(l.code) = upper(%(bin)s))"
        " AND (%(lot)s::text = '' OR lot.code = %(lot)s)"
    )
    params = {"count": count_id, "product": product, "bin": bin_code, "lot": lot}
    return [Place(*row) for row in db.rows(_PLACES.format(condition=condition), params)]


@step
def differences(count_id: int) -> list[Place]:
    """The counted lines that differ from what was expected."""
    condition = "x.counted IS NOT NULL AND x.counted <> x.expected"
    return [Place(*row) for row in db.rows(_PLACES.format(condition=condition), {"count": count_id})]


@step
def enter(actor: Actor, line_id: int, quantity: Decimal, is_total: bool) -> tuple[int, Decimal]:
    """Write an entry; its id and what is counted now. What is expected becomes the balance of this moment."""
    row = db.row(_ENTRY, [quantity, is_total, actor.user_id, line_id])
    assert row is not None
    return int(row[0]), refresh(actor, line_id) or Decimal(0)


@step
def refresh(actor: Actor, line_id: int) -> Decimal | None:
    """Count a line's entries again; None when none is left."""
    row = db.row(_REFRESH, {"line": line_id, "user": actor.user_id})
    assert row is not None
    return row[0] if row[0] is None else Decimal(row[0])


@step
def count_rest_as_zero(actor: Actor, count_id: int) -> int:
    """Lines that nobody counted are empty; how many."""
    return db.execute(_ZERO, [actor.user_id, count_id])


@step
def settle(count_id: int) -> None:
    """After posting: note what moved between counting and posting, and free the places for other counts."""
    db.execute(_SETTLE, [count_id])


@step
def keep_worth(count_id: int, worth: Mapping[int, Decimal]) -> None:
    """Write down what the goods are worth today: later prices do not change what was posted."""
    if worth:
        db.execute(
            "UPDATE inventory_stockcountline x SET unit_value = w.value"
            " FROM unnest(%s::bigint[], %s::numeric[]) w(product_id, value)"
            " WHERE x.count_id = %s::bigint AND x.product_id = w.product_id",
            [list(worth), list(worth.values()), count_id],
        )


@step
def release(count_id: int) -> None:
    """Free the places of a cancelled count for other counts."""
    db.execute("UPDATE inventory_stockcountline SET is_open = false WHERE count_id = %s AND is_open", [count_id])


@step
def recount(count_id: int, line_nos: Sequence[int]) -> list[int]:
    """Ask for lines to be counted again; the line numbers that exist."""
    found = db.rows(
        "UPDATE inventory_stockcountline SET previous = counted, counted = NULL, counted_by_id = NULL,"
        " counted_at = NULL, round = round + 1 WHERE count_id = %s AND line_no = ANY(%s::int[]) RETURNING line_no",
        [count_id, list(line_nos)],
    )
    return sorted(line_no for (line_no,) in found)
