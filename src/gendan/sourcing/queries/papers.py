"""Documents of suppliers: the list, one of them, those of which somebody has to be told."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.paging import Page
from gendan.sourcing.models import SupplierPaper
from gendan.sourcing.permissions import VIEW
from gendan.sourcing.rules.papers import standing

Row = dict[str, Any]
MIND = "sourcing.mind_papers"
STANDING = {"valid": _("有效"), "expiring": _("即将到期"), "expired": _("已到期")}
SHOWN = ("", "expiring", "expired", "all")
_COLUMNS = """d.id, d.kind, d.name, d.reference, d.valid_from, d.expires_on, d.remind_days, d.note, d.file_name,
 d.media_type, d.sha256, d.version, d.created_at, p.code AS supplier, p.name AS supplier_name, p.id AS partner_id,
 coalesce(u.name, '') AS created_by"""
_FROM = """FROM sourcing_supplierpaper d JOIN catalog_partner p ON p.id = d.partner_id
LEFT JOIN accounts_user u ON u.id = d.created_by_id
WHERE d.company_id = %(company)s::bigint AND d.removed_at IS NULL"""
# What ends soonest comes first, what never ends last.
_LAST = date(9999, 12, 31)
_END = f"coalesce(d.expires_on, DATE '{_LAST}')"


def _shown(row: Row, today: date) -> Row:
    row["standing"] = standing(row["expires_on"], row["remind_days"], today)
    row["standing_label"] = str(STANDING[row["standing"]])
    row["kind_label"] = str(SupplierPaper.Kind(row["kind"]).label)
    return row


def list_papers(
    actor: Actor, state: str = "", supplier: str = "", after: str | None = None, limit: int | None = None
) -> Page[Row]:
    """Documents, the one that ends first first; ``state`` expiring, expired, or "" for all. One statement."""
    actor.must(VIEW)
    if state not in SHOWN:
        raise Invalid({"state": "state: " + " | ".join(SHOWN[1:])})
    today, size = actor.today(), paging.limited(limit)
    params: Row = {"company": actor.company_id, "today": today, "limit": size + 1}
    where = scope.conditions(actor, "partners", "p")
    if state == "expired":
        where.append("d.expires_on < %(today)s::date")
    elif state == "expiring":
        where.append("d.expires_on >= %(today)s::date AND d.expires_on - d.remind_days <= %(today)s::date")
    if supplier:
        where.append("p.code = %(supplier)s::text")
        params["supplier"] = supplier
    key = paging.decode(after, 2)
    if key is not None:
        where.append(f"({_END}, d.id) > (%(end)s::date, %(id)s::bigint)")
        try:
            params.update(end=date.fromisoformat(str(key[0])), id=paging.as_id(key[1]))
        except ValueError:
            raise Invalid({"after": "after"}) from None
    narrowed = "".join(f" AND {part}" for part in where)
    found = db.dicts(f"SELECT {_COLUMNS} {_FROM}{narrowed} ORDER BY {_END}, d.id LIMIT %(limit)s::int", params)
    rows = [_shown(row, today) for row in found]
    return paging.cut(rows, size, lambda row: [row["expires_on"] or _LAST, row["id"]])


def paper(actor: Actor, paper_id: int) -> Row:
    """One document. Errors: NotFound, Forbidden."""
    actor.must(VIEW)
    within = scope.also(actor, "partners", "p")
    params = {"company": actor.company_id, "paper": paper_id}
    found = db.dicts(f"SELECT {_COLUMNS} {_FROM} AND d.id = %(paper)s::bigint{within}", params)
    if not found:
        raise NotFound(what=f"#{paper_id}")
    return _shown(found[0], actor.today())


def companies_to_remind() -> list[Actor]:
    """Who looks in each company where a document ends soon of which nobody was told: nobody of its people."""
    found = db.rows(
        "SELECT DISTINCT c.id, c.timezone FROM sourcing_supplierpaper d JOIN accounts_company c ON c.id = d.company_id"
        " WHERE d.removed_at IS NULL AND d.expires_on - d.remind_days <= current_date + 1"
        " AND d.reminded_for IS DISTINCT FROM d.expires_on ORDER BY c.id"
    )
    return [Actor(id_, None, "", frozenset({MIND}), via="job", timezone=zone) for id_, zone in found]
