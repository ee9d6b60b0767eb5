"""Pickers and scanners: a product or partner from a few typed characters, with what helps to choose."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from gendan.catalog.queries.lists import VIEW, VIEW_PRICE, VIEW_SALES_PRICE, words_shown
from gendan.catalog.queries.prices import OFFERS
from gendan.catalog.queries.sales_prices import sales_prices
from gendan.kernel import codes, db, fields, scope
from gendan.kernel.actor import Actor
from gendan.kernel.search import search_query
from gendan.kernel.values import is_clean

# What contexts above know about products: (actor, product ids) -> product id -> figures, e.g. {"on_hand": Decimal}.
FACTS: list[Callable[[Actor, list[int]], dict[int, dict[str, Any]]]] = []
LIMIT = 20

# A code or barcode is found however many others match; of those, the first that the index yields suffice.
_TYPED = """
WITH hits AS (
    SELECT p.id, true AS exact FROM catalog_product p
    WHERE p.company_id = %(company)s AND p.is_active
      AND upper(p.code) IN (upper(%(typed)s::text), upper(%(plain)s::text))
    UNION ALL
    SELECT b.product_id, true FROM catalog_barcode b JOIN catalog_product p ON p.id = b.product_id AND p.is_active
    WHERE b.company_id = %(company)s AND upper(b.code) IN (upper(%(typed)s::text), upper(%(plain)s::text))
    UNION ALL
    (SELECT p.id, false FROM catalog_product p
     WHERE p.company_id = %(company)s AND p.is_active AND p.search @@ %(q)s::tsquery LIMIT 500)
), best AS (SELECT id, bool_or(exact) AS exact, '' AS asked FROM hits GROUP BY id)
"""
_NOTHING_TYPED = """
WITH hits AS (
    (SELECT sp.product_id AS id FROM catalog_supplierprice sp
     JOIN catalog_product p ON p.id = sp.product_id AND p.is_active
     WHERE sp.company_id = %(company)s AND sp.partner_id = %(supplier)s::bigint LIMIT 500)
    UNION ALL
    (SELECT p.id FROM catalog_product p WHERE p.company_id = %(company)s AND p.is_active
     ORDER BY p.id DESC LIMIT %(limit)s)
), best AS (SELECT DISTINCT id, false AS exact, '' AS asked FROM hits)
"""
_CODES = """
WITH hits AS (
    SELECT p.id, a.asked, p.code <> a.asked AS otherwise, 0 AS rank
    FROM unnest(%(codes)s::text[], %(plain)s::text[]) AS a(asked, plain)
    JOIN catalog_product p ON p.company_id = %(company)s AND p.is_active AND upper(p.code) = upper(a.plain)
    UNION ALL
    SELECT b.product_id, a.asked, b.code <> a.asked, 1
    FROM unnest(%(codes)s::text[], %(plain)s::text[]) AS a(asked, plain)
    JOIN catalog_barcode b ON b.company_id = %(company)s AND upper(b.code) = upper(a.plain)
    JOIN catalog_product p ON p.id = b.product_id AND p.is_active
), best AS (SELECT DISTINCT ON (asked) id, true AS exact, asked FROM hits ORDER BY asked, otherwise, rank, id)
"""
_PRODUCTS = """
SELECT h.asked, p.id, p.code, p.name, p.specification, u.code AS unit, u.name AS unit_name, p.lot_tracked, p.inspect,
    p.unit_id,
    coalesce(x.code, '') AS tax, x.rate AS tax_rate,
    (SELECT coalesce(json_agg(json_build_object('unit', xu.code, 'name', xu.name, 'factor', pu.factor::text,
        'for_purchase', pu.for_purchase, 'for_sale', pu.for_sale, 'id', xu.id) ORDER BY xu.code), '[]')::text
     FROM catalog_productunit pu JOIN catalog_unit xu ON xu.id = pu.unit_id WHERE pu.product_id = p.id) AS units,
    o.price, o.currency, o.price_unit, o.from_quantity, o.minimum_quantity, o.pack_quantity, o.supplier_code,
    o.contract,
    coalesce(o.lead_time_days, %(lead)s::int) AS lead_time_days
