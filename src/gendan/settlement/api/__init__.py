"""Settlement for programs: one router, its endpoints by document."""

from gendan.settlement.api import bills, payments
from gendan.settlement.api.router import router

__all__ = ["bills", "payments", "router"]
