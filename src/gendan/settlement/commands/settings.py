"""Decide what the three-way match tolerates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import decimals_of
from gendan.settlement.queries.settings import FIELDS, read

SETTINGS = _("结算设置")
MOST = {"price_percent": Decimal(100), "quantity_percent": Decimal(100)}
_ENSURE = """
INSERT INTO settlement_settlementsettings (company_id, price_percent, amount, quantity_percent, extra_amount, version)
VALUES (%(company)s::bigint, %(price_percent)s::numeric, %(amount)s::numeric, %(quantity_percent)s::numeric,
 %(extra_amount)s::numeric, 1) ON CONFLICT (company_id) DO NOTHING
"""
_LOCK = "SELECT id FROM settlement_settlementsettings WHERE company_id = %s::bigint FOR UPDATE"
_SAVE = """
UPDATE settlement_settlementsettings SET price_percent = %(price_percent)s::numeric, amount = %(amount)s::numeric,
 quantity_percent = %(quantity_percent)s::numeric, extra_amount = %(extra_amount)s::numeric, version = version + 1
WHERE company_id = %(company)s::bigint
"""


@command("settlement.save_settings", SETTINGS)
def save_settings(*, actor: Actor, values: Mapping[str, Decimal], version: int | None = None) -> Done:
    """Change tolerances; what is not given stays. Errors: Invalid (by field), Stale."""
    _check(values)
    _version, held = read(actor.company_id)
    company = {"company": actor.company_id}
    db.later(_ENSURE, {**company, **{name: getattr(held, name) for name in FIELDS}})
    db.rows(_LOCK, [actor.company_id])
    current, held = read(actor.company_id)
    check_version(str(SETTINGS), current, version)
    before = {name: getattr(held, name) for name in FIELDS}
    changes = {name: [str(before[name]), str(value)] for name, value in values.items() if before[name] != value}
    if not changes:
        return Done("settlementsettings", actor.company_id, "settlement", "", current)
    db.later(_SAVE, {**company, **before, **values})
    record(
        "settlement.settings_saved",
        Subject("settlementsettings", actor.company_id, "settlement"),
        actor,
        changes=changes,
    )
    return Done("settlementsettings", actor.company_id, "settlement", "", current + 1)


def _check(values: Mapping[str, Decimal]) -> None:
    problems = {}
    for name, value in values.items():
        most = MOST.get(name, Decimal(10) ** 12)
        if name not in FIELDS or not value.is_finite() or not 0 <= value <= most or decimals_of(value) > 2:
            problems[name] = _now("应在 0 到 %(most)s 之间，最多两位小数。") % {"most": f"{most:,}"}
    if problems:
        raise Invalid(problems)