FROM best h JOIN catalog_product p ON p.id = h.id{within} JOIN catalog_unit u ON u.id = p.unit_id
LEFT JOIN catalog_tax x ON x.id = p.tax_id
LEFT JOIN LATERAL (
    SELECT sp.price, sp.currency, su.code AS price_unit, sp.from_quantity, sp.minimum_quantity, sp.pack_quantity,
        sp.supplier_code, sp.lead_time_days, sp.contract
    FROM {offers} sp JOIN catalog_unit su ON su.id = sp.unit_id
    WHERE sp.company_id = %(company)s AND sp.product_id = p.id AND sp.partner_id = %(supplier)s::bigint
      AND (sp.valid_from IS NULL OR sp.valid_from <= %(today)s::date)
      AND (sp.valid_to IS NULL OR sp.valid_to >= %(today)s::date)
    ORDER BY sp.contract = '', sp.from_quantity, sp.valid_from DESC NULLS LAST LIMIT 1
) o ON true
ORDER BY h.exact DESC, (o.price IS NULL), p.sort_key, p.id LIMIT %(limit)s
"""


def plain(typed: str) -> str:
    """What somebody typed or scanned, in half width and without blanks around it; nothing where it cannot be."""
    return unicodedata.normalize("NFKC", typed).strip() if is_clean(typed) else ""


def unwrapped(typed: str) -> str:
    """The article's number out of a GS1 code that a scanner read, as EAN-13 where it is one; else what was typed."""
    read = codes.scanned(typed)
    return read.gtin.removeprefix("0") or read.own or typed


def find_products(actor: Actor, q: str, supplier: str = "", limit: int = LIMIT) -> list[dict[str, Any]]:
    """Active products for what was typed or scanned; whole codes and barcodes first, then what the supplier offers.

    Prices are shown to those who may see them. Contexts above add figures (stock on hand) through ``FACTS``.
    """
    q = unwrapped(q)
    typed = q.strip() if is_clean(q) else ""
    hits = _TYPED if typed else _NOTHING_TYPED
    return _found(actor, hits, {"typed": typed, "plain": plain(q), "q": search_query(typed)}, supplier, limit)


def add_sales_prices(actor: Actor, found: list[dict[str, Any]], customer: str = "", currency: str = "") -> None:
    """What one sales unit of each found product costs a customer (or by the list), for those who may see it.

    Rows get ``sale_unit`` and, where there is a price, ``sales_price``, ``sales_currency``, ``sales_discount`` and
    ``sales_source``. The currency is the one asked for, else the customer's, else the company's. Two statements.
    """
    for row in found:
        chosen = next((unit for unit in row["units"] if unit["for_sale"]), {"unit": row["unit"], "id": row["unit_id"]})
        row["sale_unit"], row["sale_unit_id"] = chosen["unit"], chosen["id"]
    if not found or not actor.may(VIEW_SALES_PRICE):
        return
    buyer = db.row(
        "SELECT p.id, coalesce(nullif(%s::text, ''), nullif(p.currency, ''), c.currency) FROM accounts_company c"
        " LEFT JOIN catalog_partner p ON p.company_id = c.id AND p.code = %s::text WHERE c.id = %s",
        [currency, customer if is_clean(customer) else "", actor.company_id],
    )
    customer_id, money = buyer or (None, currency)
    lines = [(n, row["id"], row["sale_unit_id"], Decimal(1)) for n, row in enumerate(found)]
    for n, offer in sales_prices(actor.company_id, customer_id, money, actor.today(), lines).items():
        found[n] |= {
            "sales_price": offer.price,
            "sales_currency": money,
            "sales_discount": offer.discount,
            "sales_source": offer.source,
        }


def find_products_by_codes(actor: Actor, asked: list[str], supplier: str = "") -> list[dict[str, Any]]:
    """Active products by whole codes or barcodes in any case and width; ``asked`` is the code that led to each."""
    wanted = [code.strip() for code in asked if is_clean(code)]
    spelt = [(code, spelling) for code in wanted for spelling in {code, plain(unwrapped(code))}]
    params = {"codes": [code for code, _ in spelt], "plain": [spelling for _, spelling in spelt]}
    return _found(actor, _CODES, params, supplier, len(wanted))


def _found(actor: Actor, hits: str, params: dict[str, Any], supplier: str, limit: int) -> list[dict[str, Any]]:
    actor.must(VIEW)
    partner = db.row(
        "SELECT p.id, p.lead_time_days FROM catalog_partner p WHERE p.company_id = %s AND p.code = %s"
        f"{scope.also(actor, 'partners', 'p')}",
        [actor.company_id, supplier if is_clean(supplier) else ""],
    )
    given = {"supplier": partner[0] if partner else None, "lead": partner[1] if partner else None}
    shared = {"company": actor.company_id, "limit": limit, "today": actor.today()}
    within = scope.also(actor, "products", "p")
    if within:  # cut after, not before what is hidden was left out
        hits = hits.replace("p.is_active", "p.is_active" + within)
    found = db.dicts(hits + _PRODUCTS.format(within=within, offers=OFFERS), shared | given | params)
    facts: dict[int, dict[str, Any]] = {}
    for provide in FACTS:
        for product_id, figures in provide(actor, [row["id"] for row in found]).items():
            facts.setdefault(product_id, {}).update(figures)
    for row in found:
        row["units"] = [{**u, "factor": Decimal(u["factor"])} for u in json.loads(row["units"])]
        if not actor.may(VIEW_PRICE):
            row["price"] = None
        row.update(facts.get(row["id"], {}))
    return found


