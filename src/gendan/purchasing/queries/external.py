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


def shipments_by_key(actor: Actor, keys: Sequence[str]) -> dict[str, str]:
    """Numbers of shipments by external key."""
    return _numbers(actor, "purchasing_shipment", keys)


def receipts_by_key(actor: Actor, keys: Sequence[str]) -> dict[str, str]:
    """Numbers of receipts by external key."""
    return _numbers(actor, "purchasing_goodsreceipt", keys)


def _numbers(actor: Actor, table: str, keys: Sequence[str]) -> dict[str, str]:
    actor.must(VIEW)
    found = db.rows(
        f"SELECT external_key, number FROM {table} WHERE company_id = %s AND external_key = ANY(%s::text[])",
        [actor.company_id, list(keys)],
    )
    return dict(found)
