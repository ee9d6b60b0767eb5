"""Asking a supplier when it comes: the form of the remedy, the link, what the supplier is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
from gendan.purchasing.queries.sending import must_see_it
from gendan.purchasing.queries.supplier_address import OpenLink

URGE, ANSWER = "alerts.urge_supplier", "alerts.answer_urge"
HOURS, MOST_HOURS, DAYS = Decimal(8), Decimal(400), 30
KINDS = ("date", "partly", "cannot")


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


# The purchase lines that the cases of an urge are about; those that have come meanwhile have nothing open.
LINES = """
SELECT r.urge_id AS urge, o.number AS order, l.line_no AS line, min(c.id) AS case_id, min(r.id) AS remedy_id, l.id,
 o.id AS order_id, p.code AS product, p.name AS product_name, p.specification, u.name AS unit_name, u.decimals,
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
WHERE r.urge_id = ANY(%s::bigint[]) AND r.company_id = %s::bigint
GROUP BY r.urge_id, l.id, o.id, p.id, u.id ORDER BY coalesce(l.promised_on, l.required_on), o.number, l.line_no
LIMIT 2000
"""


def lines_of_urge(company_id: int, urge_id: int) -> list[Row]:
    """What the supplier is asked about, most overdue first; one statement."""
    return lines_of_urges(company_id, [urge_id])


def lines_of_urges(company_id: int, urges: Iterable[int]) -> list[Row]:
    """What the supplier is asked about by any number of urgings, each line with its ``urge``; one statement."""
    return db.dicts(LINES, [db.array(urges), company_id])


def address_of(link: OpenLink, lines: Sequence[Row]) -> str:
    """Where the supplier answers: on the order's page where it is about one, else where all of them are."""
    orders = {line["order"] for line in lines}
    return link.order(orders.pop()) if len(orders) == 1 else link.address


_SHOWN = """
SELECT g.id, g.link_id, k.sealed, g.state, g.email, g.recipient, least(g.expires_at, k.expires_at) AS expires_at,
 k.revoked_at, g.answer_by, g.seen_at, g.sent_at, g.problem, g.answered_at, g.answered_by, g.cases, p.code AS partner,
 p.name AS partner_name,
 (SELECT min(c.number) FROM alerts_remedy r JOIN alerts_case c ON c.id = r.case_id WHERE r.urge_id = g.id{within})
  AS number
FROM alerts_urge g JOIN catalog_partner p ON p.id = g.partner_id JOIN purchasing_supplierlink k ON k.id = g.link_id
WHERE g.company_id = %s::bigint AND g.id = %s::bigint
"""


def urge_shown(actor: Actor, urge_id: int) -> Row:
    """A link with its address, for who may urge and sees one of its cases, to be handed on in another way.

    Errors: NotFound (it ended, too), Forbidden, LinkShowsWhatIsHidden.
    """
    actor.must(URGE)
    must_see_it(actor)
    sql = _SHOWN.replace("{within}", scope.also(actor, "case", "c"))
    found = db.dicts(sql, [actor.company_id, urge_id])
    token = ""
    if found and found[0]["number"]:
        row, now = found[0], timezone.now()
        if tokens.state_of(row["expires_at"], row["revoked_at"], now) == "open":
            token = unseal(row.pop("sealed")).get("token", "")
    if not token:
        raise NotFound(what=_now("催货链接"))
    url = address_of(OpenLink(found[0]["link_id"], token), lines_of_urge(actor.company_id, urge_id))
    return {**found[0], "url": url, "state_label": str(Urge.State(found[0]["state"]).label)}


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


def answers_of(company_id: int, urges: Iterable[int]) -> dict[tuple[int, str, int], Row]:
    """What the supplier said so far, by urging, order and line; one statement."""
    found = db.rows(
        "SELECT urge_id, answer::text FROM alerts_remedy WHERE company_id = %s::bigint"
        " AND urge_id = ANY(%s::bigint[]) AND answer IS NOT NULL",
        [company_id, db.array(urges)],
    )
    return {(urge, line["order"], line["line"]): line for urge, text in found for line in json.loads(text)["lines"]}


def see(urges: Iterable[int]) -> None:
    """Keep when the supplier last looked, to a minute."""
    db.execute(
        "UPDATE alerts_urge SET seen_at = now() WHERE id = ANY(%s::bigint[])"
        " AND (seen_at IS NULL OR seen_at < now() - interval '1 minute')",
        [db.array(urges)],
    )
