"""How each built-in rule finds: one SELECT that answers COLUMNS.

Parameters: ``company``, ``today``, ``now``, the rule's thresholds as ``t_<name>``, and ``documents`` (numbers of the
rule's kinds, codes of products and partners) where ``{only}`` stands for a look at these alone. A finder reads the
partial indexes of what is open, so that its cost follows the open work; it takes no day or moment but those that it is
given.
"""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders import (
    doubles,
    money,
    purchasing,
    sales,
    settlement,
    shipments,
    sourcing,
    stock,
    waiting,
)
from gendan.alerts.queries.finders.finder import COLUMNS, Finder

FINDERS: Mapping[str, Finder] = {
    **purchasing.FINDERS,
    **shipments.FINDERS,
    **sourcing.FINDERS,
    **doubles.FINDERS,
    **money.FINDERS,
    **stock.FINDERS,
    **sales.FINDERS,
    **settlement.FINDERS,
    **waiting.FINDERS,
}

__all__ = ["COLUMNS", "FINDERS", "Finder"]
