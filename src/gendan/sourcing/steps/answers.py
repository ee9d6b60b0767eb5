"""Take an answer: every version is kept, the last one counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gendan.kernel import db, tables
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.kernel.values import LARGEST
from gendan.sourcing.errors import AnswerTooLate, NothingAnswered, UnknownSupplier
from gendan.sourcing.models import Inquiry
from gendan.sourcing.queries.policy import policy_of
from gendan.sourcing.rules.inquiry import MAX_BREAKS, AnswerLineIn

DAYS = 1000
MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class AnswerIn:
    """A whole answer; ``currency`` empty is the supplier's or the company's."""

    lines: Sequence[AnswerLineIn]
    currency: str = ""
    tax_included: bool = True
    freight: Decimal = Decimal(0)
    valid_to: date | None = None
    note: str = ""
    files: tuple[Content, ...] = ()


_INVITED = """
SELECT i.id, i.answers, c.code, c.rate, c.minor_units, p.name
FROM sourcing_invitation i JOIN catalog_partner p ON p.id = i.partner_id
JOIN accounts_company co ON co.id = i.company_id
LEFT JOIN catalog_currency c ON c.company_id = i.company_id AND c.is_active
 AND c.code = coalesce(nullif(%(currency)s::text, ''), nullif(p.currency, ''), co.currency)
WHERE i.company_id = %(company)s::bigint AND i.inquiry_id = %(inquiry)s::bigint AND p.code = %(supplier)s::text
FOR NO KEY UPDATE OF i
"""
_LINES = """
SELECT l.line_no, l.id, coalesce(x.rate, 0) FROM sourcing_inquiryline l JOIN catalog_product p ON p.id = l.product_id
LEFT JOIN catalog_tax x ON x.id = p.tax_id WHERE l.inquiry_id = %s::bigint
"""
_FORMER = "UPDATE sourcing_answer SET current = false WHERE invitation_id = %s::bigint AND current"
_ANSWER = """
INSERT INTO sourcing_answer (company_id, invitation_id, version, source, currency, rate, minor_units, tax_included,
 freight, valid_to, note, late, answered_by, user_id)
VALUES (%(company)s::bigint, %(invitation)s::bigint, %(version)s::smallint, %(source)s::text, %(currency)s::text,
 %(rate)s::numeric, %(minor)s::smallint, %(included)s::boolean, %(freight)s::numeric, %(valid_to)s::date,
 %(note)s::text, %(late)s::boolean, %(by)s::text, %(user)s::bigint) RETURNING id
"""
_COUNT = """
UPDATE sourcing_invitation SET answers = answers + 1, answered_at = now(), declined = %s::boolean WHERE id = %s::bigint
"""
_LINE = {
    "company_id": "bigint",
    "answer_id": "bigint",
    "line_id": "bigint",
    "quoted": "boolean",
    "tax_rate": "numeric",
    "delivery_days": "smallint",
    "minimum": "numeric",
    "pack": "numeric",
    "substitute": "text",
    "note": "text",
}
_PRICE = {"company_id": "bigint", "answer_line_id": "bigint", "from_quantity": "numeric", "price": "numeric"}
_FILE = {
    "company_id": "bigint",
    "answer_id": "bigint",
    "name": "text",
    "media_type": "text",
    "size": "int",
    "sha256": "text",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What was written: the invitation, the version, whether nothing is offered, whether it came late."""

    invitation: int
    version: int
    declined: bool
    late: bool
    partner: str


@step
def take(actor: Actor, inquiry: Inquiry, supplier: str, given: AnswerIn, source: str) -> Taken:
    """Write a version of a supplier's answer to a locked inquiry.

    Errors: UnknownSupplier, AnswerTooLate, NothingAnswered, Invalid (by field).
    """
    params = {"currency": given.currency, "company": actor.company_id, "inquiry": inquiry.pk, "supplier": supplier}
    invited = db.row(_INVITED, params)
    if invited is None:
        raise UnknownSupplier(number=inquiry.number, supplier=supplier)
    late = inquiry.closes_at is not None and timezone.now() > inquiry.closes_at
    if late and policy_of(actor.company_id)[0].late_answers == "refuse":
        closed = timezone.localtime(inquiry.closes_at, actor.zone)
        raise AnswerTooLate(number=inquiry.number, closed=f"{closed:%Y-%m-%d %H:%M}")
    if not given.lines:
        raise NothingAnswered()
    known = {row[0]: row[1:] for row in db.rows(_LINES, [inquiry.pk])}
    problems = _problems(given, known)
    if invited[2] is None:
        problems["currency"] = _("币种 %(code)s 不存在或已停用。") % {"code": given.currency}
    if given.valid_to is not None and given.valid_to < actor.today():
        problems["valid_to"] = _("有效期不能早于今天。")
    if problems:
        raise Invalid(problems)
    version = invited[1] + 1
    declined = all(line.no_quote for line in given.lines)
    answer = _insert(actor, given, invited, version, source, late)
    _write_lines(actor, answer, given.lines, known)
    files = [{"company_id": actor.company_id, "answer_id": answer, **file._asdict()} for file in given.files]
    tables.insert("sourcing_answerfile", _FILE, files)
    db.later(_COUNT, [declined, invited[0]])
    return Taken(invited[0], version, declined, late, invited[5])


