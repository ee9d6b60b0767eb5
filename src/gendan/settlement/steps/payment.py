"""Writing payments: what they are for is locked before (orders, then bills), the payment itself last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _now

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import state_label
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.kernel.values import LARGEST, decimals_of
from gendan.purchasing.steps import invoicing
from gendan.purchasing.steps.days import check_days
from gendan.sales.models import SalesOrder
from gendan.sales.steps import paying
from gendan.settlement.errors import (
    AllocatedTooMuch,
    NotAllocated,
    NotOwed,
    NotPayable,
    OtherCurrency,
    OtherPartner,
    PaidTooMuch,
)
from gendan.settlement.models import PAYABLE_STATES, Bill, Payment
from gendan.settlement.rules.lines import PartIn
from gendan.settlement.rules.matching import paid_state
from gendan.settlement.steps.bill import hold_orders

ZERO = Decimal(0)
Direction = Literal["out", "in"]
_PARTNER = """
SELECT p.id, p.code, c.code, c.rate, c.minor_units FROM accounts_company co
LEFT JOIN catalog_partner p ON p.company_id = co.id AND p.code = %(partner)s::text
 AND CASE WHEN %(out)s THEN p.is_supplier ELSE p.is_customer END
LEFT JOIN catalog_currency c ON c.company_id = co.id
 AND c.code = coalesce(nullif(%(currency)s::text, ''), nullif(p.currency, ''), co.currency)
WHERE co.id = %(company)s::bigint
"""
_BILLS = """
SELECT b.id, b.number, b.state, b.supplier_id, p.code, b.currency, b.gross, b.paid, b.rate
FROM settlement_bill b JOIN catalog_partner p ON p.id = b.supplier_id
WHERE b.company_id = %s::bigint AND b.number = ANY(%s::text[]) ORDER BY b.id FOR NO KEY UPDATE OF b
"""
_INSERT = """
INSERT INTO settlement_payment (company_id, number, state, version, created_by_id, direction, partner_id, paid_on,
 currency, rate, minor_units, amount, allocated, method, reference, note, reverses_id,
 purchase_return_id)
VALUES (%(company)s::bigint, 'PAY-' || lpad(nextval(%(sequence)s::regclass)::text, 6, '0'), 'posted', 1,
 %(user)s::bigint, %(direction)s::text, %(partner)s::bigint, %(paid_on)s::date, %(currency)s::text, %(rate)s::numeric,
 %(minor_units)s::smallint, %(amount)s::numeric, %(allocated)s::numeric, %(method)s::text, %(reference)s::text,
 %(note)s::text, %(reverses)s::bigint, %(purchase_return)s::bigint) RETURNING id, number
"""
_PARTS = """
INSERT INTO settlement_paymentpart (company_id, payment_id, bill_id, sales_order_id, amount)
SELECT %s::bigint, %s::bigint, * FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[])
"""
_PAID = """
UPDATE settlement_bill b SET paid = b.paid + t.amount, state = t.state, version = b.version + 1, updated_at = now()
FROM unnest(%s::bigint[], %s::numeric[], %s::text[]) AS t(id, amount, state) WHERE b.id = t.id
"""
_QUANTITIES = """
SELECT l.bill_id, m.order_line_id, sum(m.quantity) FROM settlement_billline l
JOIN settlement_billmatch m ON m.bill_line_id = l.id WHERE l.bill_id = ANY(%s::bigint[]) GROUP BY 1, 2
"""
_GIVEN = """
SELECT b.number, o.number, x.bill_id, x.sales_order_id, sum(x.amount) FROM settlement_payment p
JOIN settlement_paymentpart x ON x.payment_id = p.id LEFT JOIN settlement_bill b ON b.id = x.bill_id
LEFT JOIN sales_salesorder o ON o.id = x.sales_order_id
WHERE p.company_id = %s::bigint AND p.number = %s::text GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Side:
    """Whom the money goes to or comes from, and in what."""

    partner_id: int
    partner: str
    currency: str
    rate: Decimal
    minor_units: int


