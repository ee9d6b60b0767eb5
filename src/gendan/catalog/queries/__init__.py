"""Reading master data."""

from gendan.catalog.queries.lists import (
    FILTERS,
    VIEW,
    VIEW_PRICE,
    bin_record,
    choices,
    every,
    may_see,
    price_record,
    record,
    rows,
)
from gendan.catalog.queries.lookup import FACTS, find_bins, find_partners, find_products, product_by_barcode
from gendan.catalog.queries.places import virtual_location, virtual_locations, warehouse_locations
from gendan.catalog.queries.prices import Offer, price_for
from gendan.catalog.queries.views import VIEWS, View, select

__all__ = [
    "FACTS", "FILTERS", "VIEW", "VIEWS", "VIEW_PRICE", "Offer", "View", "bin_record", "choices", "every", "find_bins",
    "find_partners", "find_products", "may_see", "price_for", "price_record", "product_by_barcode", "record", "rows",
    "select", "virtual_location", "virtual_locations", "warehouse_locations",
]  # fmt: skip
