"""People of a supplier, as we and as their own administrators see them."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.portal import rules

Row = dict[str, Any]
INVITE = "portal.invite_supplier_person"
RIGHT_LABELS = {
    "answer": _("答复订单、报进度"),
    "ship": _("登记发货"),
    "money": _("看价格、报价"),
    "statement": _("看收货对账"),
    "people": _("管理本公司账号"),
}
STATES = {"active": _("已启用"), "invited": _("等待设置密码"), "expired": _("邀请已过期"), "inactive": _("已停用")}
_PEOPLE = """
SELECT x.id, x.email, x.name, x.language, x.rights::text AS rights, x.is_active, x.version, x.accepted_at, x.seen_at,
 x.created_at, x.password <> '' AS joined, x.token_ends, x.mailed_at, x.problem, coalesce(u.name, '') AS created_by,
 (SELECT count(*) FROM portal_supplierkey k WHERE k.person_id = x.id AND k.revoked_at IS NULL) AS key_count
FROM portal_supplierperson x LEFT JOIN accounts_user u ON u.id = x.created_by_id
WHERE x.company_id = %s::bigint AND x.partner_id = %s::bigint ORDER BY x.is_active DESC, x.name, x.id LIMIT 200
"""
_PARTNER = """
SELECT p.id, p.code, p.name, coalesce(k.name, '') AS contact, coalesce(k.email, '') AS contact_email
FROM catalog_partner p LEFT JOIN LATERAL (SELECT name, email FROM catalog_contact c WHERE c.partner_id = p.id
 AND c.email <> '' ORDER BY c.is_main DESC, c.id LIMIT 1) k ON true
WHERE p.company_id = %s::bigint AND p.code = %s::text
 AND (p.is_supplier OR EXISTS (SELECT FROM portal_supplierperson x WHERE x.partner_id = p.id))
"""
_KEYS = """
SELECT id, name, hint, created_at, used_at, expires_at, expires_at <= now() AS is_over FROM portal_supplierkey
WHERE person_id = %s::bigint AND revoked_at IS NULL ORDER BY id DESC
"""


def people_of(company_id: int, partner_id: int) -> list[Row]:
    """All people of a supplier, who may sign in first; one statement."""
    found = db.dicts(_PEOPLE, [company_id, partner_id])
    now = timezone.now()
    for row in found:
        row["rights"] = [right for right in rules.RIGHTS if right in json.loads(row["rights"])]
        row["rights_text"] = "、".join(str(RIGHT_LABELS[right]) for right in row["rights"]) or str(_("只看订单"))
        row["state"] = _state(row, now)
        row["state_label"] = str(STATES[row["state"]])
    return found


def _state(row: Row, now: Any) -> str:
    if not row["is_active"]:
        return "inactive"
    if row["joined"]:
        return "active"
    return "invited" if row["token_ends"] and row["token_ends"] > now else "expired"


def supplier_named(actor: Actor, code: str) -> Row | None:
    """A supplier, or who was one and still has people here, and whom one would write to there."""
    return next(iter(db.dicts(_PARTNER, [actor.company_id, code])), None)


def keys_of(person: int) -> list[Row]:
    """The keys of somebody's programs that were not revoked."""
    return db.dicts(_KEYS, [person])
