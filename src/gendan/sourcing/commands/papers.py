"""Record documents of suppliers, and tell people before they end."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Entry, Subject, record, record_all
from gendan.kernel.unit import Done, command
from gendan.purchasing.steps.days import day_problems
from gendan.sourcing.queries.papers import MIND
from gendan.sourcing.rules.papers import KINDS, MOST_DAYS, PaperIn

SAVE = "sourcing.save_paper"
_PARTNER = """
SELECT id, code FROM catalog_partner WHERE company_id = %s::bigint AND code = %s::text AND is_supplier
"""
_LOCK = """
SELECT d.version, p.id, p.code, d.name FROM sourcing_supplierpaper d JOIN catalog_partner p ON p.id = d.partner_id
WHERE d.company_id = %s::bigint AND d.id = %s::bigint AND d.removed_at IS NULL FOR UPDATE OF d
"""
_INSERT = """
INSERT INTO sourcing_supplierpaper (company_id, partner_id, kind, name, reference, valid_from, expires_on, remind_days,
 note, file_name, media_type, sha256, version, created_by_id)
VALUES (%(company)s::bigint, %(partner)s::bigint, %(kind)s::text, %(name)s::text, %(reference)s::text,
 %(valid_from)s::date, %(expires_on)s::date, %(remind_days)s::smallint, %(note)s::text, %(file_name)s::text,
 %(media_type)s::text, %(sha256)s::text, 1, %(user)s::bigint) RETURNING id
"""
_UPDATE = """
UPDATE sourcing_supplierpaper SET kind = %(kind)s::text, name = %(name)s::text, reference = %(reference)s::text,
 valid_from = %(valid_from)s::date, expires_on = %(expires_on)s::date, remind_days = %(remind_days)s::smallint,
 note = %(note)s::text, version = version + 1,
 file_name = CASE WHEN %(sha256)s::text = '' THEN file_name ELSE %(file_name)s::text END,
 media_type = CASE WHEN %(sha256)s::text = '' THEN media_type ELSE %(media_type)s::text END,
 sha256 = CASE WHEN %(sha256)s::text = '' THEN sha256 ELSE %(sha256)s::text END
WHERE id = %(paper)s::bigint
"""
# Whom it concerns: who recorded it, and the buyer of the supplier's newest order.
_DUE = """
UPDATE sourcing_supplierpaper d SET reminded_for = d.expires_on FROM catalog_partner p
WHERE p.id = d.partner_id AND d.company_id = %(company)s::bigint AND d.removed_at IS NULL
 AND d.expires_on - d.remind_days <= %(today)s::date AND d.reminded_for IS DISTINCT FROM d.expires_on
RETURNING d.id, p.id, p.code, p.name, d.name, d.expires_on, d.created_by_id,
 (SELECT o.buyer_id FROM purchasing_purchaseorder o WHERE o.company_id = d.company_id AND o.supplier_id = p.id
  AND o.buyer_id IS NOT NULL ORDER BY o.id DESC LIMIT 1)
"""


@command(SAVE, _("登记供应商资料"))
def save_paper(
    *,
    actor: Actor,
    supplier: str,
    paper: PaperIn,
    paper_id: int | None = None,
    content: Content | None = None,
    version: int | None = None,
) -> Done:
    """Record a document of a supplier, or change one; a new file takes the place of the old one.

    Errors: NotFound, Stale, Invalid (by field).
    """
    _check(actor, paper)
    values = {
        "kind": paper.kind,
        "name": paper.name.strip(),
        "reference": paper.reference.strip(),
        "valid_from": paper.valid_from,
        "expires_on": paper.expires_on,
        "remind_days": paper.remind_days,
        "note": paper.note.strip(),
        "file_name": content.name if content else "",
        "media_type": content.media_type if content else "",
        "sha256": content.sha256 if content else "",
    }
    if paper_id is None:
        found = db.row(_PARTNER, [actor.company_id, supplier])
        if found is None:
            raise NotFound(what=supplier)
        made = db.row(_INSERT, {**values, "company": actor.company_id, "partner": found[0], "user": actor.user_id})
        assert made is not None
        id_, now, subject = int(made[0]), 1, Subject("partner", found[0], found[1])
    else:
        id_ = paper_id
        current, subject, _name = _lock(actor, paper_id)
        if subject.number != supplier:
            raise NotFound(what=f"{supplier} #{paper_id}")
        check_version(paper.name, current, version)
        db.later(_UPDATE, {**values, "paper": paper_id})
        now = current + 1
    told = {"name": paper.name.strip(), "expires_on": paper.expires_on, "file": values["file_name"]}
    record("sourcing.paper_saved", subject, actor, (f"paper:{id_}",), **told)
    return Done("paper", id_, subject.number, "", now, {"paper": id_})


def _lock(actor: Actor, paper_id: int) -> tuple[int, Subject, str]:
    found = db.row(_LOCK, [actor.company_id, paper_id])
    if found is None:
        raise NotFound(what=f"#{paper_id}")
    return int(found[0]), Subject("partner", found[1], found[2]), str(found[3])


def _check(actor: Actor, paper: PaperIn) -> None:
    problems = day_problems(actor, {"valid_from": paper.valid_from, "expires_on": paper.expires_on})
    if paper.kind not in KINDS:
        problems["kind"] = "kind: " + " | ".join(KINDS)
    if not paper.name.strip():
        problems["name"] = _now("请填写名称")
    if paper.valid_from and paper.expires_on and paper.valid_from > paper.expires_on:
        problems["expires_on"] = _now("到期日不能早于生效日。")
    if not 0 <= paper.remind_days <= MOST_DAYS:
        problems["remind_days"] = _now("应在 %(low)s 到 %(high)s 之间") % {"low": 0, "high": MOST_DAYS}
    for name, text, most in (("name", paper.name, 120), ("reference", paper.reference, 80), ("note", paper.note, 300)):
        if len(text.strip()) > most:
            problems[name] = _now("最多 %(count)s 个字。") % {"count": most}
    if problems:
        raise Invalid(problems)


@command("sourcing.remove_paper", _("移除供应商资料"), permission=SAVE)
def remove_paper(*, actor: Actor, paper_id: int, version: int | None = None) -> Done:
    """Take a document off the list; it is kept. Errors: NotFound, Stale."""
    current, subject, name = _lock(actor, paper_id)
    check_version(name, current, version)
    db.later(
        "UPDATE sourcing_supplierpaper SET removed_at = now(), version = version + 1 WHERE id = %s::bigint", [paper_id]
    )
    record("sourcing.paper_removed", subject, actor, (f"paper:{paper_id}",), name=name)
    return Done("paper", paper_id, subject.number, "", current + 1)


@command(MIND, _("提醒即将到期的供应商资料"))
def mind_papers(*, actor: Actor, today: date | None = None) -> Done:
    """Tell people of documents that end soon, once for each end. The worker calls it by the clock; a fixed number of
    statements.
    """
    found = db.rows(_DUE, {"company": actor.company_id, "today": today or actor.today()})
    told, entries = [], []
    for id_, partner, code, supplier, name, on, *people in found:
        subject = Subject("partner", partner, code)
        text = _now("%(supplier)s 的「%(name)s」%(on)s 到期") % {"supplier": supplier, "name": name, "on": on}
        told += [(person, text, subject) for person in dict.fromkeys(people) if person is not None]
        entries.append(Entry("sourcing.paper_ends", subject, (f"paper:{id_}",), {"name": name, "expires_on": on}))
    notices.notify_each(actor.company_id, "paper", told)
    record_all(actor, entries)
    return Done("scan", actor.company_id, "papers", data={"papers": len(found)})
