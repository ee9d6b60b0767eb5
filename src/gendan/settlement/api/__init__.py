"""Settlement for programs: one router, its endpoints by document."""

from gendan.settlement.api import accounts, bills, payments
from gendan.settlement.api.router import router

__all__ = ["accounts", "bills", "payments", "router"]
