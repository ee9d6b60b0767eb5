"""Inquiries of the demonstration company: one to be compared, one that was awarded, a sealed one that waits.

What is asked was really bought of several suppliers; each answers with the price of its last delivery of the product
and with the days that this took from the order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.sourcing import commands
from gendan.sourcing.queries.contracts import contract_draft
from gendan.sourcing.queries.start import lines_for
from gendan.sourcing.rules.inquiry import AnswerLineIn, AwardIn, BreakIn, SupplierIn

MOST_SUPPLIERS, ZERO = 4, Decimal(0)
# The last delivery of each product by each supplier that the history knows, of products that several have supplied.
_REAL = """
WITH last AS (
 SELECT DISTINCT ON (l.product_id, l.supplier_id) l.product_id, l.supplier_id, l.unit_price, l.quantity, l.unit_id,
  o.currency, o.warehouse_id, l.completed_on - o.ordered_on AS days
 FROM purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id
 WHERE l.company_id = %s::bigint AND o.external_key IS NOT NULL AND l.completed_on IS NOT NULL AND l.unit_price > 0
 ORDER BY l.product_id, l.supplier_id, l.id DESC)
SELECT p.code, s.code, x.unit_price, x.quantity, u.code, x.currency, w.code, x.days
FROM (SELECT last.*, count(*) OVER (PARTITION BY product_id) AS suppliers FROM last) x
JOIN catalog_product p ON p.id = x.product_id JOIN catalog_partner s ON s.id = x.supplier_id AND s.is_active
JOIN catalog_unit u ON u.id = x.unit_id JOIN catalog_warehouse w ON w.id = x.warehouse_id
WHERE x.suppliers >= 2 AND p.is_active ORDER BY x.suppliers DESC, p.code, x.days, s.code
"""


@dataclass(slots=True)
class Bought:
    """A product, where it is needed and as much as the cheapest delivered last, with what its suppliers asked: price,
    currency, days.
    """

    product: str
    unit: str
    warehouse: str
    quantity: Decimal
    offers: dict[str, tuple[Decimal, str, int | None]] = field(default_factory=dict)


def _bought(company_id: int) -> list[Bought]:
    found: dict[str, Bought] = {}
    for product, supplier, price, quantity, unit, currency, warehouse, days in db.rows(_REAL, [company_id]):
        one = found.setdefault(product, Bought(product, unit, warehouse, quantity))
        if one.unit == unit and len(one.offers) < MOST_SUPPLIERS:
            one.offers[supplier] = (price, currency, days if days and 0 < days <= 1000 else None)
            if price == min(offer[0] for offer in one.offers.values()):
                one.quantity = quantity
    return [one for one in found.values() if len(one.offers) >= 2]


@dataclass(frozen=True, slots=True)
class _Story:
    people: Mapping[str, Actor]

    def inquire(self, title: str, wanted: Sequence[Bought], *, days: int, sealed: bool = False) -> str:
        """Somebody needs it, it is approved, the buyer asks who supplied it before."""
        buyer = self.people["buyer"]
        on = buyer.today() + timedelta(days=60)
        lines = [RequestIn(one.product, one.quantity, one.unit, on) for one in wanted]
        request = purchasing.create_requisition(
            actor=self.people["sales"],
            warehouse=wanted[0].warehouse,
            lines=lines,
            required_on=on,
            reason=title,
            submit=True,
        )
        if request.state == "pending_approval":
            purchasing.approve_requisition(actor=self.people["manager"], number=request.number)
        asked = lines_for(buyer, [(request.number, n, None) for n in range(1, len(lines) + 1)])
        suppliers = sorted({code for one in wanted for code in one.offers})
        made = commands.create_inquiry(
            actor=buyer,
            warehouse=wanted[0].warehouse,
            lines=asked,
            suppliers=[SupplierIn(code) for code in suppliers],
            title=title,
            closes_at=timezone.now() + timedelta(days=days),
            sealed=sealed,
        )
        commands.send_inquiry(actor=buyer, number=made.number)
        return made.number

    def answer(self, number: str, wanted: Sequence[Bought]) -> None:
        """Everybody quotes what they supplied last time; of what they never supplied they say so."""
        by_supplier: dict[str, list[AnswerLineIn]] = defaultdict(list)
        currency: dict[str, str] = {}
        for supplier in sorted({code for one in wanted for code in one.offers}):
            for n, one in enumerate(wanted, 1):
                if supplier in one.offers:
                    price, currency[supplier], days = one.offers[supplier]
                    by_supplier[supplier].append(AnswerLineIn(n, (BreakIn(ZERO, price),), ZERO, days))
                else:
                    by_supplier[supplier].append(AnswerLineIn(n, note="没有供应过这种产品", no_quote=True))
        for supplier, lines in by_supplier.items():
            commands.answer_inquiry(
                actor=self.people["buyer"],
                number=number,
                supplier=supplier,
                lines=lines,
                currency=currency[supplier],
                tax_included=False,
            )


def _agree(people: Mapping[str, Actor], number: str, bought: Bought) -> None:
    """What was awarded becomes a contract for a year, of which an order takes a part; next year's is a draft."""
    buyer, manager = people["buyer"], people["manager"]
    made = commands.contract_awards(actor=buyer, number=number).data["contracts"][0]
    draft, _opened = contract_draft(buyer, made["number"])
    assert draft.valid_to is not None
    limited = tuple(replace(line, quantity=bought.quantity * 4) for line in draft.lines)
    agreed = replace(draft, title="年度框架合同", reference="HT-2026-018", lines=limited)
    commands.update_contract(actor=buyer, number=made["number"], draft=agreed)
    commands.start_contract(actor=manager, number=made["number"])
    lines = [LineIn(bought.product, bought.quantity, None, bought.unit)]
    given = {"supplier": made["supplier"], "warehouse": bought.warehouse, "currency": draft.currency}
    purchasing.create_order(actor=buyer, lines=lines, tax_included=False, **given)
    begins, ends = draft.valid_to + timedelta(days=1), draft.valid_to + timedelta(days=365)
    later = replace(draft, valid_from=begins, valid_to=ends, title="明年的框架合同（草稿）", reference="HT-2027-001")
    commands.create_contract(actor=buyer, draft=later)


def tell(people: Mapping[str, Actor]) -> None:
    """Inquiries in their states, as far as the history knows products of several suppliers."""
    real = _bought(people["admin"].company_id)
    by_place: dict[str, list[Bought]] = defaultdict(list)
    for one in real:
        by_place[one.warehouse].append(one)
    groups = sorted(by_place.values(), key=len, reverse=True)
    if not groups:
        return
    story, home = _Story(people), groups[0]
    compared = home[:3]
    story.answer(story.inquire("明年第一季度比价", compared, days=3), compared)
    if len(home) > 3:
        awarded = home[3:4]
        number = story.inquire("门诊点补货询价", awarded, days=2)
        story.answer(number, awarded)
        cheap = min(awarded[0].offers.items(), key=lambda offer: offer[1][0])[0]
        awards = [AwardIn(1, cheap, awarded[0].quantity)]
        commands.award_inquiry(actor=people["buyer"], number=number, awards=awards)
        _agree(people, number, awarded[0])
    if len(home) > 4:
        story.inquire("年度集中采购（密封）", home[4:6], days=5, sealed=True)
