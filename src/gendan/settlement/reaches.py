"""How bills and payments are found to be within what somebody sees (kernel/scope.py).

A bill belongs to who wrote it and to the buyers of its orders; a payment to who wrote it and to who sees its bills.
"""

from __future__ import annotations

from gendan.kernel.scope import Reach, register

_LINES = """EXISTS (SELECT 1 FROM settlement_billline sl JOIN settlement_billmatch sm ON sm.bill_line_id = sl.id
 JOIN purchasing_orderline sol ON sol.id = sm.order_line_id {more} WHERE sl.bill_id = {{a}}.id AND {condition})"""
_BUYER = _LINES.format(
    more="JOIN purchasing_purchaseorder so ON so.id = sol.order_id",
    condition="(so.buyer_id IN {people} OR so.created_by_id IN {people})",
)
register(
    "bill",
    Reach(
        "purchasing",
        "settlement_bill",
        f"({{a}}.created_by_id IN {{people}} OR {_BUYER})",
        _LINES.format(more="", condition="sol.warehouse_id IN {warehouses}"),
        "{a}.supplier_id IN {suppliers}",
        _LINES.format(more="", condition="sol.product_id IN {products}"),
        prefix="BILL",
    ),
)
register(
    "pay",
    Reach(
        "purchasing",
        "settlement_payment",
        "{a}.created_by_id IN {people}",
        suppliers="{a}.partner_id IN {suppliers}",
        prefix="PAY",
    ),
)
