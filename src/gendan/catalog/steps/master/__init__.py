"""The resources of master data and the engine that saves their rows."""

from gendan.catalog.steps.master.basics import CATEGORIES, CURRENCIES, TAXES, UNITS
from gendan.catalog.steps.master.customers import ADDRESSES, CUSTOMER_CLASSES
from gendan.catalog.steps.master.engine import outcomes, save_rows
from gendan.catalog.steps.master.partners import PARTNERS, SAVE_CREDIT
from gendan.catalog.steps.master.places import BINS, WAREHOUSES
from gendan.catalog.steps.master.prices import PRICES
from gendan.catalog.steps.master.products import PRODUCTS
from gendan.catalog.steps.master.sales_prices import SALES_PRICES
from gendan.catalog.steps.master.spec import BLOCKERS, PRODUCTS_USED, SPECS, Entry, Spec

# In the order in which a file of each can be imported: what is referred to comes first.
for _spec in (
    UNITS, CURRENCIES, TAXES, CATEGORIES, CUSTOMER_CLASSES, WAREHOUSES, BINS, PARTNERS, ADDRESSES, PRODUCTS, PRICES,
    SALES_PRICES,
):  # fmt: skip
    SPECS[_spec.resource] = _spec

__all__ = ["BLOCKERS", "PRODUCTS_USED", "SAVE_CREDIT", "SPECS", "Entry", "Spec", "outcomes", "save_rows"]
