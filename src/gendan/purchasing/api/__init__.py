"""The purchase chain for programs: one router, its endpoints by document."""

from importlib import import_module
from importlib.util import find_spec

from gendan.purchasing.api.router import router

for _name in (
    *("orders", "order_reads", "order_verbs", "requisitions", "shipments", "receipts", "lines", "impact"),
    *("sending", "returns"),
):
    if find_spec(f"{__name__}.{_name}"):
        import_module(f"{__name__}.{_name}")

__all__ = ["router"]
