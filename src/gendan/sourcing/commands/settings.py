"""Decide how the company compares offers and what goods cost on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, tables
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.sourcing.queries.policy import policy_of, rates_of
from gendan.sourcing.rules.policy import HUNDRED, WEIGHTS, RateIn, misfits

SETTINGS = _("询价设置")
MOST_RATES = 300
_ENSURE = """
INSERT INTO sourcing_sourcingsettings (company_id, late_answers, weight_price, weight_date, weight_record, feed_prices,
 version) VALUES (%(company)s::bigint, %(late_answers)s::text, %(weight_price)s::smallint,
 %(weight_date)s::smallint, %(weight_record)s::smallint, %(feed_prices)s::boolean, 1)
ON CONFLICT (company_id) DO NOTHING
"""
_LOCK = "SELECT id FROM sourcing_sourcingsettings WHERE company_id = %s::bigint FOR UPDATE"
_SAVE = """
UPDATE sourcing_sourcingsettings SET late_answers = %(late_answers)s::text, weight_price = %(weight_price)s::smallint,
 weight_date = %(weight_date)s::smallint, weight_record = %(weight_record)s::smallint,
 feed_prices = %(feed_prices)s::boolean, version = version + 1
WHERE company_id = %(company)s::bigint
"""
_FORGET = "DELETE FROM sourcing_landedrate WHERE company_id = %s::bigint"
_RATE = {"company_id": "bigint", "country": "text", "freight_percent": "numeric", "duty_percent": "numeric"}


@command("sourcing.save_settings", SETTINGS)
def save_settings(
    *,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    rates: Sequence[RateIn] | None = None,
    version: int | None = None,
) -> Done:
    """Change the given settings; ``rates`` are all of freight and duty by country.

    Errors: Invalid (by field), Stale.
    """
    _check(values or {}, rates or ())
    held, _version = policy_of(actor.company_id)
    db.later(_ENSURE, {"company": actor.company_id, **held.as_row()})
    db.rows(_LOCK, [actor.company_id])
    held, current = policy_of(actor.company_id)
    check_version(str(SETTINGS), current, version)
    wanted = replace(held, **(values or {}))
    if not sum(getattr(wanted, name) for name in WEIGHTS):
        raise Invalid({"weight_price": _now("权重不能都是 0。")})
    before, after = held.as_row(), wanted.as_row()
    changes: dict[str, Any] = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    known = rates_of(actor.company_id)
    new = sorted(rates, key=lambda rate: rate.country) if rates is not None else known
    if new != known:
        changes["rates"] = [_words(known), _words(new)]
        db.later(_FORGET, [actor.company_id])
        tables.insert("sourcing_landedrate", _RATE, [{"company_id": actor.company_id, **asdict(rate)} for rate in new])
    subject = Subject("sourcingsettings", actor.company_id, "sourcing")
    if not changes:
        return Done(subject.kind, subject.id, subject.number, "", current)
    db.later(_SAVE, {"company": actor.company_id, **after})
    record("sourcing.settings_saved", subject, actor, changes=changes)
    return Done(subject.kind, subject.id, subject.number, "", current + 1)


def _words(rates: Sequence[RateIn]) -> list[str]:
    return [f"{r.country or '*'} {r.freight_percent:f}% {r.duty_percent:f}%" for r in rates]


def _check(values: Mapping[str, Any], rates: Sequence[RateIn]) -> None:
    problems = {name: _now("不能这样设置。") for name in misfits(values)}
    seen: set[str] = set()
    if len(rates) > MOST_RATES:
        problems["rates"] = _now("最多 %(most)s 行。") % {"most": MOST_RATES}
    for n, rate in enumerate(rates):
        if rate.country.strip().lower() in seen or len(rate.country) > 80:
            problems[f"rates.{n}.country"] = _now("同一个国家只能有一行。")
        seen.add(rate.country.strip().lower())
        for name in ("freight_percent", "duty_percent"):
            value = getattr(rate, name)
            if not (value.is_finite() and 0 <= value <= HUNDRED):
                problems[f"rates.{n}.{name}"] = _now("应在 0 到 100 之间。")
    if problems:
        raise Invalid(problems)
