"""What helps a sales line whose supply slips: stock and supply that nobody needs, another warehouse, what a less urgent
order of somebody else holds, and a word to the customer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import figure
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.impact import Offer
from gendan.sales.queries.atp import promisable
from gendan.sales.rules.atp import STOCK, Shelf
from gendan.sales.rules.impact import Found

MOVE = "sales.move_reservation"
POOL = 100  # lines of a product that leave last
LEAST = 3  # offers of one kind: a choice, not a list
_ELSEWHERE = """
SELECT b.product_id, w.id, w.code, w.name, sum(b.on_hand - b.reserved) FROM inventory_balance b
JOIN catalog_location l ON l.id = b.location_id AND l.kind = 'bin' AND l.is_active
JOIN catalog_warehouse w ON w.id = l.warehouse_id
WHERE b.company_id = %(company)s::bigint AND b.product_id = ANY(%(products)s::bigint[]) AND b.on_hand > b.reserved
GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC
"""
# Stock that lines of other customers hold, least urgent first, behind the line that is hit. Only the lines that leave
# last are ranked: with thousands of them, ranking all took a second.
_HELD = """
WITH hit AS (SELECT id, product_id, warehouse_id, customer_id FROM sales_salesline WHERE id = ANY(%(lines)s::bigint[])),
pool AS (
 SELECT id FROM hit UNION
 SELECT last.id FROM (SELECT DISTINCT product_id, warehouse_id FROM hit) h
 CROSS JOIN LATERAL (SELECT l.id FROM sales_salesline l WHERE l.company_id = %(company)s::bigint
  AND l.product_id = h.product_id AND l.warehouse_id = h.warehouse_id AND l.is_open AND l.reserved > 0
  ORDER BY l.due_on DESC NULLS FIRST LIMIT {pool}) last),
r AS MATERIALIZED (
 SELECT l.id, l.product_id, l.warehouse_id, l.customer_id, o.number, l.line_no, c.name, l.due_on,
  row_number() OVER (ORDER BY {rank}) AS place,
  (SELECT sum(p.quantity - p.hard) FROM sales_peg p WHERE p.line_id = l.id AND p.balance_id IS NOT NULL
   AND NOT p.moved_by_hand) AS soft
 FROM pool JOIN sales_salesline l ON l.id = pool.id JOIN sales_salesorder o ON o.id = l.order_id
 JOIN catalog_partner c ON c.id = o.customer_id LEFT JOIN catalog_customerclass k ON k.id = c.customer_class_id)
SELECT h.id, r.id, r.number, r.line_no, r.name, r.due_on, r.soft FROM r h
CROSS JOIN LATERAL (SELECT * FROM r WHERE r.product_id = h.product_id AND r.warehouse_id = h.warehouse_id
 AND r.customer_id <> h.customer_id AND r.place > h.place AND r.soft > 0 ORDER BY r.place DESC LIMIT {least}) r
WHERE h.id = ANY(%(lines)s::bigint[]) ORDER BY h.id, r.place DESC
"""


def offers_of(
    actor: Actor, found: Sequence[Found], changing: Collection[int], rank: str, company: str
) -> dict[int, list[Offer]]:
    """What helps each of the hits (by its place in the list); ``changing`` are the purchase lines that slip, ``rank``
    who is served first as SQL. Two exchanges.
    """
    lines = sorted({hit.waiting.line_id for hit in found})
    params = {
        "company": actor.company_id,
        "products": sorted({hit.waiting.product_id for hit in found}),
        "lines": lines,
    }
    there = promisable(actor, {(hit.waiting.warehouse_id, hit.waiting.product_id) for hit in found}, lines)
    elsewhere, held = db.batch([(_ELSEWHERE, params), (_HELD.format(rank=rank, least=LEAST, pool=POOL), params)])
    places: dict[int, list[db.Row]] = defaultdict(list)
    for product, *place in elsewhere:
        places[product].append(tuple(place))
    holders: dict[int, list[db.Row]] = defaultdict(list)
    for line, *holder in held:
        holders[line].append(tuple(holder))
    offers = {}
    for n, hit in enumerate(found):
        each = hit.waiting
        shelf = there.shelves[each.warehouse_id, each.product_id]
        offers[n] = [
            *_free(actor, hit, shelf, changing),
            *_moved(actor, hit, places[each.product_id]),
            *_taken(actor, hit, holders[each.line_id]),
            _letter(hit, company),
        ]
    return offers


def _page(name: str, *args: object) -> str:
    """An address, or nothing while there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _free(actor: Actor, hit: Found, shelf: Shelf, changing: Collection[int]) -> list[Offer]:
    """Stock here and earlier supply that nobody needs."""
    offers = []
    each = hit.waiting
    for supply in shelf.supplies:
        told = {"amount": figure(min(supply.quantity, hit.quantity), each.unit), "day": supply.on}
        if supply.kind == STOCK:
            text = _("本仓有现货 %(amount)s 可用") % told
            offers.append(Offer("stock", text, **_cover(actor, hit, "")))
        elif supply.id not in changing and (hit.after is None or supply.on < hit.after):
            text = _("%(number)s 有 %(amount)s 未被占用，%(day)s 可发") % (told | {"number": supply.number})
            offers.append(Offer("supply", text, **_cover(actor, hit, supply.number)))
    return offers[:LEAST]


