"""What the figures say: punctuality by partner, scorecards of suppliers, the lines behind both."""

from gendan.insight.queries.performance import (
    CUSTOMERS,
    PERIODS,
    SUPPLIERS,
    Figures,
    PartnerFigures,
    Performance,
    Side,
    completed_lines,
    customer_performance,
    performance,
    period_of,
    supplier_performance,
)

__all__ = [
    "CUSTOMERS",
    "PERIODS",
    "SUPPLIERS",
    "Figures",
    "PartnerFigures",
    "Performance",
    "Side",
    "completed_lines",
    "customer_performance",
    "performance",
    "period_of",
    "supplier_performance",
]
