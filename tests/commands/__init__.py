"""For each command of the product, the situation in which it can be called."""

from . import (
    accounts,
    approvals,
    carriers,
    catalog,
    changes,
    deliveries,
    flow,
    integrations,
    inventory,
    kernel,
    notices,
    outbound,
    pegs,
    portal,
    purchasing,
    returns,
    sales,
)
from .merging import MERGING
from .scenario import SCENARIOS, Scenario, World, make_world

__all__ = [
    "MERGING",
    "SCENARIOS",
    "Scenario",
    "World",
    "accounts",
    "approvals",
    "carriers",
    "catalog",
    "changes",
    "deliveries",
    "flow",
    "integrations",
    "inventory",
    "kernel",
    "make_world",
    "notices",
    "outbound",
    "pegs",
    "portal",
    "purchasing",
    "returns",
    "sales",
]
