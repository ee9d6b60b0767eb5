"""How a company compares: its settings and its rates, or the defaults."""

from __future__ import annotations

from gendan.kernel import db
from gendan.sourcing.rules.policy import Policy, RateIn

_SETTINGS = """
SELECT late_answers, weight_price, weight_date, weight_record, feed_prices, version
FROM sourcing_sourcingsettings WHERE company_id = %s::bigint
"""
_RATES = """
SELECT country, freight_percent, duty_percent FROM sourcing_landedrate WHERE company_id = %s::bigint ORDER BY country
"""


def policy_of(company_id: int) -> tuple[Policy, int]:
    """The settings and their version."""
    found = db.row(_SETTINGS, [company_id])
    return (Policy(*found[:-1]), found[-1]) if found else (Policy(), 1)


def rates_of(company_id: int) -> list[RateIn]:
    """Freight and duty by country, the rest ("") first."""
    return [RateIn(*row) for row in db.rows(_RATES, [company_id])]
