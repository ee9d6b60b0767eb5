"""Exceptions for programs: one router, its endpoints by what they are about."""

from importlib import import_module

from gendan.alerts.api.router import router

for _name in ("cases", "rules", "remedies", "own_rules"):
    import_module(f"{__name__}.{_name}")

__all__ = ["router"]
