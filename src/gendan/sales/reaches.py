"""How documents of sales are found to be within what somebody sees (kernel/scope.py).

A delivery or return belongs to who made it and to the salespeople of the orders that it serves; a wave to its
warehouse.
"""

from __future__ import annotations

from gendan.kernel.scope import Reach, register

_OWN = "({a}.salesperson_id IN {{people}} OR {a}.created_by_id IN {{people}})"
_OWNED, _SELLER = _OWN.format(a="{a}"), _OWN.format(a="so")
_WAREHOUSE = "{a}.warehouse_id IN {warehouses}"
_LINES = "EXISTS (SELECT 1 FROM sales_{lines} sl WHERE sl.{head} = {{a}}.id AND sl.product_id IN {{products}})"
_SERVED = """EXISTS (SELECT 1 FROM sales_{lines} sl JOIN sales_salesline sol ON sol.id = sl.order_line_id
 {rest} WHERE sl.{head} = {{a}}.id AND {condition})"""


def _served(lines: str, head: str) -> tuple[str, str]:
    """Conditions of people and products by the order lines that a document serves."""
    people = _SERVED.format(
        lines=lines, head=head, rest="JOIN sales_salesorder so ON so.id = sol.order_id", condition=_SELLER
    )
    products = _SERVED.format(lines=lines, head=head, rest="", condition="sol.product_id IN {products}")
    return f"({{a}}.created_by_id IN {{people}} OR {people})", products


_DELIVERED, _DELIVERED_PRODUCTS = _served("deliveryline", "delivery_id")
_RETURNED, _RETURNED_PRODUCTS = _served("returnline", "sales_return_id")

register(
    "so",
    Reach(
        "sales",
        "sales_salesorder",
        _OWNED,
        _WAREHOUSE,
        products=_LINES.format(lines="salesline", head="order_id"),
        prefix="SO",
    ),
)
register(
    "so_line",
    Reach(
        "sales",
        "sales_salesline",
        f"EXISTS (SELECT 1 FROM sales_salesorder so WHERE so.id = {{a}}.order_id AND {_SELLER})",
        _WAREHOUSE,
        products="{a}.product_id IN {products}",
    ),
)
register(
    "quotation",
    Reach(
        "sales",
        "sales_quotation",
        _OWNED,
        _WAREHOUSE,
        products=_LINES.format(lines="quotationline", head="quotation_id"),
        prefix="QU",
    ),
)
register("dn", Reach("sales", "sales_delivery", _DELIVERED, _WAREHOUSE, products=_DELIVERED_PRODUCTS, prefix="DN"))
register("rma", Reach("sales", "sales_salesreturn", _RETURNED, _WAREHOUSE, products=_RETURNED_PRODUCTS, prefix="RMA"))
register("wave", Reach("sales", "sales_wave", warehouses=_WAREHOUSE, prefix="WV"))
