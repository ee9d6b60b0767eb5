"""How documents of purchasing are found to be within what somebody sees (kernel/scope.py).

A shipment or receipt belongs to who made it and to the buyers of the orders that it serves.
"""

from __future__ import annotations

from gendan.kernel.scope import Reach, register

_OWN = "({a}.buyer_id IN {{people}} OR {a}.created_by_id IN {{people}})"
_OWNED = _OWN.format(a="{a}")
_LINES = "EXISTS (SELECT 1 FROM purchasing_{lines} sl WHERE sl.{head} = {{a}}.id AND sl.product_id IN {{products}})"
_SERVED = """EXISTS (SELECT 1 FROM purchasing_{lines} sl JOIN purchasing_orderline sol ON sol.id = sl.order_line_id
 {rest} WHERE sl.{head} = {{a}}.id AND {condition})"""
_BUYER = _OWN.format(a="so")


def _served(lines: str, head: str) -> tuple[str, str]:
    """Conditions of people and products by the order lines that a document serves."""
    people = _SERVED.format(
        lines=lines, head=head, rest="JOIN purchasing_purchaseorder so ON so.id = sol.order_id", condition=_BUYER
    )
    products = _SERVED.format(lines=lines, head=head, rest="", condition="sol.product_id IN {products}")
    return f"({{a}}.created_by_id IN {{people}} OR {people})", products


_WAREHOUSE, _SUPPLIER = "{a}.warehouse_id IN {warehouses}", "{a}.supplier_id IN {suppliers}"
_SHIPPED, _SHIPPED_PRODUCTS = _served("shipmentline", "shipment_id")
_RECEIVED, _RECEIVED_PRODUCTS = _served("receiptline", "receipt_id")

register(
    "po",
    Reach(
        "purchasing",
        "purchasing_purchaseorder",
        _OWNED,
        _WAREHOUSE,
        _SUPPLIER,
        _LINES.format(lines="orderline", head="order_id"),
        prefix="PO",
    ),
)
register(
    "po_line",
    Reach(
        "purchasing",
        "purchasing_orderline",
        f"EXISTS (SELECT 1 FROM purchasing_purchaseorder so WHERE so.id = {{a}}.order_id AND {_BUYER})",
        _WAREHOUSE,
        _SUPPLIER,
        "{a}.product_id IN {products}",
    ),
)
register(
    "requisition",
    Reach(
        "purchasing",
        "purchasing_requisition",
        "({a}.requester_id IN {people} OR {a}.created_by_id IN {people})",
        _WAREHOUSE,
        products=_LINES.format(lines="requisitionline", head="requisition_id"),
        prefix="PR",
    ),
)
register(
    "asn",
    Reach("purchasing", "purchasing_shipment", _SHIPPED, _WAREHOUSE, _SUPPLIER, _SHIPPED_PRODUCTS, prefix="ASN"),
)
register(
    "gr",
    Reach("purchasing", "purchasing_goodsreceipt", _RECEIVED, _WAREHOUSE, _SUPPLIER, _RECEIVED_PRODUCTS, prefix="GR"),
)
_SENT_BACK, _SENT_BACK_PRODUCTS = _served("purchasereturnline", "purchase_return_id")
register(
    "rtv",
    Reach(
        "purchasing",
        "purchasing_purchasereturn",
        _SENT_BACK,
        _WAREHOUSE,
        _SUPPLIER,
        _SENT_BACK_PRODUCTS,
        prefix="RTV",
    ),
)