def _insert(actor: Actor, given: AnswerIn, invited: db.Row, version: int, source: str, late: bool) -> int:
    """The head of a version, which counts in place of the one before."""
    db.later(_FORMER, [invited[0]])
    made = db.row(
        _ANSWER,
        {
            "company": actor.company_id,
            "invitation": invited[0],
            "version": version,
            "source": source,
            "currency": invited[2],
            "rate": invited[3],
            "minor": invited[4],
            "included": given.tax_included,
            "freight": given.freight,
            "valid_to": given.valid_to,
            "note": given.note.strip()[:1000],
            "late": late,
            "by": actor.name[:120],
            "user": actor.user_id,
        },
    )
    assert made is not None
    return int(made[0])


def _write_lines(actor: Actor, answer: int, lines: Sequence[AnswerLineIn], known: dict[int, Any]) -> None:
    rows = [
        {
            "company_id": actor.company_id,
            "answer_id": answer,
            "line_id": known[line.line][0],
            "quoted": not line.no_quote,
            "tax_rate": known[line.line][1] if line.tax_rate is None else line.tax_rate,
            "delivery_days": line.delivery_days,
            "minimum": line.minimum,
            "pack": line.pack,
            "substitute": line.substitute.strip(),
            "note": line.note.strip(),
        }
        for line in lines
    ]
    ids: dict[int, int] = dict(tables.insert("sourcing_answerline", _LINE, rows, returning="line_id, id"))
    prices = [
        {
            "company_id": actor.company_id,
            "answer_line_id": ids[known[line.line][0]],
            "from_quantity": one.from_quantity,
            "price": one.price,
        }
        for line in lines
        if not line.no_quote
        for one in line.prices
    ]
    tables.insert("sourcing_answerprice", _PRICE, prices)


def _problems(given: AnswerIn, known: dict[int, Any]) -> dict[str, str]:
    """What is wrong, by field."""
    problems: dict[str, str] = {}
    seen: set[int] = set()
    if not _in_range(given.freight):
        problems["freight"] = _("应为 0 或正数。")
    if len(given.files) > MOST_FILES:
        problems["files"] = _("一次最多 %(count)s 个文件。") % {"count": MOST_FILES}
    for n, line in enumerate(given.lines):
        if line.line not in known or line.line in seen:
            problems[f"lines.{n}.line"] = _("没有问到这一行，或写了不止一次。")
            continue
        seen.add(line.line)
        problems |= {f"lines.{n}.{name}": text for name, text in _wrong(line).items()}
    return problems


def _in_range(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value < LARGEST


def _wrong(line: AnswerLineIn) -> dict[str, str]:
    """What is wrong with one line."""
    problems = {}
    if line.no_quote:
        if not line.note.strip():
            problems["note"] = _("请说明不报价的原因。")
        return problems
    if not line.prices:
        problems["price"] = _("请填写单价，或选择不报价。")
    starts = [one.from_quantity for one in line.prices]
    if len(starts) > MAX_BREAKS or len(set(starts)) < len(starts):
        problems["breaks"] = _("阶梯价的起订数量不能重复，最多 %(most)s 档。") % {"most": MAX_BREAKS}
    if not all(_in_range(one.price) and _in_range(one.from_quantity) for one in line.prices):
        problems["price"] = _("单价必须是 0 或正数。")
    for name, value in (("minimum", line.minimum), ("pack", line.pack)):
        if not _in_range(value):
            problems[name] = _("应为 0 或正数。")
    if line.tax_rate is not None and not (line.tax_rate.is_finite() and 0 <= line.tax_rate <= 100):
        problems["tax_rate"] = _("税率应在 0 到 100 之间。")
    if line.delivery_days is not None and not 0 <= line.delivery_days <= DAYS:
        problems["delivery_days"] = _("应在 %(low)s 到 %(high)s 之间") % {"low": 0, "high": DAYS}
    for name, text, most in (("substitute", line.substitute, 200), ("note", line.note, 300)):
        if len(text.strip()) > most:
            problems[name] = _("最多 %(count)s 个字。") % {"count": most}
    return problems
