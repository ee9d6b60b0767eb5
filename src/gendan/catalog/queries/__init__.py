"""Reading master data."""

from gendan.catalog.queries.lists import (
    COUNT_CAP,
    FILTERS,
    VIEW,
    VIEW_COST,
    VIEW_PRICE,
    VIEW_SALES_PRICE,
    address_record,
    bin_record,
    choices,
    count,
    every,
    may_see,
    price_record,
    record,
    record_by_id,
    rows,
    view_of,
)
from gendan.catalog.queries.lookup import (
    FACTS,
    add_sales_prices,
    find_bins,
    find_partners,
    find_products,
    find_products_by_codes,
    product_by_barcode,
)
from gendan.catalog.queries.names import figure, known_name
from gendan.catalog.queries.panels import PANELS, Panel, panels_of
from gendan.catalog.queries.places import has_begun, virtual_location, virtual_locations, warehouse_locations
from gendan.catalog.queries.prices import Offer, price_for
from gendan.catalog.queries.sales_prices import SalesOffer, sales_prices
from gendan.catalog.queries.views import VIEWS, View, select

__all__ = [
    "COUNT_CAP",
    "FACTS",
    "FILTERS",
    "PANELS",
    "VIEW",
    "VIEWS",
    "VIEW_COST",
    "VIEW_PRICE",
    "VIEW_SALES_PRICE",
    "Offer",
    "Panel",
    "SalesOffer",
    "View",
    "add_sales_prices",
    "address_record",
    "bin_record",
    "choices",
    "count",
    "every",
    "figure",
    "find_bins",
    "find_partners",
    "find_products",
    "find_products_by_codes",
    "has_begun",
    "known_name",
    "may_see",
    "panels_of",
    "price_for",
    "price_record",
    "product_by_barcode",
    "record",
    "record_by_id",
    "rows",
    "sales_prices",
    "select",
    "view_of",
    "virtual_location",
    "virtual_locations",
    "warehouse_locations",
]
