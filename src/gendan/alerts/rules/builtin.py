"""The rules that every company has until it decides otherwise.

How each finds: queries/finders/; its words: queries/texts.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from gendan.alerts.rules.rule import Rule, Word, days, hours, money, percent, times

SELLING, AUDIT = "sales.view_price", "kernel.audit"
BUYER = (Word("buyer"), Word("role", "purchasing_manager"))
SELLER = (Word("seller"), Word("role", "sales_manager"))
KEEPER = (Word("keeper"), Word("role", "warehouse_manager"))
ASKED = (Word("author"), Word("role", "management"))  # finders of approvals say who is asked
PAYER = (Word("role", "accountant"), Word("author"))
MANAGEMENT = (Word("role", "management"), Word("role", "auditor"))
_LATE = ("urge_supplier", "move_date", "next_supplier", "transfer_stock", "split")

_PURCHASING = (
    Rule(
        "late_confirmation", ("po",), "medium", BUYER, (days("days", 2),),
        ("urge_supplier", "record_confirmation", "next_supplier"),
    ),
    Rule(
        "late_shipment", ("po",), "medium", BUYER, (days("ahead", 2, 90), days("transit", 0, 90)),
        (*_LATE, "change_order"),
    ),
    Rule(
        "overdue_receipt", ("po",), "high", BUYER, (days("days", 0),), (*_LATE, "close_short", "change_order"), step=3
    ),
    Rule(
        "transit_stalled", ("asn",), "medium", BUYER, (days("days", 1), days("longest", 10, 365)),
        ("ask_carrier", "urge_supplier", "move_date", "transfer_stock"), step=3,
    ),
    Rule(
        "arrived_not_received", ("asn",), "medium", KEEPER, (days("days", 1),), ("receive_goods",), "warehouse",
        answer_hours=Decimal(4), step=3,
    ),
    Rule(
        "partial_stalled", ("po",), "medium", BUYER, (days("days", 7),),
        ("urge_supplier", "close_short", "next_supplier", "change_order"),
    ),
    Rule(
        "short_delivery", ("po",), "medium", BUYER, (percent("percent", 0, 100),),
        ("urge_supplier", "close_short", "accept_difference", "next_supplier"),
    ),
    Rule(
        "over_receipt", ("po",), "low", BUYER, (percent("percent", 0), days("window", 14, 365)),
        ("accept_difference", "return_goods"),
    ),
    Rule(
        "failed_inspection", ("product",), "high", BUYER, (),
        ("return_goods", "decide_rejects", "accept_difference", "urge_supplier"), step=3,
    ),
    Rule(
        "duplicate_receipt", ("gr",), "high", KEEPER, (days("days", 3, 60), days("window", 14, 365)),
        ("reverse_receipt", "accept_difference"), "warehouse", signal=True,
    ),
    Rule(
        "duplicate_order", ("po",), "medium", BUYER, (days("days", 14, 365), days("window", 45, 365)),
        ("cancel_order", "change_order", "move_date"), events=False, signal=True,
    ),
    Rule(
        "price_deviation", ("po",), "medium", (Word("role", "purchasing_manager"), Word("buyer")),
        (percent("percent", 10), percent("agreed", 1), days("window", 90)),
        ("change_order", "next_supplier", "accept_difference"), signal=True,
    ),
    Rule(
        "stage_slower", ("partner",), "low", BUYER,
        (percent("percent", 30), days("lately", 30, 365), times("lines", "5")), ("urge_supplier", "next_supplier"),
        sight="purchasing.view", daily=True, events=False, answer_hours=Decimal(40),
    ),
    Rule(
        "supplier_silent", ("po",), "medium", BUYER, (hours("hours", 24, 500),),
        ("urge_supplier", "record_confirmation", "next_supplier"), step=3,
    ),
    Rule(
        "inquiry_unanswered", ("inquiry",), "medium", BUYER, (days("ahead", 1, 30),), ("open_page",),
        sight="sourcing.view", step=3,
    ),
    Rule(
        "paper_expiring", ("partner",), "medium", BUYER, (days("ahead", 30, 365),), ("open_page",),
        sight="sourcing.view", step=30,
    ),
    Rule(
        "contract_ending", ("contract",), "medium", BUYER, (days("ahead", 30, 365), percent("percent", 80, 100)),
        ("open_page",), sight="sourcing.view", step=15,
    ),
    Rule(
        "action_overdue", ("car",), "high", BUYER, (days("days", 0, 90),), ("open_page",), sight="quality.view", step=3,
    ),
)  # fmt: skip
_STOCK = (
    Rule(
        "low_stock", ("product",), "medium", BUYER, (percent("percent", 100),),
        ("request_goods", "transfer_stock", "next_supplier"), "stock",
    ),
    Rule(
        "stock_out", ("product",), "high", BUYER, (days("ahead", 14, 365), days("lately", 60, 730)),
        ("request_goods", "urge_supplier", "transfer_stock", "next_supplier"), "stock", daily=True, events=False,
    ),
    Rule(
        "overstock", ("product",), "low", BUYER, (days("days", 180), days("lately", 90, 730)),
        ("transfer_stock", "change_order", "write_off"), "stock", daily=True, events=False, answer_hours=Decimal(40),
    ),
    Rule(
        "slow_mover", ("product",), "low", BUYER, (days("lately", 180, 1825),), ("transfer_stock", "write_off"),
        "stock", daily=True, events=False, answer_hours=Decimal(40),
    ),
    Rule(
        "expiring_lot", ("product",), "medium", KEEPER, (days("ahead", 30, 730),), ("transfer_stock", "write_off"),
        "stock",
    ),
)  # fmt: skip
_SALES = (
    Rule(
        "sales_not_shipped", ("so",), "high", SELLER, (days("days", 0),),
        ("deliver", "transfer_stock", "move_promise", "split", "change_order"), "sales", SELLING,
        answer_hours=Decimal(4), step=3,
    ),
    Rule(
        "reservation_unmet", ("so",), "high", SELLER, (days("ahead", 7, 365),),
        ("reserve", "transfer_stock", "request_goods", "release_reservation", "move_promise", "split"),
        "sales", SELLING, answer_hours=Decimal(4), step=3,
    ),
    Rule(
        "credit_exceeded", ("partner",), "medium", (Word("role", "sales_manager"), Word("role", "accountant")),
        (percent("percent", 0),), ("collect_payment", "raise_limit"), "sales", SELLING, "sales.view",
    ),
)  # fmt: skip
_CONTROL = (
    Rule(
        "approval_overdue", ("po", "so", "requisition", "co"), "medium", ASKED, (hours("hours", 24),),
        ("decide", "urge_approver"), "control", step=2,
    ),
    Rule(
        "change_unanswered", ("co",), "medium", (Word("author"), Word("role", "purchasing_manager")),
        (hours("hours", 48),), ("urge_partner", "record_answer"), "control", step=3,
    ),
    Rule(
        "order_split", ("po",), "high", MANAGEMENT, (days("days", 7, 90),), ("ask_buyer",), "control", sight=AUDIT,
        signal=True,
    ),
    Rule(
        "below_limit", ("po",), "low", MANAGEMENT, (percent("percent", 3, 50),), ("ask_buyer",), "control", sight=AUDIT,
        signal=True,
    ),
    Rule(
        "round_figure", ("po",), "low", MANAGEMENT,
        (days("days", 3, 15), money("from", 10_000), money("multiple", 1_000, 1), days("window", 45, 365)),
        ("ask_buyer",), "control", sight=AUDIT,
        signal=True,
    ),
    Rule(
        "supplier_is_employee", ("partner",), "high", MANAGEMENT, (), ("ask_buyer",), "control", sight=AUDIT,
        signal=True,
    ),
)  # fmt: skip

_SETTLEMENT = (
    Rule(
        "bill_mismatch", ("bill",), "high", PAYER, (days("days", 0, 90),), ("open_page", "ask_buyer"), "settlement",
        step=3,
    ),
    Rule(
        "bill_without_receipt", ("bill",), "medium", PAYER, (days("days", 7, 365),), ("open_page", "ask_buyer"),
        "settlement",
    ),
    Rule(
        "received_not_invoiced", ("po",), "low", BUYER, (days("days", 30, 365), days("window", 120, 365)),
        ("ask_buyer",), "settlement", daily=True, answer_hours=Decimal(40),
    ),
    Rule("payable_due", ("bill",), "medium", PAYER, (days("ahead", 3, 60),), ("open_page", "ask_buyer"), "settlement"),
    Rule(
        "receivable_overdue", ("so",), "medium", (Word("seller"), Word("role", "accountant")), (days("days", 0, 365),),
        ("collect_payment",), "settlement", SELLING,
    ),
    Rule(
        "duplicate_bill", ("bill",), "high", PAYER, (days("window", 365, 730),), ("open_page", "ask_buyer"),
        "settlement",
    ),
)  # fmt: skip

BUILTIN: Mapping[str, Rule] = {rule.code: rule for rule in (*_PURCHASING, *_STOCK, *_SALES, *_SETTLEMENT, *_CONTROL)}