@dataclass(slots=True)
class Payable:
    """A locked bill."""

    id: int
    number: str
    state: str
    supplier_id: int
    supplier: str
    currency: str
    gross: Decimal
    paid: Decimal
    rate: Decimal

    @property
    def open(self) -> Decimal:
        """What is still to be paid."""
        return self.gross - self.paid

    @property
    def subject(self) -> Subject:
        return Subject("bill", self.id, self.number)


Target = Payable | paying.Receivable


@dataclass(frozen=True, slots=True)
class Terms:
    """What else is written about a payment."""

    paid_on: date | None = None
    method: str = "bank"
    reference: str = ""
    note: str = ""
    purchase_return: int | None = None


def sums(parts: Sequence[PartIn]) -> dict[str, Decimal]:
    """The amounts by document. Errors: Invalid."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    problems = {}
    for n, part in enumerate(parts):
        if not part.amount.is_finite() or not 0 < part.amount < LARGEST:
            problems[f"parts.{n}.amount"] = _now("金额应大于 0。")
        found[part.number] += part.amount
    if problems:
        raise Invalid(problems)
    return dict(found)


@step
def hold(actor: Actor, direction: Direction, numbers: Sequence[str]) -> list[Target]:
    """Lock what a payment is for: bills with their orders, or sales orders. Errors: NotFound."""
    if direction == "in":
        return list(paying.hold(actor, numbers))
    if not numbers:
        return []
    hold_orders(actor, numbers)
    rows = db.rows(_BILLS, [actor.company_id, sorted(set(numbers))])
    found: list[Target] = [Payable(*row) for row in rows]
    known = {bill.number for bill in found}
    if missing := [number for number in numbers if number not in known]:
        raise NotFound(what=missing[0])
    return found


@step
def side_of(actor: Actor, direction: Direction, partner: str, currency: str, targets: Sequence[Target]) -> Side:
    """The partner that was named, else whose documents these are. Errors: Invalid, OtherPartner, OtherCurrency."""
    first = targets[0] if targets else None
    name = partner or (_partner(first)[1] if first else "")
    wanted = {
        "partner": name,
        "out": direction == "out",
        "currency": currency or (first.currency if first else ""),
        "company": actor.company_id,
    }
    row = db.row(_PARTNER, wanted)
    field = "supplier" if direction == "out" else "customer"
    if row is None or row[0] is None:
        raise Invalid({field: _now("没有往来单位 %(code)s。") % {"code": name} if name else _now("请选择往来单位。")})
    if row[2] is None:
        raise Invalid({"currency": _now("币种 %(code)s 不存在或已停用。") % {"code": currency}})
    side = Side(*row)
    check_side(side.partner_id, side.currency, targets)
    return side


def check_side(partner_id: int, currency: str, targets: Sequence[Target]) -> None:
    """Refuse documents of others. Errors: OtherPartner, OtherCurrency."""
    for target in targets:
        if _partner(target)[0] != partner_id:
            raise OtherPartner(number=target.number)
        if target.currency != currency:
            raise OtherCurrency(number=target.number, currency=target.currency)


def _partner(target: Target) -> tuple[int, str]:
    if isinstance(target, Payable):
        return target.supplier_id, target.supplier
    return target.customer_id, target.customer


def check_amounts(targets: Sequence[Target], amounts: Mapping[str, Decimal]) -> None:
    """Refuse what is not payable or more than is owed. Errors: NotPayable, NotOwed, PaidTooMuch."""
    for target in targets:
        if isinstance(target, Payable) and target.state not in PAYABLE_STATES and not target.paid:
            raise NotPayable(number=target.number, state=state_label(Bill, target.state))
        if isinstance(target, paying.Receivable) and target.state not in paying.PAYABLE:
            raise NotOwed(number=target.number, state=state_label(SalesOrder, target.state))
        if amounts[target.number] > target.open:
            raise PaidTooMuch(number=target.number, open=target.open, amount=amounts[target.number])


def check_total(amount: Decimal | None, parts: Sequence[PartIn], minor_units: int, *, advance: bool) -> Decimal:
    """The amount of a payment; it and each of its parts are exact to the currency's unit.

    Errors: Invalid (by field), AllocatedTooMuch, NotAllocated.
    """
    allocated = sum((part.amount for part in parts), ZERO)
    total = allocated if amount is None else amount
    if not total.is_finite() or not 0 < total < LARGEST:
        raise Invalid({"amount": _now("金额应大于 0。")})
    given = {f"parts.{n}.amount": part.amount for n, part in enumerate(parts)}
    if amount is not None:
        given["amount"] = amount
    if wrong := [field for field, value in given.items() if decimals_of(value) > minor_units]:
        raise Invalid(dict.fromkeys(wrong, _now("金额最多 %(places)s 位小数。") % {"places": minor_units}))
    if allocated > total:
        raise AllocatedTooMuch(allocated=allocated, amount=total)
    if allocated < total and not advance:
        raise NotAllocated(rest=total - allocated)
    return total


@step
def insert(
    actor: Actor,
    direction: Direction,
    side: Side,
    amount: Decimal,
    allocated: Decimal,
    terms: Terms,
    reverses: int | None = None,
) -> Subject:
    """Write a payment. Errors: Invalid."""
    day = terms.paid_on or actor.today()
    check_days(actor, {"paid_on": day})
    if day > actor.today():
        raise Invalid({"paid_on": _now("收付款日期不能晚于今天。")})
    known = set(Payment.Method.values) - ({"credit"} if terms.purchase_return is None and reverses is None else set())
    if terms.method not in known:
        methods = "、".join(method for method in Payment.Method.values if method in known)
        raise Invalid({"method": _now("方式应为：%(methods)s。") % {"methods": methods}})
    row = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "sequence": sequence_name(actor.company_id, "PAY"),
            "user": actor.user_id,
            "direction": direction,
            "partner": side.partner_id,
            "paid_on": day,
            "currency": side.currency,
            "rate": side.rate,
            "minor_units": side.minor_units,
            "amount": amount,
            "allocated": allocated,
            "method": terms.method,
            "reference": terms.reference.strip(),
            "note": terms.note.strip(),
            "reverses": reverses,
            "purchase_return": terms.purchase_return,
        },
    )
    assert row is not None
    return Subject("pay", row[0], row[1])


@step
def allocate(
    actor: Actor, payment_id: int, targets: Sequence[Target], amounts: Mapping[str, Decimal]
) -> dict[str, str]:
    """Give amounts (negative: take back) of a payment to held documents; their states afterwards."""
    if not targets:
        return {}
    bills = [target for target in targets if isinstance(target, Payable)]
    orders = [target for target in targets if isinstance(target, paying.Receivable)]
    db.later(
        _PARTS,
        [
            actor.company_id,
            payment_id,
            db.array(target.id if isinstance(target, Payable) else None for target in targets),
            db.array(target.id if isinstance(target, paying.Receivable) else None for target in targets),
            db.array(amounts[target.number] for target in targets),
        ],
    )
    states = _pay_bills(bills, amounts) if bills else {}
    if orders:
        states |= paying.add(actor, orders, {order.id: amounts[order.number] for order in orders})
    return states


def _pay_bills(bills: Sequence[Payable], amounts: Mapping[str, Decimal]) -> dict[str, str]:
    """A quantity counts as paid when its invoice is paid in full."""
    states = {bill.number: paid_state(bill.gross, bill.paid + amounts[bill.number]) for bill in bills}
    signs = {
        bill.id: (states[bill.number] == "paid") - (bill.state == "paid")
        for bill in bills
        if (states[bill.number] == "paid") != (bill.state == "paid")
    }
    if signs:
        quantities: dict[int, Decimal] = defaultdict(Decimal)
        for bill_id, order_line, quantity in db.rows(_QUANTITIES, [db.array(signs)]):
            quantities[order_line] += signs[bill_id] * quantity
        invoicing.count("paid", quantities)
    ids, given = [bill.id for bill in bills], [amounts[bill.number] for bill in bills]
    db.later(_PAID, [db.array(ids), db.array(given), list(states.values())])
    return states


@step
def given(actor: Actor, number: str) -> dict[str, Decimal]:
    """What a payment is for: amounts by document."""
    return {bill or order: amount for bill, order, _b, _o, amount in db.rows(_GIVEN, [actor.company_id, number])}
