"""What stands behind the codes and numbers of an invoice, in one exchange; all that is wrong is named at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.amounts import Amounts, amounts
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid
from gendan.kernel.unit import step
from gendan.kernel.values import LARGEST, quantity_problem
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.steps.days import check_days
from gendan.settlement.errors import EmptyBill, OrderNotInvoiceable, OtherCurrency, OtherSupplier, ReferenceTaken
from gendan.settlement.models import REFERENCE_KEY
from gendan.settlement.queries.accepted import REDUCED, REDUCED_OF_ORDER
from gendan.settlement.rules.lines import BillLineIn

MOST_LINES = 1000
INVOICEABLE = frozenset({"approved", "confirmed", "partly_shipped", "shipped", "partly_received", "received", "closed"})
_SUPPLIER = f"""
SELECT p.id, p.payment_days, c.code, c.minor_units, c.rate,
 (SELECT b.number FROM settlement_bill b WHERE b.company_id = co.id AND b.supplier_id = p.id AND b.state <> 'void'
   AND {REFERENCE_KEY.format("b.reference")} = {REFERENCE_KEY.format("%(reference)s::text")}
   AND b.number <> %(own)s::text LIMIT 1)
FROM accounts_company co
LEFT JOIN catalog_partner p ON p.company_id = co.id AND p.code = %(supplier)s::text AND p.is_supplier
LEFT JOIN catalog_currency c ON c.company_id = co.id AND c.is_active
 AND c.code = coalesce(nullif(%(currency)s::text, ''), (SELECT o.currency FROM purchasing_purchaseorder o
  WHERE o.company_id = co.id AND o.number = %(order)s::text), nullif(p.currency, ''), co.currency)
WHERE co.id = %(company)s::bigint
"""
_ORDER_LINES = f"""
SELECT t.n, o.id, l.id, o.state, o.supplier_id, o.currency, l.unit_price * (100 - l.discount) / 100, l.net / l.quantity,
 o.tax_included, l.tax_rate, u.decimals, (SELECT rl.id FROM purchasing_goodsreceipt g
  JOIN purchasing_receiptline rl ON rl.receipt_id = g.id AND rl.order_line_id = l.id
  WHERE g.company_id = o.company_id AND g.number = t.receipt LIMIT 1), p.code, p.name,
 coalesce((SELECT {REDUCED.format("rl")} FROM purchasing_goodsreceipt g
  JOIN purchasing_receiptline rl ON rl.receipt_id = g.id AND rl.order_line_id = l.id
  WHERE g.company_id = o.company_id AND g.number = t.receipt LIMIT 1), {REDUCED_OF_ORDER.format("l")})
FROM unnest(%s::text[], %s::int[], %s::text[]) WITH ORDINALITY AS t(number, line, receipt, n)
LEFT JOIN purchasing_purchaseorder o ON o.company_id = %s::bigint AND o.number = t.number
LEFT JOIN purchasing_orderline l ON l.order_id = o.id AND l.line_no = t.line
LEFT JOIN catalog_unit u ON u.id = l.unit_id LEFT JOIN catalog_product p ON p.id = l.product_id
ORDER BY t.n
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The rows behind an invoice's header."""

    supplier_id: int
    supplier: str
    reference: str
    dated_on: date
    due_on: date
    currency: str
    minor_units: int
    rate: Decimal
    tax_included: bool
    note: str


@dataclass(slots=True)
class Covered:
    """An order line that an invoice line is for."""

    order: str
    order_id: int
    order_line_id: int
    quantity: Decimal
    receipt_line_id: int | None


@dataclass(slots=True)
class Item:
    """An invoice line with its amounts and what it is for."""

    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    amounts: Amounts
    description: str
    covers: list[Covered] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HeadIn:
    """An invoice's header as it is typed."""

    supplier: str
    reference: str
    dated_on: date | None = None
    due_on: date | None = None
    currency: str = ""
    tax_included: bool = True
    note: str = ""


