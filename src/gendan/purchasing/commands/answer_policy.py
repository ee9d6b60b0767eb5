"""How far suppliers' answers may be from orders and still be taken at once; when they are silent; who sends orders."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command

SAVE = _("设置供应商答复的容差")
MOST_DAYS, MOST_HOURS = 365, 2000
_FIND = """
SELECT x.id, x.days, x.percent, x.silence_hours, x.sends, x.version FROM purchasing_answerpolicy x
WHERE x.company_id = %s::bigint AND x.partner_id IS NOT DISTINCT FROM %s::bigint FOR NO KEY UPDATE
"""
_WRITE = """
INSERT INTO purchasing_answerpolicy AS x (company_id, partner_id, days, percent, silence_hours, sends, sends_since)
VALUES (%(company)s::bigint, %(partner)s::bigint, %(days)s::smallint, %(percent)s::numeric, %(hours)s::smallint,
 %(sends)s::boolean, CASE WHEN %(sends)s::boolean THEN now() END)
ON CONFLICT ({key}) DO UPDATE SET days = excluded.days, percent = excluded.percent,
 silence_hours = excluded.silence_hours, sends = excluded.sends, version = x.version + 1,
 sends_since = CASE WHEN excluded.sends THEN coalesce(x.sends_since, now()) END
RETURNING id, version
"""
_COMPANY = _WRITE.format(key="company_id) WHERE (partner_id IS NULL")
_PARTNER = _WRITE.format(key="company_id, partner_id) WHERE (partner_id IS NOT NULL")


@command("purchasing.save_answer_policy", SAVE)
def save_answer_policy(
    *,
    actor: Actor,
    supplier: str = "",
    days: int = 0,
    percent: Decimal = Decimal(0),
    silence_hours: int = 48,
    sends: bool = False,
    version: int | None = None,
) -> Done:
    """Say for the company, or for one ``supplier`` (code), how many days later and how many percent less is taken at
    once, after how many hours without an answer a supplier is silent, and whether orders are sent when they are
    approved (``sends``: those approved from now on, to the main contact's address). Errors: NotFound, Stale, Invalid.
    """
    _check(days, percent, silence_hours)
    partner = None
    if supplier:
        partner = db.row(
            "SELECT id FROM catalog_partner WHERE company_id = %s::bigint AND code = %s::text AND is_supplier",
            [actor.company_id, supplier],
        )
        if partner is None:
            raise NotFound(what=supplier)
    given = {
        "company": actor.company_id,
        "partner": partner[0] if partner else None,
        "days": days,
        "percent": percent,
        "hours": silence_hours,
        "sends": sends,
    }
    before = db.row(_FIND, [actor.company_id, given["partner"]])
    check_version(supplier or str(SAVE), before[5] if before else 0, version)
    written = db.row(_PARTNER if partner else _COMPANY, given)
    assert written is not None
    names = ("days", "percent", "silence_hours", "sends")
    was = before[1:5] if before else ("",) * 4
    now = (days, percent, silence_hours, sends)
    changes = {
        name: [str(old), str(new)] for name, old, new in zip(names, was, now, strict=True) if str(old) != str(new)
    }
    subject = Subject("partner", partner[0], supplier) if partner else Subject("company", actor.company_id, "")
    record("purchasing.answer_policy_saved", subject, actor, changes=changes)
    return Done("answer_policy", int(written[0]), supplier, version=int(written[1]))


def _check(days: int, percent: Decimal, silence_hours: int) -> None:
    problems = {}
    if not 0 <= days <= MOST_DAYS:
        problems["days"] = _now("应为 0–%(most)s。") % {"most": MOST_DAYS}
    if not (percent.is_finite() and 0 <= percent <= 100):
        problems["percent"] = _now("应为 0–%(most)s。") % {"most": 100}
    if not 1 <= silence_hours <= MOST_HOURS:
        problems["silence_hours"] = _now("应为 1–%(most)s。") % {"most": MOST_HOURS}
    if problems:
        raise Invalid(problems)
