"""What the company tolerates in the match: its row, else the defaults."""

from __future__ import annotations

from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.settlement.permissions import VIEW
from gendan.settlement.rules.matching import Tolerances

FIELDS = ("price_percent", "amount", "quantity_percent", "extra_amount")
_READ = f"SELECT version, {', '.join(FIELDS)} FROM settlement_settlementsettings WHERE company_id = %s::bigint"


def read(company_id: int) -> tuple[int, Tolerances]:
    """Version and values, as they count."""
    found = db.row(_READ, [company_id])
    return (found[0], Tolerances(*found[1:])) if found else (1, Tolerances())


def tolerances_of(company_id: int) -> Tolerances:
    """The values."""
    return read(company_id)[1]


def settings_of(actor: Actor) -> dict[str, Any]:
    """Version and values for who may see them."""
    actor.must(VIEW)
    version, values = read(actor.company_id)
    return {"version": version, **{name: getattr(values, name) for name in FIELDS}}
