"""Who comes for a supplier, by link or signed in, and which orders are theirs to see."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from gendan.kernel import db, tokens
from gendan.kernel.actor import Actor
from gendan.portal import rules

LINK, PERSON = "link", "person"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody of a supplier. ``kind``: with a link, which opens what was sent by it; or a person who signed in, who
    sees all that was sent to the supplier. Every statement about orders asks ``visible``.
    """

    kind: str
    id: int
    company_id: int
    company: str
    timezone: str
    partner_id: int
    partner_code: str
    partner: str
    recipient: str
    language: str
    rights: frozenset[str]
    expires_at: datetime
    revoked_at: datetime | None
    has_logo: bool

    @property
    def state(self) -> str:
        """open, expired or revoked."""
        return tokens.state_of(self.expires_at, self.revoked_at, timezone.now())

    def actor(self, name: str = "", language: str = "", key: str = "") -> Actor:
        """Who acts: nobody of ours. Who signed in is known; who comes with a link is called as they say. The key of a
        form counts for this visitor.
        """
        is_person = self.kind == PERSON
        given = "" if is_person else name.strip()
        own = frozenset({rules.OWN_ACCOUNT}) if is_person else frozenset[str]()
        return Actor(
            self.company_id,
            None,
            (given or self.recipient or self.partner)[:120],
            rules.permissions_of(self.rights) | own,
            via="supplier",
            language=language or self.language or "zh-hans",
            timezone=self.timezone,
            idempotency_key=f"{self.kind}{self.id}:{key[:90]}" if key else None,
        )

    def may(self, right: str) -> bool:
        """Whether this right was given."""
        return right in self.rights

    @property
    def params(self) -> dict[str, Any]:
        """What ``visible`` names."""
        by_link = self.id if self.kind == LINK else None
        return {"company": self.company_id, "partner": self.partner_id, "link": by_link}


# The condition on an order ``o``: of this company and supplier, sent (by this link), and not taken back since.
VISIBLE = """o.company_id = %(company)s::bigint AND o.supplier_id = %(partner)s::bigint
 AND o.state NOT IN ('draft', 'pending_approval') AND EXISTS (SELECT 1 FROM purchasing_sending vx
  WHERE vx.order_id = o.id AND (%(link)s::bigint IS NULL OR vx.link_id = %(link)s::bigint))"""
_BY_TOKEN = """
SELECT k.id, c.id, c.name, c.timezone, p.id, p.code, p.name, k.recipient, k.language, k.expires_at, k.revoked_at,
 c.logo <> ''
FROM purchasing_supplierlink k JOIN accounts_company c ON c.id = k.company_id
JOIN catalog_partner p ON p.id = k.partner_id WHERE k.token_hash = %s::text
"""
ALL_BY_LINK = frozenset({"answer", "ship", "money", "statement"})
_SEE_LINK = """
UPDATE purchasing_supplierlink SET seen_at = now() WHERE id = %s::bigint
 AND (seen_at IS NULL OR seen_at < now() - interval '1 minute')
"""
_SEE_PERSON = """
UPDATE portal_supplierperson SET seen_at = now() WHERE id = %s::bigint
 AND (seen_at IS NULL OR seen_at < now() - interval '1 minute')
"""

_PERSON = """
SELECT x.id, c.id, c.name, c.timezone, p.id, p.code, p.name, x.name, x.language, {ends}, NULL::timestamptz,
 c.logo <> '', x.rights::text{more}
FROM portal_supplierperson x {join} JOIN accounts_company c ON c.id = x.company_id
JOIN catalog_partner p ON p.id = x.partner_id AND p.is_active AND p.is_supplier
WHERE x.is_active AND {condition}
"""
_BY_SESSION = _PERSON.format(
    ends="s.ends_at",
    more="",
    join="JOIN portal_suppliersession s ON s.person_id = x.id",
    condition="s.token_hash = %s::text AND s.ends_at > now() ORDER BY s.chosen_at DESC, s.id LIMIT 1",
)
_BY_KEY = _PERSON.format(
    ends="coalesce(k.expires_at, now() + interval '1 day')",
    more=", k.id, k.used_at IS NULL OR k.used_at < now() - interval '10 minutes'",
    join="JOIN portal_supplierkey k ON k.person_id = x.id",
    condition="k.key_hash = %s::text AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())",
)
KEY_PREFIX = "gds_"


def visitor_by_session(token: str) -> Visitor | None:
    """The person whom a browser's session belongs to; of several the one that was chosen last."""
    return _person(_BY_SESSION, token)


def visitor_by_key(key: str) -> Visitor | None:
    """The person as whom a program acts; None for a key that is unknown, revoked or over, or whose person has left."""
    if not key.startswith(KEY_PREFIX):
        return None
    found = db.row(_BY_KEY, [tokens.hash_of(key)])
    if found is None:
        return None
    if found[14]:
        db.execute("UPDATE portal_supplierkey SET used_at = now() WHERE id = %s::bigint", [found[13]])
    return _visitor(found)


def _person(sql: str, token: str) -> Visitor | None:
    if not tokens.could_be(token):
        return None
    found = db.row(sql, [tokens.hash_of(token)])
    return _visitor(found) if found else None


def _visitor(found: db.Row) -> Visitor:
    rights = frozenset(json.loads(found[12])) & frozenset(rules.RIGHTS)
    id_, company_id, company, zone, partner_id, code, partner, name, language, ends, revoked, logo = found[:12]
    return Visitor(
        PERSON, id_, company_id, company, zone, partner_id, code, partner, name, language, rights, ends, revoked, logo
    )


def visitor_by_token(token: str) -> Visitor | None:
    """The link that a token opens, whatever its state; None for any other text."""
    if not tokens.could_be(token):
        return None
    found = db.row(_BY_TOKEN, [tokens.hash_of(token)])
    if found is None:
        return None
    id_, company_id, company, zone, partner_id, code, partner, recipient, language, ends, revoked, logo = found
    return Visitor(
        LINK, id_, company_id, company, zone, partner_id, code, partner, recipient, language, ALL_BY_LINK, ends,
        revoked, logo,
    )  # fmt: skip


def looked(visitor: Visitor) -> None:
    """Keep when somebody last looked, to a minute."""
    db.execute(_SEE_LINK if visitor.kind == LINK else _SEE_PERSON, [visitor.id])


def visible_order(visitor: Visitor, number: str) -> int | None:
    """The id of an order that the visitor may see; None for any other."""
    sql = f"SELECT o.id FROM purchasing_purchaseorder o WHERE {VISIBLE} AND o.number = %(number)s::text"
    found = db.row(sql, {**visitor.params, "number": number})
    return int(found[0]) if found else None


_CHANGE = f"""
SELECT o.number FROM changes_changeorder c JOIN purchasing_purchaseorder o ON o.id = c.order_id
WHERE c.order_kind = 'po' AND c.number = %(number)s::text AND c.company_id = %(company)s::bigint AND {VISIBLE}
"""


def visible_change(visitor: Visitor, number: str) -> str | None:
    """The number of the order that a change order of the visitor's is about; None for any other."""
    found = db.row(_CHANGE, {**visitor.params, "number": number})
    return str(found[0]) if found else None
