"""Writing contracts: the rows behind a draft, their prices while they are in force, what orders may take of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from gendan.kernel import db, tables
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.kernel.values import LARGEST
from gendan.purchasing.rules import lines as purchase
from gendan.purchasing.steps.days import day_problems, days_of
from gendan.purchasing.steps.lookup import item_rows, line_problems
from gendan.sourcing.errors import ContractExceeded, ContractOverlaps, EmptyContract, ExceedingForbidden
from gendan.sourcing.models import Contract
from gendan.sourcing.permissions import EXCEED
from gendan.sourcing.queries.contracts import CALLED
from gendan.sourcing.rules.contract import (
    LEAD_DAYS,
    MAX_BREAKS,
    MAX_LINES,
    MOST_DAYS,
    OVERS,
    ZERO,
    ContractDraft,
    ContractLineIn,
)

Row = dict[str, Any]
_PARTNER = """
SELECT p.id, c.code, (SELECT t.number FROM sourcing_contract t WHERE t.company_id = co.id
 AND t.reference = %(reference)s::text AND t.reference <> '' AND t.id IS DISTINCT FROM %(contract)s::bigint)
FROM accounts_company co
LEFT JOIN catalog_partner p ON p.company_id = co.id AND p.code = %(supplier)s::text AND p.is_supplier AND p.is_active
LEFT JOIN catalog_currency c ON c.company_id = co.id AND c.is_active
 AND c.code = coalesce(nullif(%(currency)s::text, ''), nullif(p.currency, ''), co.currency)
WHERE co.id = %(company)s::bigint
"""
_INSERT = """
INSERT INTO sourcing_contract (company_id, number, state, version, created_by_id, buyer_id, partner_id, reference,
 title, currency, valid_from, valid_to, agreed_amount, over, remind_days, remind_percent, note)
SELECT %(company)s::bigint, 'FC-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'draft', 1, %(user)s::bigint,
 %(user)s::bigint, %(partner)s::bigint, %(reference)s::text, %(title)s::text, %(currency)s::text, %(valid_from)s::date,
 %(valid_to)s::date, %(agreed_amount)s::numeric, %(over)s::text, %(remind_days)s::smallint,
 %(remind_percent)s::smallint, %(note)s::text
FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number
"""
_UPDATE = """
UPDATE sourcing_contract SET partner_id = %(partner)s::bigint, reference = %(reference)s::text, title = %(title)s::text,
 currency = %(currency)s::text, valid_from = %(valid_from)s::date, valid_to = %(valid_to)s::date,
 agreed_amount = %(agreed_amount)s::numeric, over = %(over)s::text, remind_days = %(remind_days)s::smallint,
 remind_percent = %(remind_percent)s::smallint, note = %(note)s::text WHERE id = %(contract)s::bigint
"""
_LINE = {
    "company_id": "bigint", "contract_id": "bigint", "line_no": "int", "product_id": "bigint", "unit_id": "bigint",
    "quantity": "numeric", "minimum": "numeric", "lead_days": "smallint", "note": "text",
}  # fmt: skip
_PRICE = {"company_id": "bigint", "line_id": "bigint", "from_quantity": "numeric", "price": "numeric"}
_AGAIN = """
ON CONFLICT (contract_id, product_id, unit_id) DO UPDATE SET line_no = excluded.line_no, quantity = excluded.quantity,
 minimum = excluded.minimum, lead_days = excluded.lead_days, note = excluded.note, is_active = true
"""
_NO_PRICES = """
DELETE FROM sourcing_contractprice p USING sourcing_contractline l WHERE l.id = p.line_id AND l.contract_id = %s::bigint
"""
_FEED = """
INSERT INTO catalog_agreedprice (company_id, partner_id, product_id, unit_id, contract, currency, from_quantity, price,
 lead_time_days, minimum_quantity, valid_from, valid_to)
SELECT c.company_id, c.partner_id, l.product_id, l.unit_id, c.number, c.currency, p.from_quantity, p.price, l.lead_days,
 l.minimum, c.valid_from, c.valid_to
