"""Links by their token, and those of an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gendan.kernel import db, fields, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.sealed import unseal
from gendan.portal import rules
from gendan.portal.errors import ShowsWhatIsHidden
from gendan.portal.permissions import VIEW

Row = dict[str, Any]
CREATE = "portal.create_link"


@dataclass(frozen=True, slots=True)
class Link:
    """A link that somebody came by, the order behind it, and who to ask."""

    id: int
    company_id: int
    company: str
    timezone: str
    order_id: int
    number: str
    customer: str
    recipient: str
    language: str
    expires_at: datetime
    revoked_at: datetime | None
    salesperson: str
    has_logo: bool

    @property
    def state(self) -> str:
        """open, expired or revoked."""
        return rules.state_of(self.expires_at, self.revoked_at, timezone.now())

    def actor(self, name: str = "", language: str = "", key: str = "") -> Actor:
        """Who acts through the link: nobody with an account, known by the name that was given.

        The key of a form counts for this link only.
        """
        return Actor(
            self.company_id,
            None,
            (name.strip() or self.recipient or self.customer)[:120],
            rules.PERMISSIONS,
            via="portal",
            language=language or self.language or "zh-hans",
            timezone=self.timezone,
            idempotency_key=f"link{self.id}:{key[:90]}" if key else None,
        )


_BY_TOKEN = """
SELECT k.id, c.id, c.name, c.timezone, o.id, o.number, p.name, k.recipient, k.language, k.expires_at, k.revoked_at,
 coalesce(u.name, ''), c.logo <> ''
FROM portal_customerlink k JOIN accounts_company c ON c.id = k.company_id JOIN sales_salesorder o ON o.id = k.order_id
JOIN catalog_partner p ON p.id = o.customer_id LEFT JOIN accounts_user u ON u.id = o.salesperson_id
WHERE k.token_hash = %s::text
"""
_OF_ORDER = """
SELECT k.id, k.recipient, k.language, k.expires_at, k.revoked_at, k.created_at, k.seen_at,
 coalesce(u.name, '') AS created_by, coalesce(r.name, '') AS revoked_by, k.sealed
FROM portal_customerlink k LEFT JOIN accounts_user u ON u.id = k.created_by_id
LEFT JOIN accounts_user r ON r.id = k.revoked_by_id
WHERE k.company_id = %s::bigint AND k.order_id = %s::bigint ORDER BY k.id DESC LIMIT 50
"""


def link_by_token(token: str) -> Link | None:
    """The link that a token opens, whatever its state; None for any other text."""
    if not rules.could_be(token):
        return None
    found = db.row(_BY_TOKEN, [rules.hash_of(token)])
    return Link(*found) if found else None


def see(link: Link) -> None:
    """Keep when the customer last looked, to a minute."""
    db.execute(
        "UPDATE portal_customerlink SET seen_at = now() WHERE id = %s::bigint"
        " AND (seen_at IS NULL OR seen_at < now() - interval '1 minute')",
        [link.id],
    )


SHOWN = ("customer_reference", "requested_on", "promised_on", "address")  # fields of an order on the customer's page


def must_see_it(actor: Actor) -> None:
    """Refuse the address of a page to who is kept from what it shows: it opens without anybody's rights."""
    if hidden := [field for field in fields.rights(actor, "so", None, fields.HIDDEN) if field.name in SHOWN]:
        raise ShowsWhatIsHidden(field=str(hidden[0].label))


def links_of(actor: Actor, order_id: int) -> list[Row]:
    """The links of an order, newest first; their tokens only for who may make links."""
    actor.must(VIEW)
    now = timezone.now()
    found = db.dicts(_OF_ORDER, [actor.company_id, order_id])
    for row in found:
        row["state"] = rules.state_of(row["expires_at"], row["revoked_at"], now)
        sealed = row.pop("sealed")
        may = row["state"] == "open" and actor.may(CREATE) and not fields.hides(actor, "so", *SHOWN)
        row["token"] = unseal(sealed).get("token", "") if may else ""
    return found


def link_shown(actor: Actor, link_id: int) -> Row:
    """One open link with its token and its order, for who may make links; NotFound where it ended or cannot be read."""
    actor.must(CREATE)
    must_see_it(actor)
    found = db.dicts(
        "SELECT k.id, k.recipient, k.language, k.expires_at, k.revoked_at, k.seen_at, k.sealed, o.number"
        " FROM portal_customerlink k JOIN sales_salesorder o ON o.id = k.order_id"
        " WHERE k.company_id = %s::bigint AND k.id = %s::bigint",
        [actor.company_id, link_id],
    )
    row = found[0] if found else {}
    scope.demand(actor, row.get("number", ""))
    token = unseal(row.pop("sealed")).get("token", "") if row else ""
    if not token or rules.state_of(row["expires_at"], row["revoked_at"], timezone.now()) != "open":
        raise NotFound(what=_("客户链接"))
    return {**row, "token": token}


def messages_of(company_id: int, order_id: int) -> list[Row]:
    """What the customer and we wrote about an order, oldest first."""
    return db.dicts(
        "SELECT m.id, m.at, m.user_id IS NOT NULL AS ours, coalesce(nullif(u.name, ''), m.author) AS author, m.text"
        " FROM portal_customermessage m LEFT JOIN accounts_user u ON u.id = m.user_id"
        " WHERE m.company_id = %s::bigint AND m.order_id = %s::bigint ORDER BY m.id DESC LIMIT 200",
        [company_id, order_id],
    )[::-1]
