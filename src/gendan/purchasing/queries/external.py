"""What an import already brought in, by the keys that it gave: one statement per kind for any number of keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gendan.kernel import db
from gendan.kernel.actor import Actor

VIEW = "purchasing.view"


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that exists: its number, whether the supplier has answered, its line numbers by external key."""

    number: str
    answered: bool
    lines: Mapping[str, int]


def orders_by_key(actor: Actor, keys: Sequence[str]) -> dict[str, KnownOrder]:
    """Orders by external key."""
    actor.must(VIEW)
    found = db.rows(
        "SELECT o.external_key, o.number, bool_or(l.promise_revision > 0),"
        " array_agg(l.external_key ORDER BY l.line_no), array_agg(l.line_no ORDER BY l.line_no)"
        " FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id"
        " WHERE o.company_id = %s AND o.external_key = ANY(%s::text[]) GROUP BY o.id",
        [actor.company_id, list(keys)],
    )
    return {
        key: KnownOrder(number, answered, {k: n for k, n in zip(lines, numbers, strict=True) if k})
        for key, number, answered, lines, numbers in found
    }


@dataclass(frozen=True, slots=True)
class KnownDelivery:
    """A shipment or a receipt that exists: its number, its lines as (key of the order, key of the line)."""

    number: str
    lines: frozenset[tuple[str | None, str | None]]


def shipments_by_key(actor: Actor, keys: Sequence[str]) -> dict[str, KnownDelivery]:
    """Shipments by external key."""
    return _deliveries(actor, "purchasing_shipment", "purchasing_shipmentline", "shipment_id", keys)


def receipts_by_key(actor: Actor, keys: Sequence[str]) -> dict[str, KnownDelivery]:
    """Receipts by external key."""
    return _deliveries(actor, "purchasing_goodsreceipt", "purchasing_receiptline", "receipt_id", keys)


def _deliveries(actor: Actor, table: str, lines: str, parent: str, keys: Sequence[str]) -> dict[str, KnownDelivery]:
    actor.must(VIEW)
    found = db.rows(
        "SELECT d.external_key, d.number, array_agg(o.external_key ORDER BY x.id),"
        " array_agg(l.external_key ORDER BY x.id)"
        f" FROM {table} d LEFT JOIN {lines} x ON x.{parent} = d.id LEFT JOIN purchasing_orderline l"
        " ON l.id = x.order_line_id LEFT JOIN purchasing_purchaseorder o ON o.id = l.order_id"
        " WHERE d.company_id = %s AND d.external_key = ANY(%s::text[]) GROUP BY d.id",
        [actor.company_id, list(keys)],
    )
    return {
        key: KnownDelivery(number, frozenset(zip(orders, order_lines, strict=True)))
        for key, number, orders, order_lines in found
    }
