"""Asking a supplier when it comes: the form of the remedy, the link, what the supplier is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.remedies.kinds import Field, Remedy, Row, Situation
from gendan.alerts.remedies.models import Urge
from gendan.kernel import db, scope, tokens
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.sealed import unseal

URGE, ANSWER = "alerts.urge_supplier", "alerts.answer_urge"
HOURS, MOST_HOURS, DAYS = Decimal(8), Decimal(400), 30
KINDS = ("date", "partly", "cannot")
# What a supplier may do, whatever else there is.
PERMISSIONS = frozenset({ANSWER})


@dataclass(frozen=True, slots=True)
class AnswerIn:
    """What a supplier says about a line: it comes on a day, in part on a day and the rest on another, or not."""

    order: str
    line: int
    kind: str
    on: date | None = None
    quantity: Decimal | None = None
    rest_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class UrgeLink:
    """A link that somebody at a supplier came by."""

    id: int
    company_id: int
    company: str
    timezone: str
    partner: str
    recipient: str
    language: str
    expires_at: datetime
    answered_at: datetime | None
    answered_by: str
    note: str
    has_logo: bool

    @property
    def state(self) -> str:
        """open or expired."""
        return tokens.state_of(self.expires_at, None, timezone.now())

    def actor(self, name: str = "", language: str = "", key: str = "") -> Actor:
        """Who acts through the link: nobody with an account, known by the name that was given."""
        return Actor(
            self.company_id,
            None,
            (name.strip() or self.recipient or self.partner)[:120],
            PERMISSIONS,
            via="portal",
            language=language or self.language or "zh-hans",
            timezone=self.timezone,
            idempotency_key=f"urge{self.id}:{key[:90]}" if key else None,
        )


_BY_TOKEN = """
SELECT g.id, c.id, c.name, c.timezone, p.name, g.recipient, g.language, g.expires_at, g.answered_at, g.answered_by,
 g.note, c.logo <> ''
FROM alerts_urge g JOIN accounts_company c ON c.id = g.company_id JOIN catalog_partner p ON p.id = g.partner_id
WHERE g.token_hash = %s::text
"""
# The purchase lines that the cases of an urge are about; those that have come meanwhile have nothing open.
LINES = """
SELECT o.number AS order, l.line_no AS line, min(c.id) AS case_id, min(r.id) AS remedy_id, l.id, o.id AS order_id,
 p.code AS product, p.name AS product_name, p.specification, u.name AS unit_name, u.decimals,
 l.quantity - l.cancelled AS ordered, l.received,
 CASE WHEN l.live THEN greatest(l.quantity - l.cancelled - l.received, 0) ELSE 0 END AS open,
 coalesce(l.promised_on, l.required_on) AS due_on, l.expected_on, o.supplier_reference, o.ordered_on,
 array_agg(r.id) AS remedies
FROM alerts_remedy r JOIN alerts_case c ON c.id = r.case_id CROSS JOIN LATERAL (
 SELECT l.id FROM purchasing_orderline l
 WHERE c.document_kind = 'po' AND l.order_id = c.document_id AND (c.line_id IS NULL OR l.id = c.line_id)
 UNION SELECT sl.order_line_id FROM purchasing_shipmentline sl
 WHERE c.document_kind = 'asn' AND sl.shipment_id = c.document_id) x
JOIN purchasing_orderline l ON l.id = x.id JOIN purchasing_purchaseorder o ON o.id = l.order_id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
WHERE r.urge_id = %s::bigint AND r.company_id = %s::bigint
GROUP BY l.id, o.id, p.id, u.id ORDER BY coalesce(l.promised_on, l.required_on), o.number, l.line_no LIMIT 2000
"""


def urge_by_token(token: str) -> UrgeLink | None:
    """The link that a token opens, whatever its state; None for any other text."""
    if not tokens.could_be(token):
        return None
    found = db.row(_BY_TOKEN, [tokens.hash_of(token)])
    return UrgeLink(*found) if found else None


def see(link: UrgeLink) -> None:
    """Keep when the supplier first and last looked, to a minute."""
    db.execute(
        "UPDATE alerts_urge SET seen_at = now() WHERE id = %s::bigint"
        " AND (seen_at IS NULL OR seen_at < now() - interval '1 minute')",
        [link.id],
    )


def lines_of_urge(company_id: int, urge_id: int) -> list[Row]:
    """What the supplier is asked about, most overdue first; one statement."""
    return db.dicts(LINES, [urge_id, company_id])


_SHOWN = """
SELECT g.id, g.sealed, g.state, g.email, g.recipient, g.expires_at, g.answer_by, g.seen_at, g.sent_at, g.problem,
 g.answered_at, g.answered_by, g.cases, p.code AS partner, p.name AS partner_name,
 (SELECT min(c.number) FROM alerts_remedy r JOIN alerts_case c ON c.id = r.case_id WHERE r.urge_id = g.id{within})
  AS number
