"""Pages of master data."""

from gendan.catalog.views.addresses import address_edit, address_new, partner_credit
from gendan.catalog.views.basics import basic_edit, basic_list, basic_new
from gendan.catalog.views.common import switch
from gendan.catalog.views.lookups import (
    address_lookup,
    bin_lookup,
    category_lookup,
    partner_lookup,
    product_lookup,
    warehouse_lookup,
)
from gendan.catalog.views.partners import partner, partner_edit, partner_list, partner_new
from gendan.catalog.views.prices import price_delete, price_edit, price_list, price_new
from gendan.catalog.views.products import product, product_edit, product_list, product_new
from gendan.catalog.views.sales_prices import sales_price_delete, sales_price_edit, sales_price_list, sales_price_new
from gendan.catalog.views.warehouses import bin_edit, bins_add, warehouse, warehouse_edit, warehouse_list, warehouse_new

__all__ = [
    "address_edit",
    "address_lookup",
    "address_new",
    "basic_edit",
    "basic_list",
    "basic_new",
    "bin_edit",
    "bin_lookup",
    "bins_add",
    "category_lookup",
    "partner",
    "partner_credit",
    "partner_edit",
    "partner_list",
    "partner_lookup",
    "partner_new",
    "price_delete",
    "price_edit",
    "price_list",
    "price_new",
    "product",
    "product_edit",
    "product_list",
    "product_lookup",
    "product_new",
    "sales_price_delete",
    "sales_price_edit",
    "sales_price_list",
    "sales_price_new",
    "switch",
    "warehouse",
    "warehouse_edit",
    "warehouse_list",
    "warehouse_lookup",
    "warehouse_new",
]
