"""How documents of the warehouse and stock are found to be within what somebody sees (kernel/scope.py).

A transfer is seen at both of its ends. Stock and its ledger have no owner: they are narrowed by warehouse and product.
"""

from __future__ import annotations

from gendan.kernel.scope import Reach, register

_OWN, _WAREHOUSE = "{a}.created_by_id IN {people}", "{a}.warehouse_id IN {warehouses}"
_LINES = "EXISTS (SELECT 1 FROM inventory_{lines} sl WHERE sl.{head} = {{a}}.id AND sl.product_id IN {{products}})"
_PLACE = "{{a}}.{column} IN (SELECT sp.id FROM catalog_location sp WHERE sp.warehouse_id IN {{warehouses}})"

for _kind, _table, _lines, _head, _prefix in (
    ("transfer", "inventory_transfer", "transferline", "transfer_id", "TR"),
    ("adjustment", "inventory_adjustment", "adjustmentline", "adjustment_id", "AJ"),
    ("count", "inventory_stockcount", "stockcountline", "count_id", "SC"),
):
    register(
        _kind,
        Reach(
            "inventory",
            _table,
            _OWN,
            f"({_WAREHOUSE} OR {{a}}.to_warehouse_id IN {{warehouses}})" if _kind == "transfer" else _WAREHOUSE,
            products=_LINES.format(lines=_lines, head=_head),
            prefix=_prefix,
        ),
    )
register("stocked", Reach("inventory", "catalog_product", products="{a}.id IN {products}", key="code"))
register("place", Reach("inventory", "catalog_location", warehouses=_WAREHOUSE, key="id"))
register(
    "move",
    Reach(
        "inventory",
        "inventory_stockmove",
        warehouses=f"({_PLACE.format(column='from_location_id')} OR {_PLACE.format(column='to_location_id')})",
        products="{a}.product_id IN {products}",
        key="id",
    ),
)
