"""How documents of quality are found to be within what somebody sees (kernel/scope.py)."""

from gendan.kernel.scope import Reach, register

register(
    "qi",
    Reach(
        "purchasing",
        "quality_inspection",
        "{a}.created_by_id IN {people}",
        "{a}.warehouse_id IN {warehouses}",
        "{a}.supplier_id IN {suppliers}",
        "EXISTS (SELECT 1 FROM quality_inspectionline ql WHERE ql.inspection_id = {a}.id"
        " AND ql.product_id IN {products})",
        prefix="QI",
    ),
)
register(
    "car",
    Reach(
        "purchasing",
        "quality_correctiveaction",
        "({a}.owner_id IN {people} OR {a}.created_by_id IN {people})",
        suppliers="{a}.supplier_id IN {suppliers}",
        products="{a}.product_id IN {products}",
        prefix="CAR",
    ),
)
register(
    "qplan",
    Reach(
        "catalog",
        "quality_plan",
        suppliers="({a}.supplier_id IS NULL OR {a}.supplier_id IN {suppliers})",
        products="({a}.product_id IS NULL OR {a}.product_id IN {products})",
        key="code",
    ),
)
