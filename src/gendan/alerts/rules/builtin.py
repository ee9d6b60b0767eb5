"""The rules that every company has until it decides otherwise.

How each finds: queries/finders/; its words: queries/texts.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from gendan.alerts.rules.rule import Rule, Word, days

BUYING, SELLING = "purchasing.view_price", "sales.view_price"
BUYER = (Word("buyer"), Word("role", "purchasing_manager"))
SELLER = (Word("seller"), Word("role", "sales_manager"))
KEEPER = (Word("keeper"), Word("role", "warehouse_manager"))

_PURCHASING = (
    Rule(
        "late_confirmation",
        "po",
        BUYING,
        "medium",
        BUYER,
        (days("days", 2),),
        ("urge_supplier", "next_supplier", "record_confirmation"),
    ),
    Rule(
        "late_shipment",
        "po",
        BUYING,
        "medium",
        BUYER,
        (days("ahead", 2, 90), days("transit", 0, 90)),
        ("urge_supplier", "move_date", "next_supplier", "transfer_stock", "split", "change_order"),
    ),
    Rule(
        "overdue_receipt",
        "po",
        BUYING,
        "high",
        BUYER,
        (days("days", 0),),
        ("urge_supplier", "move_date", "next_supplier", "transfer_stock", "split", "close_short", "change_order"),
        step=3,
    ),
)
_SALES = (
    Rule(
        "sales_not_shipped",
        "so",
        SELLING,
        "high",
        SELLER,
        (days("days", 0),),
        ("deliver", "transfer_stock", "move_promise", "split", "release_reservation", "change_order"),
        answer_hours=Decimal(4),
        step=3,
        area="sales",
    ),
)

BUILTIN: Mapping[str, Rule] = {rule.code: rule for rule in (*_PURCHASING, *_SALES)}