def _cover(actor: Actor, hit: Found, purchase: str) -> dict[str, Any]:
    """The command that ties the line to other goods, for those who may; else the order's page."""
    each = hit.waiting
    if not actor.may(MOVE):
        return {"url": _page("sales:order_detail", each.order)}
    fields = {"number": each.order, "line": each.line, "purchase": purchase, "instead": each.source}
    return {"post": _page("sales:cover_line"), "fields": fields}


def _moved(actor: Actor, hit: Found, places: Sequence[db.Row]) -> list[Offer]:
    """Stock of other warehouses."""
    offers = []
    for id_, code, name, quantity in places:
        if id_ != hit.waiting.warehouse_id:
            amount = figure(min(quantity, hit.quantity), hit.waiting.unit)
            url = _page("inventory:transfer_new") if actor.may("inventory.create_transfer") else ""
            text = _("%(warehouse)s 有 %(amount)s 可调拨") % {"warehouse": f"{code} {name}", "amount": amount}
            offers.append(Offer("transfer", text, url))
    return offers[:LEAST]


def _taken(actor: Actor, hit: Found, holders: Sequence[db.Row]) -> list[Offer]:
    """What less urgent orders of other customers hold of stock."""
    offers = []
    for _id, number, line, customer, due_on, soft in holders:
        told = {
            "number": number,
            "line": line,
            "customer": customer,
            "amount": figure(min(soft, hit.quantity), hit.waiting.unit),
            "day": due_on or "–",
        }
        text = _("%(customer)s 的 %(number)s 第 %(line)s 行锁定了 %(amount)s，交期 %(day)s，可让出") % told
        url = _page("sales:order_detail", number)
        if not actor.may(MOVE):
            offers.append(Offer("take", text, url))
            continue
        each, post = hit.waiting, _page("sales:move_reservation")
        fields: dict[str, Any] = {"number": number, "line": line, "to_number": each.order, "to_line": each.line}
        fields["quantity"] = f"{min(soft, hit.quantity).normalize():f}"
        offers.append(Offer("take", text, url, post, fields))
    return offers


def _letter(hit: Found, company: str) -> Offer:
    """A mail to the customer, ready to be sent."""
    each = hit.waiting
    told = {
        "customer": each.customer_name,
        "order": each.order,
        "line": each.line,
        "product": f"{each.product} {each.product_name}",
        "amount": figure(hit.quantity, each.unit),
        "before": _day(each.expected_on or each.due_on),
        "after": _day(hit.after),
        "company": company,
    }
    subject = _("订单 %(order)s 的交期变化") % told
    if hit.after is None:
        text = (
            _(
                "%(customer)s：\n\n您的订单 %(order)s 第 %(line)s 行 %(product)s（%(amount)s）原定 %(before)s 发货，"
                "因供应商原因要推迟，新的日期我们会尽快告诉您。\n\n%(company)s"
            )
            % told
        )
    else:
        text = (
            _(
                "%(customer)s：\n\n您的订单 %(order)s 第 %(line)s 行 %(product)s（%(amount)s）原定 %(before)s 发货，"
                "因供应商交期变化，预计改为 %(after)s 发货。给您带来不便，敬请谅解。\n\n%(company)s"
            )
            % told
        )
    mail = f"mailto:{quote(each.email or '')}?subject={quote(subject)}&body={quote(text)}"
    return Offer("tell", _("通知客户"), mail, letter=text)


def _day(day: date | None) -> str:
    return day.isoformat() if day else _("未定")
