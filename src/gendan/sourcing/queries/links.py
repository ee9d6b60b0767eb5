"""The link by which a supplier answers an inquiry, and what is shown there: its own answer, nobody else's."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from gendan.kernel import db, scope, tokens
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.sealed import unseal
from gendan.sourcing.permissions import VIEW
from gendan.sourcing.rules.inquiry import LINK_PERMISSIONS, base_price, breaks_text

SEND = "sourcing.send_inquiry"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class InquiryLink:
    """A link that somebody at a supplier came by. ``inquiry_state``: after the end it still opens, to be read."""

    id: int
    company_id: int
    company: str
    timezone: str
    inquiry_id: int
    number: str
    inquiry_state: str
    title: str
    note: str
    closes_at: datetime | None
    supplier: str
    partner: str
    recipient: str
    language: str
    expires_at: datetime
    answers: int
    answered_at: datetime | None
    has_logo: bool
    currency: str

    @property
    def state(self) -> str:
        """open or expired."""
        return tokens.state_of(self.expires_at, None, timezone.now())

    @property
    def is_over(self) -> bool:
        """Whether nothing can be answered any more."""
        return self.inquiry_state not in {"sent", "answered"}

    def actor(self, name: str = "", language: str = "", key: str = "") -> Actor:
        """Who acts through the link: nobody with an account, known by the name that was given."""
        return Actor(
            self.company_id,
            None,
            (name.strip() or self.recipient or self.partner)[:120],
            LINK_PERMISSIONS,
            via="portal",
            language=language or self.language or "zh-hans",
            timezone=self.timezone,
            idempotency_key=f"rfq{self.id}:{key[:90]}" if key else None,
        )


_BY_TOKEN = """
SELECT i.id, c.id, c.name, c.timezone, q.id, q.number, q.state, q.title, q.note, q.closes_at, p.code, p.name,
 i.recipient, i.language, i.expires_at, i.answers, i.answered_at, c.logo <> '', coalesce(nullif(p.currency, ''),
 c.currency)
FROM sourcing_invitation i JOIN sourcing_inquiry q ON q.id = i.inquiry_id JOIN accounts_company c ON c.id = i.company_id
JOIN catalog_partner p ON p.id = i.partner_id WHERE i.token_hash = %s::text
"""
# A supplier sees what is asked, and nothing of budgets, last prices or other suppliers.
_ASKED = """
SELECT l.line_no AS line, p.code AS product, p.name AS product_name, p.specification, u.name AS unit_name, u.decimals,
 l.quantity, l.required_on, l.note, coalesce(x.rate, 0) AS tax_rate
FROM sourcing_inquiryline l JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
LEFT JOIN catalog_tax x ON x.id = p.tax_id WHERE l.inquiry_id = %s::bigint ORDER BY l.line_no
"""
_ANSWER = """
SELECT a.id, a.version, a.source, a.currency, a.tax_included, a.freight, a.valid_to, a.note, a.late, a.answered_by,
 a.at, a.current
FROM sourcing_answer a WHERE a.company_id = %s::bigint AND a.invitation_id = %s::bigint ORDER BY a.version DESC
"""
_LINES = """
SELECT al.answer_id, l.line_no AS line, al.quoted, al.tax_rate, al.delivery_days, al.minimum, al.pack, al.substitute,
 al.note, coalesce((SELECT jsonb_agg(jsonb_build_array(x.from_quantity::text, x.price::text) ORDER BY x.from_quantity)
  FROM sourcing_answerprice x WHERE x.answer_line_id = al.id), '[]')::text AS prices
FROM sourcing_answer a JOIN sourcing_answerline al ON al.answer_id = a.id
JOIN sourcing_inquiryline l ON l.id = al.line_id
WHERE a.company_id = %s::bigint AND a.invitation_id = %s::bigint ORDER BY a.version DESC, l.line_no
"""
_FILES = """
SELECT f.id, f.answer_id, f.name, f.media_type, f.size, f.sha256 FROM sourcing_answerfile f
JOIN sourcing_answer a ON a.id = f.answer_id WHERE a.company_id = %s::bigint AND a.invitation_id = %s::bigint
ORDER BY f.id
"""
_SHOWN = """
SELECT i.id, i.token_sealed, i.expires_at, i.email, i.recipient, i.language, p.code AS supplier,
 p.name AS supplier_name, q.number, q.title
FROM sourcing_invitation i JOIN sourcing_inquiry q ON q.id = i.inquiry_id JOIN catalog_partner p ON p.id = i.partner_id
WHERE i.company_id = %s::bigint AND q.number = %s::text AND p.code = %s::text
"""


def link_by_token(token: str) -> InquiryLink | None:
    """The link that a token opens, whatever its state; None for any other text."""
    if not tokens.could_be(token):
        return None
    found = db.row(_BY_TOKEN, [tokens.hash_of(token)])
    return InquiryLink(*found) if found else None


def see(link: InquiryLink) -> None:
    """Keep when the supplier last looked, to a minute."""
    db.execute(
        "UPDATE sourcing_invitation SET seen_at = now() WHERE id = %s::bigint"
        " AND (seen_at IS NULL OR seen_at < now() - interval '1 minute')",
        [link.id],
    )


def asked(inquiry: int) -> list[Row]:
    """What is asked, as suppliers read it; one statement."""
    return db.dicts(_ASKED, [inquiry])


def answers_of(company_id: int, invitation: int) -> list[Row]:
    """All versions of one supplier's answer, the last first, each with its lines and files; three statements."""
    found = db.dicts(_ANSWER, [company_id, invitation])
    by_id: dict[int, Row] = {row["id"]: {**row, "lines": {}, "files": []} for row in found}
    if found:
        for line in db.dicts(_LINES, [company_id, invitation]):
            prices = json.loads(line["prices"])
            line.update(prices=prices, price=base_price(prices), breaks=breaks_text(prices))
            by_id[line["answer_id"]]["lines"][line["line"]] = line
        for file in db.dicts(_FILES, [company_id, invitation]):
            by_id[file["answer_id"]]["files"].append(file)
    return list(by_id.values())


def link_shown(actor: Actor, number: str, supplier: str) -> Row:
    """A supplier's link with its address, for who may send inquiries. Errors: NotFound (it ended, too), Forbidden."""
    actor.must(VIEW)
    actor.must(SEND)
    scope.demand(actor, {"number": number})
    found = db.dicts(_SHOWN, [actor.company_id, number, supplier])
    if not found or not found[0]["token_sealed"] or found[0]["expires_at"] <= timezone.now():
        raise NotFound(what=f"{number} {supplier}")
    token = unseal(found[0].pop("token_sealed")).get("token", "")
    return {**found[0], "url": public_address(token)}


def public_address(token: str) -> str:
    """Where a supplier answers."""
    from django.urls import reverse  # the page stands above, it is known by name

    return f"{settings.PUBLIC_URL or settings.ORIGIN}{reverse('portal:inquiry', args=[token])}"