FROM alerts_urge g JOIN catalog_partner p ON p.id = g.partner_id
WHERE g.company_id = %s::bigint AND g.id = %s::bigint
"""


def urge_shown(actor: Actor, urge_id: int) -> Row:
    """A link with its address, for who may urge and sees one of its cases, to be handed on in another way.

    Errors: NotFound (it ended, too), Forbidden.
    """
    actor.must(URGE)
    sql = _SHOWN.replace("{within}", scope.also(actor, "case", "c"))
    found = db.dicts(sql, [actor.company_id, urge_id])
    token = ""
    if found and found[0]["number"] and found[0]["expires_at"] > timezone.now():
        token = unseal(found[0].pop("sealed")).get("token", "")
    if not token:
        raise NotFound(what=_now("催货链接"))
    return {**found[0], "url": public_address(token), "state_label": str(Urge.State(found[0]["state"]).label)}


def public_address(token: str) -> str:
    """Where a supplier answers."""
    from django.urls import reverse  # the page stands above, it is known by name

    return f"{settings.PUBLIC_URL or settings.ORIGIN}{reverse('portal:supplier', args=[token])}"


def _offered(situation: Situation) -> str | None:
    if not situation.open_lines or situation.waiting:
        return None
    others = len(situation.siblings)
    return _now("连同这家的另外 %(n)s 项") % {"n": others} if others else ""


def _fields(situation: Situation) -> list[Field]:
    main = next((contact for contact in situation.contacts if contact["email"]), None)
    fields = [
        Field("email", _("邮箱"), "email", main["email"] if main else "",
              help=_("不填就只生成链接，由您用微信等发给供应商。")),
        Field("recipient", _("联系人"), value=main["name"] if main else "", most=120),
        Field("language", _("语言"), "choice", "zh-hans", options=list(settings.LANGUAGES)),
        Field("hours", _("几个工作小时内要答复"), "number", HOURS, True, decimals=1,
              help=_("到时没有答复，升级给负责人的上级。")),
        Field("note", _("附言"), "long", most=500),
    ]  # fmt: skip
    if situation.siblings:
        options = [(row["number"], _case_in_words(row)) for row in situation.siblings]
        fields.append(Field("cases", _("一起催"), "cases", [number for number, _text in options], options=options))
    return fields


def _case_in_words(row: Mapping[str, Any]) -> str:
    place = f"{row['document_number']}·{row['line_no']}" if row["line_no"] else str(row["document_number"])
    late = _now("晚 %(n)s 天") % {"n": row["days"]} if row["days"] > 0 else ""
    return " ".join(filter(None, [place, row["product_name"] or "", late]))


REMEDY = Remedy(
    "urge_supplier",
    _("催供应商"),
    URGE,
    "bell",
    frozenset({"po", "asn"}),
    _offered,
    _fields,
    hint=_("供应商收到一个不用登录的链接，在上面答复新日期、先交一部分或不能供货；答复回到这里。"),
    button=_("发出催货"),
)


def answers_of(company_id: int, urge_id: int) -> dict[tuple[str, int], Row]:
    """What the supplier said so far, by order and line; one statement."""
    found = db.rows(
        "SELECT answer::text FROM alerts_remedy WHERE company_id = %s::bigint AND urge_id = %s::bigint"
        " AND answer IS NOT NULL",
        [company_id, urge_id],
    )
    return {(line["order"], line["line"]): line for (text,) in found for line in json.loads(text)["lines"]}
