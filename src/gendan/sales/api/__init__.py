"""The sales chain for programs: one router, its endpoints by document."""

from gendan.sales.api import (  # noqa: F401 - they add their endpoints
    allocation,
    deliveries,
    order_changes,
    orders,
    outbound,
    promises,
    quotations,
    returns,
    review,
    settings,
    supply,
    trace,
)
from gendan.sales.api.router import router

__all__ = ["router"]
