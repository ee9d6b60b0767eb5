"""Approvals for programs: one router, its endpoints by what they are about."""

from importlib import import_module
from importlib.util import find_spec

from gendan.flow.api.router import router

for _name in ("inbox", "progress", "flows", "delegates", "calendar"):
    if find_spec(f"{__name__}.{_name}"):
        import_module(f"{__name__}.{_name}")

__all__ = ["router"]