def find_partners(actor: Actor, q: str, role: str = "", limit: int = LIMIT) -> list[dict[str, Any]]:
    """Active suppliers, customers or both for what was typed; an exact code first."""
    actor.must(VIEW)
    query = search_query(q)
    where = ["p.company_id = %(company)s", "p.is_active", *scope.conditions(actor, "partners", "p")]
    if query:
        where.append(f"p.search @@ %(q)s::tsquery{words_shown(actor, 'p', 'like')}")
    if role in {"supplier", "customer"}:
        where.append(f"p.is_{role}")
    found = db.dicts(
        "SELECT p.id, p.code, p.name, p.short_name, p.is_supplier, p.is_customer, p.currency, p.payment_terms,"
        " p.lead_time_days, p.country, coalesce(c.code, '') AS customer_class, coalesce(c.name, '') AS"
        " customer_class_name, coalesce(u.username, '') AS salesperson FROM catalog_partner p"
        " LEFT JOIN catalog_customerclass c ON c.id = p.customer_class_id"
        f" LEFT JOIN accounts_user u ON u.id = p.salesperson_id WHERE {' AND '.join(where)}"
        " ORDER BY (upper(p.code) = upper(%(typed)s::text)) DESC, p.sort_key, p.id LIMIT %(limit)s",
        {"company": actor.company_id, "q": query, "typed": plain(q), "limit": limit, "like": f"%{plain(q)}%"},
    )
    return fields.mask_of(actor, "partner", found)


def find_bins(actor: Actor, warehouse: str, q: str = "", limit: int = LIMIT) -> list[dict[str, Any]]:
    """Active bins of a warehouse whose code begins with what was typed."""
    actor.must(VIEW)
    typed = (q if is_clean(q) else "").strip().upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return db.dicts(
        "SELECT l.id, l.code, l.name, l.kind FROM catalog_location l JOIN catalog_warehouse w ON w.id = l.warehouse_id"
        " WHERE l.company_id = %s AND w.code = %s AND l.is_active AND upper(l.code) LIKE %s"
        f"{scope.also(actor, 'warehouses', 'w')} ORDER BY l.code LIMIT %s",
        [actor.company_id, warehouse, f"{typed}%", limit],
    )


def product_by_barcode(actor: Actor, barcode: str) -> dict[str, Any] | None:
    """The product and unit that a scanned or typed code stands for; a product's own code counts, too.

    Codes are found in any case and width; of two that differ in nothing else the one as it was typed.
    """
    barcode = unwrapped(barcode)
    typed = barcode.strip() if is_clean(barcode) else ""
    found = db.dicts(
        "SELECT p.id, p.code, p.name, p.specification, p.lot_tracked, p.unit_id AS stock_unit_id,"
        " coalesce(b.unit_id, p.unit_id) AS unit_id, u.code AS unit,"
        " coalesce((SELECT pu.factor FROM catalog_productunit pu WHERE pu.product_id = p.id"
        "  AND pu.unit_id = b.unit_id), 1) AS factor"
        " FROM (SELECT product_id, unit_id, 0 AS rank, code FROM catalog_barcode"
        "  WHERE company_id = %(company)s AND upper(code) IN (upper(%(typed)s::text), upper(%(plain)s::text))"
        "  UNION ALL SELECT id, NULL, 1, code FROM catalog_product"
        "  WHERE company_id = %(company)s AND upper(code) IN (upper(%(typed)s::text), upper(%(plain)s::text))) b"
        " JOIN catalog_product p ON p.id = b.product_id JOIN catalog_unit u ON u.id = coalesce(b.unit_id, p.unit_id)"
        f"{scope.also(actor, 'products', 'p')}"
        " ORDER BY b.code <> %(typed)s, b.rank, p.id LIMIT 1",
        {"company": actor.company_id, "typed": typed, "plain": plain(typed)},
    )
    return found[0] if found else None
