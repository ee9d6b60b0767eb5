"""Turn the codes of an inquiry into rows, with everything that is wrong reported at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound, WrongState
from gendan.kernel.unit import step
from gendan.purchasing.rules import lines as purchase
from gendan.purchasing.steps.days import days_of
from gendan.purchasing.steps.lookup import item_rows, line_problems
from gendan.sourcing.errors import EmptyInquiry, RequisitionTaken
from gendan.sourcing.rules.draft import InquiryDraft, language_of
from gendan.sourcing.rules.inquiry import MAX_LINES, MAX_SUPPLIERS, LineIn, SupplierIn

OPEN = frozenset({"approved", "partly_ordered"})
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FoundLine:
    """The rows behind a line; ``sources`` are (requisition line id, quantity)."""

    line: LineIn
    product_id: int
    unit_id: int
    factor: Decimal
    warehouse_id: int
    sources: tuple[tuple[int, Decimal], ...]


@dataclass(frozen=True, slots=True)
class FoundSupplier:
    partner_id: int
    code: str
    email: str
    recipient: str
    language: str


@dataclass(frozen=True, slots=True)
class Found:
    warehouse_id: int
    lines: list[FoundLine]
    suppliers: list[FoundSupplier]


_WAREHOUSES = """
SELECT code, id FROM catalog_warehouse WHERE company_id = %s::bigint AND code = ANY(%s::text[]) AND is_active
"""
_SUPPLIERS = """
SELECT DISTINCT ON (p.id) p.code, p.id, p.country, coalesce(k.email, ''), coalesce(k.name, '')
FROM catalog_partner p LEFT JOIN catalog_contact k ON k.partner_id = p.id
WHERE p.company_id = %s::bigint AND p.code = ANY(%s::text[]) AND p.is_supplier AND p.is_active
ORDER BY p.id, coalesce(k.email, '') <> '' DESC, k.is_main DESC NULLS LAST, k.id
"""
_REQUESTED = """
SELECT r.number, l.line_no, l.id, r.state, l.quantity - l.ordered - l.cancelled, l.product_id, l.unit_id
FROM purchasing_requisition r JOIN purchasing_requisitionline l ON l.requisition_id = r.id
WHERE r.company_id = %s::bigint AND r.number = ANY(%s::text[])
"""


@step
def find(actor: Actor, draft: InquiryDraft) -> Found:
    """The rows behind a draft. Errors: EmptyInquiry, Invalid (by field), NotFound, WrongState, RequisitionTaken."""
    if not draft.lines:
        raise EmptyInquiry()
    problems = header_problems(draft)
    codes = sorted({draft.warehouse, *(line.warehouse for line in draft.lines)} - {""})
    warehouses: dict[str, int] = dict(db.rows(_WAREHOUSES, [actor.company_id, codes]))
    if draft.warehouse not in warehouses:
        unknown = _("仓库 %(code)s 不存在或已停用。") % {"code": draft.warehouse}
        problems["warehouse"] = unknown if draft.warehouse else _("请选择仓库。")
    lines = _lines(actor, draft.lines, problems)
    suppliers = _suppliers(actor, draft.suppliers, problems)
    if problems:
        raise Invalid(problems)
    own = _sources(actor, draft.lines, lines)
    home = warehouses[draft.warehouse]
    found = [
        FoundLine(line, row[1], row[2], row[3], warehouses.get(line.warehouse, home), own[n])
        for n, (line, row) in enumerate(zip(draft.lines, lines, strict=True))
    ]
    return Found(home, found, suppliers)


def header_problems(draft: InquiryDraft) -> dict[str, str]:
    """What is wrong with the head and the size of a draft."""
    problems: dict[str, str] = {}
    if draft.sealed and draft.closes_at is None:
        problems["closes_at"] = _("密封询价要有截止时间。")
    elif problem := closing_problem(draft.closes_at):
        problems["closes_at"] = problem
    if len(draft.lines) > MAX_LINES:
        problems["lines"] = _("一张单据最多 %(count)s 行。") % {"count": MAX_LINES}
    for name, text, most in (("title", draft.title, 120), ("note", draft.note, 4000)):
        if len(text) > most:
            problems[name] = _("最多 %(count)s 个字。") % {"count": most}
    return problems


def closing_problem(closes_at: datetime | None) -> str:
    """What is wrong with a closing time; empty if nothing."""
    if closes_at is None:
        return ""
    if closes_at <= timezone.now():
        return _("截止时间应晚于现在。")
    return _("截止时间最多在两年之内。") if (closes_at - timezone.now()).days > 730 else ""


def _lines(actor: Actor, lines: Sequence[LineIn], problems: dict[str, str]) -> list[db.Row]:
    asked = [purchase.LineIn(x.product, x.quantity, x.target_price, x.unit, x.required_on) for x in lines[:MAX_LINES]]
    rows, days = item_rows(actor, asked), days_of(actor)
    for n, (line, row) in enumerate(zip(asked, rows, strict=True)):
        for name, text in line_problems(n, line, row, days).items():
            problems[name.replace("unit_price", "target_price")] = text
        if len(lines[n].note) > 300:
            problems[f"lines.{n}.note"] = _("最多 %(count)s 个字。") % {"count": 300}
    return rows


@step
def find_suppliers(actor: Actor, suppliers: Sequence[SupplierIn]) -> list[FoundSupplier]:
    """The rows behind suppliers. Errors: Invalid (by field)."""
    problems: dict[str, str] = {}
    found = _suppliers(actor, suppliers, problems)
    if problems:
        raise Invalid(problems)
    return found


def _suppliers(actor: Actor, suppliers: Sequence[SupplierIn], problems: dict[str, str]) -> list[FoundSupplier]:
    codes = [one.supplier for one in suppliers]
    if len(codes) > MAX_SUPPLIERS:
        problems["suppliers"] = _("一次最多邀请 %(most)s 家供应商。") % {"most": MAX_SUPPLIERS}
        return []
    known = {row[0]: row[1:] for row in db.rows(_SUPPLIERS, [actor.company_id, codes])} if codes else {}
    found = []
    for n, one in enumerate(suppliers):
        row = known.get(one.supplier)
        if row is None or one.supplier in codes[:n]:
            unknown = _("供应商 %(code)s 不存在或已停用。") if row is None else _("供应商 %(code)s 重复。")
            problems[f"suppliers.{n}.supplier"] = unknown % {"code": one.supplier}
            continue
        problems |= {f"suppliers.{n}.{name}": text for name, text in _contact_problems(one).items()}
        partner_id, country, email, name = row
        language = one.language or language_of(country)
        found.append(
            FoundSupplier(partner_id, one.supplier, one.email.strip() or email, one.recipient.strip() or name, language)
        )
    return found


def _contact_problems(one: SupplierIn) -> dict[str, str]:
    problems = {}
    if one.email.strip():
        try:
            validate_email(one.email.strip())
        except ValidationError:
            problems["email"] = _("邮箱地址不对。")
    if one.language and one.language not in dict(settings.LANGUAGES):
        problems["language"] = "language: " + " | ".join(dict(settings.LANGUAGES))
    if len(one.recipient.strip()) > 120:
        problems["recipient"] = _("最多 %(count)s 个字。") % {"count": 120}
    return problems


def _sources(actor: Actor, lines: Sequence[LineIn], rows: Sequence[db.Row]) -> list[tuple[tuple[int, Decimal], ...]]:
    """The requisition lines behind each line: of the same product and unit, approved, not ordered yet."""
    numbers = sorted({source.requisition for line in lines for source in line.sources})
    if not numbers:
        return [() for _line in lines]
    known: Mapping[tuple[str, int], db.Row] = {
        (row[0], row[1]): row[2:] for row in db.rows(_REQUESTED, [actor.company_id, numbers])
    }
    taken: dict[int, Decimal] = defaultdict(Decimal)
    found = []
    for n, (line, row) in enumerate(zip(lines, rows, strict=True)):
        mine: dict[int, Decimal] = defaultdict(Decimal)
        for source in line.sources:
            one = known.get((source.requisition, source.line))
            if one is None:
                raise NotFound(what=f"{source.requisition} #{source.line}")
            line_id, state, open_, product_id, unit_id = one
            if state not in OPEN:
                raise WrongState(number=source.requisition, state=state, action=_("询价"))
            if (product_id, unit_id) != (row[1], row[2]):
                raise Invalid({f"lines.{n}.product": _("与采购申请的产品或单位不一致。")})
            if source.quantity <= 0 or taken[line_id] + source.quantity > open_:
                told = {"requisition": source.requisition, "line": source.line, "open": open_ - taken[line_id]}
                raise RequisitionTaken(**told, quantity=source.quantity)
            taken[line_id] += source.quantity
            mine[line_id] += source.quantity
        if sum(mine.values(), Decimal(0)) > line.quantity:
            raise Invalid({f"lines.{n}.quantity": _("少于采购申请要的数量。")})
        found.append(tuple(mine.items()))
    return found