@step
def find(
    actor: Actor, head: HeadIn, lines: Sequence[BillLineIn], total: Decimal | None = None, own: str = ""
) -> tuple[Head, list[Item]]:
    """The rows behind an invoice and its amounts; ``own`` is the number of the draft that is being changed.

    Errors: Invalid (by field), EmptyBill, ReferenceTaken, OtherSupplier, OtherCurrency, OrderNotInvoiceable.
    """
    covers = [cover for line in lines for cover in line.covers]
    header = {
        "company": actor.company_id,
        "supplier": head.supplier,
        "currency": head.currency,
        "reference": head.reference.strip(),
        "own": own,
        "order": covers[0].order if covers else "",
    }
    columns = [c.order for c in covers], db.array(c.line for c in covers), [c.receipt for c in covers]
    found, rows = db.batch([(_SUPPLIER, header), (_ORDER_LINES, [*columns, actor.company_id])])
    problems = _head_problems(actor, head, found[0]) | _line_problems(lines, rows)
    if problems:
        raise Invalid(problems)
    if not lines:
        raise EmptyBill()
    supplier_id, payment_days, currency, minor_units, rate, taken = found[0]
    if taken:
        raise ReferenceTaken(supplier=head.supplier, reference=head.reference.strip(), number=taken)
    for (_n, _o, _l, state, of_supplier, of_currency, *_rest), cover in zip(rows, covers, strict=True):
        if of_supplier != supplier_id:
            raise OtherSupplier(number=cover.order, supplier=head.supplier)
        if of_currency != currency:
            raise OtherCurrency(number=cover.order, currency=of_currency)
        if state not in INVOICEABLE:
            raise OrderNotInvoiceable(number=cover.order, state=state_label(PurchaseOrder, state))
    items = _items(lines, rows, head.tax_included, minor_units)
    _check_total(items, total)
    dated_on = head.dated_on or actor.today()
    return Head(
        supplier_id,
        head.supplier,
        head.reference.strip(),
        dated_on,
        head.due_on or dated_on + timedelta(days=payment_days),
        currency,
        minor_units,
        rate,
        head.tax_included,
        head.note,
    ), items


def _head_problems(actor: Actor, head: HeadIn, row: db.Row) -> dict[str, str]:
    problems: dict[str, str] = {}
    if row[0] is None:
        unknown = _("供应商 %(code)s 不存在或已停用。") % {"code": head.supplier}
        problems["supplier"] = unknown if head.supplier else _("请选择供应商。")
    elif row[2] is None:
        problems["currency"] = _("币种 %(code)s 不存在或已停用。") % {"code": head.currency}
    if not head.reference.strip():
        problems["reference"] = _("请填写供应商的发票号。")
    if head.dated_on and head.dated_on > actor.today():
        problems["dated_on"] = _("开票日期不能晚于今天。")
    check_days(actor, {"dated_on": head.dated_on, "due_on": head.due_on})
    if head.due_on and head.dated_on and head.due_on < head.dated_on:
        problems["due_on"] = _("到期日不能早于开票日期。")
    return problems


