"""Arrivals of the demonstration company: what is announced for the next days, docks and who comes to them, freight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gendan.kernel.actor import Actor
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.shipments import ParcelIn, ShipIn
from gendan.transport import commands
from gendan.transport.queries.arrivals import arrivals
from gendan.transport.queries.freight import freight_of

if TYPE_CHECKING:
    from gendan.integrations.demo import Real

COMING = (("DHL", 1), ("", 3), ("中远海运", 9))  # what is announced: its carrier, and in how many days it comes
PLACES = (time(9), time(10), time(14), time(9))  # that the first of them take, on the day when they are expected
SHIFT = (time(8), time(17))
WAREHOUSES = 4  # that get docks
BILL = Decimal("1860.50")


def tell(people: Mapping[str, Actor], today: date, real: Sequence[Real]) -> None:
    """Three more shipments are announced, most have a place at a dock, two have bills of their carriers."""
    for order, (carrier, days) in zip(real, COMING, strict=False):
        _announce(people, order, carrier, today + timedelta(days=days))
    shown = arrivals(people["storemanager"])
    docks = _docks(people["storemanager"], shown)
    under_way = [row for row in shown if row["state"] in {"announced", "in_transit"} and row["warehouse"] in docks]
    for row, at in zip(under_way, PLACES, strict=False):
        on = max(row["expected_on"] or today, today + timedelta(days=1))
        dock = docks[row["warehouse"]]
        commands.book_dock(actor=people["keeper"], number=row["number"], dock=dock, on=on, at=at, note="示例")
    _freight(people["buyer"], [row for row in shown if row["state"] in {"in_transit", "arrived"}])


def _announce(people: Mapping[str, Actor], real: Real, carrier: str, day: date) -> None:
    """What was once ordered, ordered again, promised for the day, and announced by its supplier: a pallet and a box."""
    buyer = people["buyer"]
    lines = [
        LineIn(product, quantity, price, unit, day)
        for product, quantity, price, unit in zip(real.products, real.quantities, real.prices, real.units, strict=True)
    ]
    order = purchasing.create_order(
        actor=people["manager"],
        supplier=real.supplier,
        warehouse=real.warehouse,
        currency=real.currency,
        lines=lines,
        submit=True,
    )
    if order.state == "pending_approval":
        purchasing.approve_order(actor=people["admin"], number=order.number)
    promised = [ConfirmIn(n, quantity, day) for n, quantity in enumerate(real.quantities, 1)]
    purchasing.confirm_order(actor=buyer, number=order.number, lines=promised)
    sent = [ShipIn(n, quantity, order.number) for n, quantity in enumerate(real.quantities, 1)]
    purchasing.create_shipment(
        actor=buyer, lines=sent, parcels=_packed(real.quantities), carrier=carrier, expected_on=day, note="示例"
    )


def _packed(quantities: Sequence[Decimal]) -> list[ParcelIn]:
    """Half of the first line in a box of its own, everything else on a pallet."""
    half = (quantities[0] / 2).to_integral_value()
    rest = [(n, quantity) for n, quantity in enumerate(quantities) if n]
    box = [ParcelIn("parcel", ((0, half),))] if half else []
    return [ParcelIn("pallet", ((0, quantities[0] - half), *rest)), *box]


def _docks(manager: Actor, shown: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Docks of the warehouses that something comes to; the first of each."""
    found: dict[str, str] = {}
    names = list(dict.fromkeys(row["warehouse"] for row in shown))[:WAREHOUSES]
    opens, closes = SHIFT
    for n, warehouse in enumerate(names):
        for k, (name, capacity, weekdays) in enumerate((("大货", 2, "1234567"), ("快递", 1, "12345")), 1):
            code = f"D{n * 2 + k}"
            commands.save_dock(
                actor=manager, code=code, warehouse=warehouse, name=f"{code} {name}", capacity=capacity, opens=opens,
                closes=closes, weekdays=weekdays,
            )  # fmt: skip
            found.setdefault(warehouse, code)
    return found


def _freight(buyer: Actor, shown: Sequence[Mapping[str, Any]]) -> None:
    """One bill by value, one by weight."""
    for n, row in enumerate(shown[:2], 1):
        found = freight_of(buyer, row["id"])
        assert found is not None
        weights = {line["line_no"]: Decimal(120 + 35 * line["line_no"]) for line in found["lines"]}
        commands.save_freight(
            actor=buyer, number=row["number"], amount=BILL * n, currency=found["currency"],
            basis=("value", "weight")[n - 1], carrier=row["carrier"], bill_number=f"FR-2026-{n:03d}", weights=weights,
        )  # fmt: skip