FROM sourcing_contract c JOIN sourcing_contractline l ON l.contract_id = c.id AND l.is_active
JOIN sourcing_contractprice p ON p.line_id = l.id WHERE c.id = %s::bigint
"""
_STARVE = "DELETE FROM catalog_agreedprice WHERE company_id = %s::bigint AND contract = %s::text"
_OTHERS = """
SELECT pr.code, a.contract FROM sourcing_contract c JOIN sourcing_contractline l ON l.contract_id = c.id AND l.is_active
JOIN catalog_agreedprice a ON a.partner_id = c.partner_id AND a.product_id = l.product_id AND a.unit_id = l.unit_id
 AND a.currency = c.currency AND a.contract <> c.number AND a.valid_from <= c.valid_to AND a.valid_to >= c.valid_from
JOIN catalog_product pr ON pr.id = l.product_id WHERE c.id = %s::bigint LIMIT 1
"""
# The contracts that an order names, locked in the order of their ids: whoever takes of the same waits here.
_LOCK_NAMED = """
SELECT c.id FROM sourcing_contract c WHERE c.company_id = %(company)s::bigint AND c.number IN (SELECT l.contract
 FROM purchasing_orderline l WHERE l.order_id = %(order)s::bigint AND l.contract <> '')
ORDER BY c.id FOR NO KEY UPDATE
"""
# What is beyond the agreed quantity of a product, then what is beyond the agreed amount; with what this order takes.
_BEYOND = f"""
WITH mine AS (SELECT l.contract, l.product_id, l.unit_id, sum(l.quantity - l.cancelled) AS quantity,
  sum(round(CASE WHEN o.tax_included THEN l.gross ELSE l.net END * (l.quantity - l.cancelled) / l.quantity, 2))
  AS amount
 FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
 WHERE l.order_id = %(order)s::bigint AND l.contract <> '' GROUP BY 1, 2, 3),
called AS (SELECT c.id, k.* FROM sourcing_contract c CROSS JOIN LATERAL ({CALLED.format(c="c")}) k
 WHERE c.company_id = %(company)s::bigint AND c.number IN (SELECT contract FROM mine))
SELECT c.id, c.number, c.over, p.code, l.quantity - (k.quantity - m.quantity), m.quantity
FROM mine m JOIN sourcing_contract c ON c.company_id = %(company)s::bigint AND c.number = m.contract
JOIN sourcing_contractline l ON l.contract_id = c.id AND l.product_id = m.product_id AND l.unit_id = m.unit_id
 AND l.is_active
