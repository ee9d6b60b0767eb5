"""Writes of master data that other contexts need inside their commands."""

from gendan.catalog.steps.defaults import create_defaults
from gendan.catalog.steps.ensure import ensure_categories, ensure_partners, ensure_products, ensure_units
from gendan.catalog.steps.places import ensure_virtual_locations, save_warehouse

__all__ = [
    "create_defaults",
    "ensure_categories",
    "ensure_partners",
    "ensure_products",
    "ensure_units",
    "ensure_virtual_locations",
    "save_warehouse",
]
