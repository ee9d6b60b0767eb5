"""The API of quality: inspection plans, inspections, corrective actions."""

from gendan.quality.api import actions, inspections, plans  # noqa: F401 - their routes
from gendan.quality.api.router import router

__all__ = ["router"]
