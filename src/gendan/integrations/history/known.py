"""What of a history exists already. A shipment or receipt is known by its number and its order: numbers come again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gendan.integrations.history.group import HistoryOrder, HistoryReceipt, HistoryShipment
from gendan.integrations.history.records import HistoryLine
from gendan.kernel.actor import Actor
from gendan.purchasing.queries.external import (
    KnownDelivery,
    KnownOrder,
    orders_by_key,
    receipts_by_key,
    shipments_by_key,
)


@dataclass(frozen=True, slots=True)
class Context:
    """For whom the orders are written, and what the history's codes are called here."""

    actor: Actor
    source: str
    partners: dict[str, str]
    products: dict[str, str]
    settled: bool = False

    def key(self, key: str) -> str:
        """The external key of something that the history calls ``key``."""
        return f"{self.source}:{key}"


@dataclass(slots=True)
class Known:
    """What of some orders exists already, by external key."""

    context: Context
    orders: dict[str, KnownOrder]
    shipments: dict[str, KnownDelivery]
    receipts: dict[str, KnownDelivery]

    @classmethod
    def of(cls, context: Context, orders: Sequence[HistoryOrder]) -> Known:
        """Three statements for any number of orders."""
        pairs = [(order, shipment) for order in orders for shipment in order.shipments]
        sent = {key for pair in pairs for key in _names(*pair)}
        came = {key for pair in pairs for receipt in pair[1].receipts for key in _receipt_names(*pair, receipt)}
        return cls(
            context,
            orders_by_key(context.actor, [context.key(order.key) for order in orders]),
            shipments_by_key(context.actor, [context.key(key) for key in sent]),
            receipts_by_key(context.actor, [context.key(key) for key in came]),
        )

    def pair(self, order: HistoryOrder, line: HistoryLine) -> tuple[str, str]:
        """By what a shipment or a receipt knows a line."""
        return self.context.key(order.key), self.context.key(line.line_id)

    def shipment(self, order: HistoryOrder, shipment: HistoryShipment) -> KnownDelivery | None:
        """A shipment of this order; one of the same number for other orders is another."""
        own = self.context.key(order.key)
        for name in _names(order, shipment):
            found = self.shipments.get(self.context.key(name))
            if found and any(key == own for key, _line in found.lines):
                return found
        return None

    def received(
        self, order: HistoryOrder, shipment: HistoryShipment, receipt: HistoryReceipt
    ) -> frozenset[tuple[str | None, str | None]]:
        """The lines that receipts of a shipment have."""
        names = _receipt_names(order, shipment, receipt)
        found = [self.receipts.get(self.context.key(name)) for name in names]
        return frozenset(pair for one in found if one for pair in one.lines)

    def is_complete(self, order: HistoryOrder) -> bool:
        """Whether nothing of an order is left to write."""
        known = self.orders.get(self.context.key(order.key))
        return (
            known is not None
            and (known.answered or not any(line.promised_on for line in order.lines))
            and all(self.context.key(line.line_id) in known.lines for line in order.lines)
            and all(self._is_there(order, shipment) for shipment in order.shipments)
        )

    def _is_there(self, order: HistoryOrder, shipment: HistoryShipment) -> bool:
        found = self.shipment(order, shipment)
        return (
            found is not None
            and all(self.pair(order, order.lines[p]) in found.lines for p in shipment.lines)
            and all(
                self.pair(order, order.lines[p]) in self.received(order, shipment, receipt)
                for receipt in shipment.receipts
                for p in receipt.lines
            )
        )


def _names(order: HistoryOrder, shipment: HistoryShipment) -> list[str]:
    """Under which names a shipment may have come; ``key`` is how earlier versions called it."""
    return [shipment.base, f"{shipment.base}@{order.key}", shipment.key]


def _receipt_names(order: HistoryOrder, shipment: HistoryShipment, receipt: HistoryReceipt) -> list[str]:
    names = _names(order, shipment)
    return [*names, receipt.key, *(f"{name}/{receipt.delivered_on}" for name in names)]
