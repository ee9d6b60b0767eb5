"""How each built-in rule finds: one SELECT that answers COLUMNS.

Parameters: ``company``, ``today``, ``now``, the rule's thresholds as ``t_<name>``, and ``documents`` (numbers of the
rule's kind, codes of products) where ``{only}`` stands for a look at these alone. A finder reads the partial indexes of
what is open, so that its cost follows the open work; it takes no day or moment but those that it is given.
"""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.queries.finders import purchasing, sales
from gendan.alerts.queries.finders.finder import COLUMNS, Finder

FINDERS: Mapping[str, Finder] = {**purchasing.FINDERS, **sales.FINDERS}

__all__ = ["COLUMNS", "FINDERS", "Finder"]
