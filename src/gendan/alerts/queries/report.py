"""The exceptions of a week: how many came up and were closed, by rule, partner, product and owner; the money in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gendan.alerts.permissions import VIEW
from gendan.alerts.queries.seen import amounts_seen, within
from gendan.alerts.queries.texts import NAMES
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound

Row = dict[str, Any]
MOST = 10
_GROUPED = """
WITH week AS (
 SELECT c.rule, c.facts ->> 'rule_name' AS rule_name, c.partner_id, c.product_id, c.owner_id, c.is_open, c.days,
  c.opened_at, c.answered_at, c.closed_at, c.state, c.escalations, c.was_wrong,
  c.opened_at >= %(begin)s::timestamptz AND c.opened_at < %(end)s::timestamptz AS is_new,
  c.closed_at >= %(begin)s::timestamptz AND c.closed_at < %(end)s::timestamptz AS is_closed,
  c.opened_at < %(end)s::timestamptz AND (c.closed_at IS NULL OR c.closed_at >= %(end)s::timestamptz) AS is_left,
  CASE WHEN {priced} THEN c.amount END AS amount
 FROM alerts_case c WHERE {where} AND c.opened_at < %(end)s::timestamptz
  AND (c.is_open OR c.closed_at >= %(begin)s::timestamptz)),
told AS (
 SELECT g.what, g.key, count(*) FILTER (WHERE w.is_new) AS opened, count(*) FILTER (WHERE w.is_closed) AS closed,
  count(*) FILTER (WHERE w.is_left) AS left, sum(w.amount) FILTER (WHERE w.is_new OR w.is_left) AS amount,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM w.answered_at - w.opened_at) / 3600)
   FILTER (WHERE w.is_new AND w.answered_at IS NOT NULL) AS hours,
  count(*) FILTER (WHERE w.is_new AND w.answered_at IS NOT NULL) AS answered,
  count(*) FILTER (WHERE w.is_new AND w.escalations > 0) AS escalated,
  count(*) FILTER (WHERE w.is_closed AND w.state = 'dismissed') AS dismissed, max(w.rule_name) AS rule_name
 FROM week w CROSS JOIN LATERAL (VALUES ('all', ''), ('rule', w.rule), ('partner', w.partner_id::text),
  ('product', w.product_id::text), ('owner', w.owner_id::text)) AS g(what, key)
 WHERE g.key IS NOT NULL GROUP BY g.what, g.key),
ranked AS (SELECT t.*, row_number() OVER (PARTITION BY what ORDER BY opened + "left" DESC, key) AS place FROM told t)
SELECT r.what, r.key, r.opened, r.closed, r."left", r.amount, r.hours, r.answered, r.escalated, r.dismissed,
 CASE r.what WHEN 'partner' THEN (SELECT p.name FROM catalog_partner p WHERE p.id = r.key::bigint)
  WHEN 'product' THEN (SELECT p.code || ' ' || p.name FROM catalog_product p WHERE p.id = r.key::bigint)
  WHEN 'owner' THEN (SELECT coalesce(nullif(u.name, ''), u.username) FROM accounts_user u WHERE u.id = r.key::bigint)
  ELSE r.rule_name END,
 CASE r.what WHEN 'partner' THEN (SELECT p.code FROM catalog_partner p WHERE p.id = r.key::bigint)
  WHEN 'product' THEN (SELECT p.code FROM catalog_product p WHERE p.id = r.key::bigint)
  WHEN 'owner' THEN (SELECT u.username FROM accounts_user u WHERE u.id = r.key::bigint) ELSE r.key END
FROM ranked r WHERE r.place <= %(most)s::int OR r.what = 'rule' ORDER BY r.what, r.place
"""


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def report(actor: Actor, week: date) -> Row:
    """The report of the week that begins on a Monday; one statement, of the cases that the actor sees."""
    actor.must(VIEW)
    begin = datetime.combine(week, time(), actor.zone)
    params: Row = {
        "begin": begin,
        "end": datetime.combine(week + timedelta(days=7), time(), actor.zone),
        "most": MOST,
    }
    where = " AND ".join(within(actor, "c", params))
    found: dict[str, list[Row]] = {"rule": [], "partner": [], "product": [], "owner": [], "all": []}
    for what, key, opened, closed, left, amount, hours, answered, escalated, dismissed, name, code in db.rows(
        _GROUPED.format(where=where, priced=amounts_seen(actor, "c", params)), params
    ):
        found[what].append(
            {
                "key": key,
                "code": code,
                "name": str(NAMES.get(key, name or key)) if what == "rule" else name or "",
                "opened": opened,
                "closed": closed,
                "left": left,
                "amount": amount,
                "hours": round(float(hours), 1) if hours is not None else None,
                "answered": answered,
                "escalated": escalated,
                "dismissed": dismissed,
            }
        )
    nothing = {"opened": 0, "closed": 0, "left": 0, "amount": None, "hours": None, "answered": 0, "escalated": 0}
    total = found.pop("all")
    return {
        "week": week,
        "last": week + timedelta(days=6),
        "total": total[0] if total else {**nothing, "dismissed": 0},
        "currency": currency_of(actor),
        **{f"by_{what}": rows for what, rows in found.items()},
    }


def currency_of(actor: Actor) -> str:
    found = db.row("SELECT currency FROM accounts_company WHERE id = %s::bigint", [actor.company_id])
    return str(found[0]) if found else ""


def week_from(text: str) -> date:
    """The week that an address names by its Monday, or any day of it. Errors: NotFound."""
    try:
        found = week_of(date.fromisoformat(text))
        if not 2000 <= found.year <= 9998:  # the weeks beside it are named, too
            raise ValueError(text)
    except (ValueError, OverflowError) as bad:
        raise NotFound(what=_("周报 %(week)s") % {"week": text}) from bad
    return found


def reports_on_paper(actor: Actor, numbers: Sequence[str]) -> list[Row]:
    """Reports for the printer, by their Mondays."""
    found = []
    for number in numbers:
        week = week_from(number)
        title = _("异常周报 %(from)s 至 %(to)s") % {"from": week, "to": week + timedelta(days=6)}
        found.append({**report(actor, week), "number": week.isoformat(), "title": title})
    return found


def sees(actor: Actor) -> list[str]:
    """What of it the actor may see."""
    return [permission for permission in ("purchasing.view_price", "sales.view_price") if actor.may(permission)]