JOIN called k ON k.id = c.id AND k.product_id = m.product_id AND k.unit_id = m.unit_id
JOIN catalog_product p ON p.id = m.product_id WHERE k.quantity > l.quantity AND m.quantity > 0
UNION ALL
SELECT c.id, c.number, c.over, '', c.agreed_amount - (k.amount - m.amount), m.amount
FROM (SELECT contract, sum(amount) AS amount FROM mine GROUP BY 1) m
JOIN sourcing_contract c ON c.company_id = %(company)s::bigint AND c.number = m.contract
JOIN (SELECT id, sum(amount) AS amount FROM called GROUP BY 1) k ON k.id = c.id
WHERE k.amount > c.agreed_amount AND m.amount > 0
ORDER BY 1, 4
"""


@step
def find(actor: Actor, draft: ContractDraft, contract: int | None = None) -> tuple[int, str, list[db.Row]]:
    """The supplier, the currency and the rows behind the lines. Errors: EmptyContract, Invalid (by field)."""
    if not draft.lines:
        raise EmptyContract()
    problems = _head_problems(actor, draft)
    params = {"reference": draft.reference, "contract": contract, "supplier": draft.supplier}
    row = db.row(_PARTNER, {**params, "currency": draft.currency, "company": actor.company_id})
    assert row is not None
    if row[0] is None:
        unknown = _("供应商 %(code)s 不存在或已停用。") % {"code": draft.supplier}
        problems["supplier"] = unknown if draft.supplier else _("请选择供应商。")
    if row[1] is None:
        problems["currency"] = _("币种 %(code)s 不存在或已停用。") % {"code": draft.currency}
    if row[2]:
        problems["reference"] = _("合同 %(number)s 已经用了这个编号。") % {"number": row[2]}
    found = _lines(actor, draft.lines, problems)
    if problems:
        raise Invalid(problems)
    return row[0], row[1], found


def _head_problems(actor: Actor, draft: ContractDraft) -> dict[str, str]:
    problems = day_problems(actor, {"valid_from": draft.valid_from, "valid_to": draft.valid_to})
    for name in ("valid_from", "valid_to"):
        if getattr(draft, name) is None:
            problems[name] = _("请填写日期。")
    if draft.valid_from and draft.valid_to and draft.valid_from > draft.valid_to:
        problems["valid_to"] = _("到期日不能早于生效日。")
    if draft.over not in OVERS:
        problems["over"] = "over: " + " | ".join(OVERS)
    amount = draft.agreed_amount
    if amount is not None and not (amount.is_finite() and 0 < amount < LARGEST):
        problems["agreed_amount"] = _("应为正数；不限就留空。")
    for name, low, high in (("remind_days", 0, MOST_DAYS), ("remind_percent", 1, 100)):
        if not low <= getattr(draft, name) <= high:
            problems[name] = _("应在 %(low)s 到 %(high)s 之间") % {"low": low, "high": high}
    for name, most in (("title", 120), ("reference", 80), ("note", 4000)):
        if len(getattr(draft, name)) > most:
            problems[name] = _("最多 %(count)s 个字。") % {"count": most}
    if len(draft.lines) > MAX_LINES:
        problems["lines"] = _("一张单据最多 %(count)s 行。") % {"count": MAX_LINES}
    return problems


def _lines(actor: Actor, lines: Sequence[ContractLineIn], problems: dict[str, str]) -> list[db.Row]:
    asked = [purchase.LineIn(x.product, x.quantity or purchase.ZERO + 1, None, x.unit) for x in lines[:MAX_LINES]]
    rows, days = item_rows(actor, asked), days_of(actor)
    seen: set[tuple[Any, Any]] = set()
    for n, (line, like, row) in enumerate(zip(lines, asked, rows, strict=False)):
        wrong = {name.rpartition(".")[2]: text for name, text in line_problems(n, like, row, days).items()}
        if line.quantity is None:
            wrong.pop("quantity", None)
        if (row[1], row[2]) in seen and not wrong:
            wrong["product"] = _("同一产品和单位只能有一行。")
        seen.add((row[1], row[2]))
        problems.update({f"lines.{n}.{name}": text for name, text in {**wrong, **_wrong(line)}.items()})
    return rows


def _wrong(line: ContractLineIn) -> dict[str, str]:
    problems = {}
    starts = [one.from_quantity for one in line.prices]
    if ZERO not in starts:
        problems["price"] = _("请填写单价。")
    if len(starts) > MAX_BREAKS or len(set(starts)) < len(starts):
        problems["breaks"] = _("阶梯价的起订数量不能重复，最多 %(most)s 档。") % {"most": MAX_BREAKS}
    numbers = [value for one in line.prices for value in (one.from_quantity, one.price)]
    if not all(value.is_finite() and 0 <= value < LARGEST for value in numbers):
        problems["price"] = _("单价必须是 0 或正数。")
    if not (line.minimum.is_finite() and 0 <= line.minimum < LARGEST):
        problems["minimum"] = _("应为 0 或正数。")
    if line.lead_days is not None and not 0 <= line.lead_days <= LEAD_DAYS:
        problems["lead_days"] = _("应在 %(low)s 到 %(high)s 之间") % {"low": 0, "high": LEAD_DAYS}
    if len(line.note) > 300:
        problems["note"] = _("最多 %(count)s 个字。") % {"count": 300}
    return problems


def _head(draft: ContractDraft, partner: int, currency: str) -> Row:
    return {
        "partner": partner, "reference": draft.reference, "title": draft.title, "currency": currency,
        "valid_from": draft.valid_from, "valid_to": draft.valid_to, "agreed_amount": draft.agreed_amount,
        "over": draft.over, "remind_days": draft.remind_days, "remind_percent": draft.remind_percent,
        "note": draft.note,
    }  # fmt: skip


@step
def insert(actor: Actor, draft: ContractDraft) -> Subject:
    """Write a contract; it is a draft. Errors: as find."""
    partner, currency, rows = find(actor, draft)
    params = {**_head(draft, partner, currency), "company": actor.company_id, "user": actor.user_id}
    made = db.row(_INSERT, {**params, "sequence": sequence_name(actor.company_id, "FC")})
    assert made is not None
    subject = Subject("contract", made[0], made[1])
    _write_lines(actor, subject.id, draft.lines, rows)
    return subject


@step
def replace(actor: Actor, contract: Contract, draft: ContractDraft) -> None:
    """Make a locked contract what ``draft`` says; lines that orders may name are switched off, not thrown away."""
    partner, currency, rows = find(actor, draft, contract.pk)
    db.later(_NO_PRICES, [contract.pk])
    if contract.state == "draft":
        db.later("DELETE FROM sourcing_contractline WHERE contract_id = %s::bigint", [contract.pk])
    else:
        db.later("UPDATE sourcing_contractline SET is_active = false WHERE contract_id = %s::bigint", [contract.pk])
    db.later(_UPDATE, {**_head(draft, partner, currency), "contract": contract.pk})
    _write_lines(actor, contract.pk, draft.lines, rows)


def _write_lines(actor: Actor, contract: int, lines: Sequence[ContractLineIn], rows: Sequence[db.Row]) -> None:
    own = {"company_id": actor.company_id}
    values = [
        {
            **own, "contract_id": contract, "line_no": n, "product_id": row[1], "unit_id": row[2],
            "quantity": line.quantity, "minimum": line.minimum, "lead_days": line.lead_days, "note": line.note.strip(),
        }
        for n, (line, row) in enumerate(zip(lines, rows, strict=True), 1)
    ]  # fmt: skip
    made = tables.insert("sourcing_contractline", _LINE, values, conflict=_AGAIN, returning="line_no, id")
    ids: dict[int, int] = dict(made)
    prices = [
        {**own, "line_id": ids[n], "from_quantity": one.from_quantity, "price": one.price}
        for n, line in enumerate(lines, 1)
        for one in line.prices
    ]
    tables.insert("sourcing_contractprice", _PRICE, prices)


@step
def feed(contract: Contract) -> None:
    """From now on orders have the contract's prices. Errors: ContractOverlaps."""
    db.rows("SELECT id FROM catalog_partner WHERE id = %s::bigint FOR NO KEY UPDATE", [contract.partner_id])
    if other := db.row(_OTHERS, [contract.pk]):
        raise ContractOverlaps(number=contract.number, product=other[0], other=other[1])
    starve(contract)
    db.later(_FEED, [contract.pk])


@step
def starve(contract: Contract) -> None:
    """From now on orders do not have the contract's prices."""
    db.later(_STARVE, [contract.company_id, contract.number])


@step
def check_calls(actor: Actor, order: Subject) -> None:
    """What an order takes of contracts is within what was agreed, or the contract allows more.

    Errors: ContractExceeded, ExceedingForbidden.
    """
    params = {"company": actor.company_id, "order": order.id}
    db.rows(_LOCK_NAMED, params)
    entries = []
    for id_, number, over, product, left, asked in db.rows(_BEYOND, params):
        told = {"contract": number, "what": product or _("约定金额"), "left": max(left, ZERO), "quantity": asked}
        if over == "stop":
            raise ContractExceeded(**told)
        if over == "approve" and not actor.may(EXCEED):
            raise ExceedingForbidden(**told)
        data = {"order": order.number, "product": product, "left": told["left"], "quantity": asked}
        entries.append(
            Entry("sourcing.contract_exceeded", Subject("contract", id_, number), (f"po:{order.number}",), data)
        )
    if entries:
        record_all(actor, entries)
