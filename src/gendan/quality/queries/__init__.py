"""Reading plans, inspections and corrective actions."""

from gendan.quality.queries.choosing import HAS_PLANS, chosen
from gendan.quality.queries.rates import defect_rates, defects_of

__all__ = ["HAS_PLANS", "chosen", "defect_rates", "defects_of"]
