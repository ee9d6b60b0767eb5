"""The roles that every new company starts with; afterwards they are data, edited in the product."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class RoleTemplate(NamedTuple):
    code: str
    name: str
    permissions: tuple[str, ...]
    amount_limit: Decimal | None
    discount_limit: Decimal | None = None


_SEE = ("purchasing.view", "inventory.view", "catalog.view", "carriers.view", "changes.view", "kernel.comment")
_BUY = (
    *_SEE,
    "purchasing.view_price",
    "insight.view",
    "purchasing.create_requisition",
    "purchasing.update_requisition",
    "purchasing.submit_requisition",
    "purchasing.cancel_requisition",
    "sales.view",
    "sales.request_shortage",
    "sales.request_safety_stock",
    "purchasing.create_order",
    "purchasing.update_order",
    "purchasing.submit_order",
    "purchasing.withdraw_order",
    "purchasing.confirm_order",
    "purchasing.cancel_order",
    "purchasing.close_order",
    "purchasing.reopen_order",
    "changes.create_change",
    "changes.answer_change",
    "purchasing.create_shipment",
    "purchasing.update_shipment",
    "purchasing.cancel_shipment",
    "carriers.record_event",
    "catalog.save_product",
    "catalog.save_partner",
    "catalog.save_price",
    "integrations.import_file",
)
# What things cost is for those who answer for margins.
_SELL = (
    "sales.view",
    "sales.view_price",
    "insight.view",
    "catalog.save_partner",
    "sales.create_quotation",
    "sales.update_quotation",
    "sales.create_order",
    "sales.update_order",
    "sales.submit_order",
    "sales.cancel_order",
    "sales.close_order",
    "changes.create_change",
    "changes.answer_change",
    "sales.reserve_order",
    "sales.release_order",
    "sales.request_shortage",
    "sales.complete_order",
    "sales.request_return",
    "portal.view",
    "portal.create_link",
    "portal.revoke_link",
    "portal.ask_question",
    "portal.answer_question",
    "sales.promise_order",
    "sales.create_delivery",
    "sales.cancel_delivery",
    "sales.sign_delivery",
)
_STORE = (
    *_SEE,
    "purchasing.create_shipment",
    "purchasing.update_shipment",
    "purchasing.receive_goods",
    "purchasing.reverse_receipt",
    "carriers.record_event",
    "sales.view",
    "sales.create_delivery",
    "sales.pick_goods",
    "sales.create_wave",
    "sales.deliver_order",
    "sales.cancel_delivery",
    "sales.sign_delivery",
    "sales.receive_return",
    "sales.decide_return",
    "inventory.create_transfer",
    "inventory.post_transfer",
    "inventory.receive_transfer",
    "inventory.create_adjustment",
    "inventory.create_count",
    "inventory.count_line",
    "inventory.finish_count",
    "catalog.save_warehouse",
)
_ALL_VIEWS = (
    *_SEE,
    "purchasing.view_price",
    "sales.view",
    "sales.view_price",
    "sales.view_cost",
    "portal.view",
    "insight.view",
    "accounts.view",
)

TEMPLATES = (
    RoleTemplate("admin", "管理员", ("*",), None),
    RoleTemplate("buyer", "采购员", _BUY, Decimal("10000")),
    RoleTemplate(
        "purchasing_manager",
        "采购主管",
        (
            *_BUY,
            "purchasing.approve_order",
            "purchasing.reject_order",
            "changes.approve_change",
            "purchasing.approve_requisition",
            "purchasing.reject_requisition",
            "purchasing.receive_over_tolerance",
            "carriers.save_carrier",
        ),
        Decimal("500000"),
    ),
    RoleTemplate("warehouse_keeper", "仓管员", _STORE, Decimal(0)),
    RoleTemplate(
        "warehouse_manager",
        "仓库主管",
        (
            *_STORE,
            "purchasing.receive_over_tolerance",
            "carriers.save_carrier",
            "inventory.post_adjustment",
            "inventory.post_count",
            "inventory.cancel_document",
        ),
        Decimal(0),
    ),
    RoleTemplate(
        "qc_inspector", "质检员", (*_SEE, "purchasing.inspect_receipt", "sales.view", "sales.decide_return"), Decimal(0)
    ),
    RoleTemplate(
        "salesperson",
        "销售员",
        (
            *_SEE,
            *_SELL,
            "integrations.import_file",
            "purchasing.create_requisition",
            "purchasing.update_requisition",
            "purchasing.submit_requisition",
        ),
        Decimal(0),
    ),
    RoleTemplate(
        "sales_manager",
        "销售主管",
        (
            *_SEE,
            *_SELL,
            "sales.approve_order",
            "changes.approve_change",
            "sales.move_reservation",
            "sales.reallocate",
            "sales.approve_return",
            "sales.settle_return",
            "sales.view_cost",
            "sales.save_settings",
            "catalog.save_credit",
            "catalog.save_sales_price",
            "catalog.save_customer_class",
            "integrations.import_file",
            "purchasing.create_requisition",
            "purchasing.update_requisition",
            "purchasing.submit_requisition",
            "purchasing.approve_requisition",
            "purchasing.reject_requisition",
        ),
        Decimal("50000"),
        Decimal(30),
    ),
    RoleTemplate("production_manager", "生产主管", (*_SEE, "sales.view"), Decimal(0)),
    RoleTemplate("flow_designer", "流程管理员", (*_SEE, "sales.view", "accounts.view", "flow.design"), Decimal(0)),
    RoleTemplate("accountant", "财务", (*_ALL_VIEWS, "catalog.save_credit", "sales.settle_return"), Decimal(0)),
    RoleTemplate(
        "management",
        "管理层",
        (*_ALL_VIEWS, "kernel.audit", "purchasing.approve_order", "purchasing.reject_order", "changes.approve_change"),
        None,
    ),
    RoleTemplate("auditor", "审计", (*_ALL_VIEWS, "kernel.audit", "kernel.view_jobs"), Decimal(0)),
)