def _line_problems(lines: Sequence[BillLineIn], rows: Sequence[db.Row]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if len(lines) > MOST_LINES:
        problems["lines"] = _("一张单据最多 %(count)s 行。") % {"count": MOST_LINES}
    known = iter(rows)
    for n, line in enumerate(lines):
        mine = [next(known) for _cover in line.covers]
        problems |= _cover_problems(n, line, mine)
        if not line.covers and not line.description.strip():
            problems[f"lines.{n}.description"] = _("没有订单的行请写明是什么费用。")
        if not line.covers and line.unit_price is None and line.amount is None:
            problems[f"lines.{n}.unit_price"] = _("请填写单价。")
        decimals = None if not mine else min((row[10] or 0) for row in mine)
        if problem := quantity_problem(line.quantity, decimals):
            problems[f"lines.{n}.quantity"] = problem
        if line.unit_price is not None and not 0 <= line.unit_price < LARGEST:
            problems[f"lines.{n}.unit_price"] = _("单价必须是 0 或正数。")
        if line.amount is not None and not 0 <= line.amount < LARGEST:
            problems[f"lines.{n}.amount"] = _("金额必须是 0 或正数。")
        if line.tax_rate is not None and not 0 <= line.tax_rate <= 100:
            problems[f"lines.{n}.tax_rate"] = _("税率必须在 0 到 100 之间。")
    return problems


def _cover_problems(n: int, line: BillLineIn, rows: Sequence[db.Row]) -> dict[str, str]:
    problems: dict[str, str] = {}
    for cover, row in zip(line.covers, rows, strict=True):
        if row[1] is None:
            problems[f"lines.{n}.order"] = _("没有订单 %(number)s。") % {"number": cover.order}
        elif row[2] is None:
            problems[f"lines.{n}.line"] = _("%(number)s 没有第 %(line)s 行。") % {
                "number": cover.order,
                "line": cover.line,
            }
        elif cover.receipt and row[11] is None:
            problems[f"lines.{n}.receipt"] = _("入库单 %(receipt)s 没有收 %(number)s 第 %(line)s 行。") % {
                "receipt": cover.receipt,
                "number": cover.order,
                "line": cover.line,
            }
        elif problem := quantity_problem(cover.quantity, row[10]):
            problems[f"lines.{n}.quantity"] = problem
    if line.covers and sum(cover.quantity for cover in line.covers) != line.quantity:
        problems.setdefault(f"lines.{n}.quantity", _("行数量应等于所对应订单行的数量之和。"))
    if len({row[12] for row in rows if row[12]}) > 1:
        problems[f"lines.{n}.line"] = _("一行发票只能对应同一个产品的订单行。")
    return problems


def _items(lines: Sequence[BillLineIn], rows: Sequence[db.Row], tax_included: bool, minor_units: int) -> list[Item]:
    known, found = iter(rows), []
    for line in lines:
        mine = [next(known) for _cover in line.covers]
        tax_rate = line.tax_rate if line.tax_rate is not None else (mine[0][9] if mine else Decimal(0))
        price = line.unit_price
        if price is None and line.amount is not None:
            price = round(line.amount / line.quantity, 6)
        if price is None:
            price = _agreed_price(mine[0], tax_included, tax_rate)
        quantity, each = (Decimal(1), line.amount) if line.amount is not None else (line.quantity, price)
        sums = amounts(quantity, each, Decimal(0), tax_rate, tax_included, minor_units)
        covers = [
            Covered(cover.order, row[1], row[2], cover.quantity, row[11])
            for cover, row in zip(line.covers, mine, strict=True)
        ]
        text = line.description.strip() or (f"{mine[0][12]} {mine[0][13]}"[:300] if mine else "")
        found.append(Item(line.quantity, price, tax_rate, sums, text, covers))
    return found


def _agreed_price(row: db.Row, tax_included: bool, tax_rate: Decimal) -> Decimal:
    """The order's price as the invoice writes prices: with tax or without; less what was accepted at a lower price."""
    less = Decimal(row[14])
    if row[8] == tax_included:
        return Decimal(round(Decimal(row[6]) - (less if tax_included else less * 100 / (100 + row[9])), 6))
    net = Decimal(row[7]) - less * 100 / (100 + row[9])
    return Decimal(round(net * (100 + tax_rate) / 100 if tax_included else net, 6))


def _check_total(items: Sequence[Item], total: Decimal | None) -> None:
    gross = sum((item.amounts.gross for item in items), Decimal(0))
    if total is not None and total != gross:
        text = _("各行合计 %(gross)s，与发票总额 %(total)s 不符。") % {"gross": gross, "total": total}
        raise Invalid({"total": text})
