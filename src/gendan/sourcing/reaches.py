"""How inquiries are found to be within what somebody sees (kernel/scope.py).

They are narrowed as purchasing's documents are. Of suppliers' groups an inquiry is within when it asks one of them.
"""

from __future__ import annotations

from gendan.kernel.scope import Reach, register

register(
    "inquiry",
    Reach(
        "purchasing",
        "sourcing_inquiry",
        "({a}.buyer_id IN {people} OR {a}.created_by_id IN {people})",
        "{a}.warehouse_id IN {warehouses}",
        "EXISTS (SELECT 1 FROM sourcing_invitation si WHERE si.inquiry_id = {a}.id AND si.partner_id IN {suppliers})",
        "EXISTS (SELECT 1 FROM sourcing_inquiryline sl WHERE sl.inquiry_id = {a}.id AND sl.product_id IN {products})",
        prefix="RFQ",
    ),
)

register(
    "contract",
    Reach(
        "purchasing",
        "sourcing_contract",
        "({a}.buyer_id IN {people} OR {a}.created_by_id IN {people})",
        "",
        "{a}.partner_id IN {suppliers}",
        "EXISTS (SELECT 1 FROM sourcing_contractline sl WHERE sl.contract_id = {a}.id AND sl.product_id IN {products})",
        prefix="FC",
    ),
)
