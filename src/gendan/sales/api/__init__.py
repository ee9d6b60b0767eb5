"""The sales chain for programs: one router, its endpoints by document."""

from gendan.sales.api import deliveries, orders, outbound, promises, quotations, returns, review, settings, supply, trace  # noqa: F401 - they add their endpoints
from gendan.sales.api.router import router

__all__ = ["router"]
