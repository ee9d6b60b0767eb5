"""What an import already brought in, by the keys that it gave: one statement per kind for any number of keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.sales.permissions import VIEW


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order that exists: its number, the external keys of its lines."""

    number: str
    lines: frozenset[str]


def orders_by_key(actor: Actor, keys: Sequence[str]) -> dict[str, KnownOrder]:
    """Orders by external key."""
    actor.must(VIEW)
    found = db.rows(
        "SELECT o.external_key, o.number, array_agg(l.external_key)"
        " FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id"
        " WHERE o.company_id = %s::bigint AND o.external_key = ANY(%s::text[]) GROUP BY o.id",
        [actor.company_id, list(keys)],
    )
    return {key: KnownOrder(number, frozenset(line for line in lines if line)) for key, number, lines in found}


def deliveries_by_key(actor: Actor, keys: Sequence[str]) -> dict[str, frozenset[tuple[str | None, str | None]]]:
    """The lines of deliveries by external key, each as (key of its order, key of the line)."""
    actor.must(VIEW)
    found = db.rows(
        "SELECT d.external_key, array_agg(o.external_key ORDER BY dl.id), array_agg(l.external_key ORDER BY dl.id)"
        " FROM sales_delivery d JOIN sales_deliveryline dl ON dl.delivery_id = d.id"
        " JOIN sales_salesline l ON l.id = dl.order_line_id JOIN sales_salesorder o ON o.id = l.order_id"
        " WHERE d.company_id = %s::bigint AND d.external_key = ANY(%s::text[]) GROUP BY d.id",
        [actor.company_id, list(keys)],
    )
    return {key: frozenset(zip(orders, lines, strict=True)) for key, orders, lines in found}
