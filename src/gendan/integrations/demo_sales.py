"""The selling half of the demonstration company: what its stores and customers are in the middle of today.

Customers, goods, quantities and prices are those of the history; addresses, classes and limits are examples. It ties
both chains together: a purchase order slipped, and two customers wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_UP, Decimal

from gendan.integrations.commands import save_bulk
from gendan.inventory.commands import create_adjustment
from gendan.inventory.rules import AdjustmentLineIn
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Row
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.lines import LineIn as BuyIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.sales import commands
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.returned import ReturnIn

STORE = "RDC"
BINS = ("A-01", "A-02", "A-03", "B-01", "B-02", "B-03")  # one for each of the goods
EXAMPLE = "示例：等级、额度和地址都是举例，供试用。"
CLASSES = (("KEY", "重点客户", 20, 3), ("STD", "一般客户", 10, 0))
# Customer, class, credit limit in company currency, where its central store is.
CUSTOMERS = (
    ("C-NG", "KEY", 3_000_000, "Abuja"),
    ("C-ZM", "KEY", 3_000_000, "Lusaka"),
    ("C-UG", "STD", 2_000_000, "Kampala"),
    ("C-CI", "STD", 2_000_000, "Abidjan"),
    ("C-MZ", "STD", 10_000, "Maputo"),
    ("C-TZ", "STD", 2_000_000, "Dar es Salaam"),
)
# What is both bought and sold, the most sold first: its last price, and a purchase of it that can be repeated.
_GOODS = """
SELECT p.code, u.code, sold.price, bought.supplier, bought.quantity, bought.price
FROM catalog_product p JOIN catalog_unit u ON u.id = p.unit_id
JOIN LATERAL (SELECT count(*) AS times, max(l.unit_price) AS price FROM sales_salesline l
 WHERE l.product_id = p.id AND l.unit_price BETWEEN 1 AND 60) sold ON sold.times > 0
JOIN LATERAL (SELECT s.code AS supplier, l.quantity, l.unit_price AS price FROM purchasing_orderline l
 JOIN purchasing_purchaseorder o ON o.id = l.order_id AND o.external_key IS NOT NULL AND o.currency = 'USD'
 JOIN catalog_partner s ON s.id = l.supplier_id
 WHERE l.product_id = p.id AND l.quantity BETWEEN 500 AND 5000 AND l.unit_price > 0
 ORDER BY l.id DESC LIMIT 1) bought ON true
WHERE p.company_id = %s::bigint ORDER BY sold.times DESC, p.code LIMIT 6
"""
PROFIT = Decimal("1.25")


@dataclass(frozen=True, slots=True)
class Goods:
    """A product, and how it is sold and bought."""

    product: str
    unit: str
    price: Decimal
    supplier: str
    lot: Decimal
    cost: Decimal

    @property
    def listed(self) -> Decimal:
        """The standard price: what was paid last, but never without profit."""
        return max(self.price, self.cost * PROFIT).quantize(Decimal("0.01"), ROUND_UP)


def tell(people: Mapping[str, Actor], today: date) -> None:
    """Everything, by the commands that people would use; nothing where the history has too little to sell."""
    goods = [Goods(*row) for row in db.rows(_GOODS, [people["admin"].company_id])]
    if len(goods) < 6:
        return
    story = _Story(people, today, goods)
    story.prepare()
    story.slip()
    story.shortage()
    story.under_way()
    story.after_sales()
    story.offers()


@dataclass(frozen=True, slots=True)
class _Story:
    people: Mapping[str, Actor]
    today: date
    goods: list[Goods]

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def prepare(self) -> None:
        """Classes, limits, addresses, prices; and what the store has."""
        admin = self.people["admin"]
        owner = "周销售"
        rows: dict[str, list[Row]] = {
            "bins": [{"warehouse": STORE, "code": bin_} for bin_ in BINS],
            "customer-classes": [
                {"code": code, "name": name, "priority": priority, "discount": Decimal(discount)}
                for code, name, priority, discount in CLASSES
            ],
            "partners": [
                {"code": code, "customer_class": class_, "credit_limit": Decimal(limit), "salesperson": owner,
                 "note": EXAMPLE}
                for code, class_, limit, _town in CUSTOMERS
            ],
            "addresses": [
                {"partner": code, "code": "01", "name": "Central Medical Stores", "address": town, "is_default": True}
                for code, _class, _limit, town in CUSTOMERS
            ],
            "sales-prices": [
                {"product": g.product, "unit": g.unit, "currency": "USD", "price": g.listed} for g in self.goods
            ],
        }  # fmt: skip
        for resource, wanted in rows.items():
            wrong = [o for o in save_bulk(admin, resource, wanted, atomic=True) if o.status == "failed"]
            assert not wrong, wrong
        stock = (300, 0, 900, 700, 600, 400)
        create_adjustment(
            actor=replace(admin, via="import"),
            warehouse=STORE,
            kind="opening",
            lines=[
                AdjustmentLineIn(g.product, Decimal(n), bin_)
                for g, n, bin_ in zip(self.goods, stock, BINS, strict=True)
                if n
            ],
            post=True,
            at=datetime.combine(self.day(-40), time(12), admin.zone),
        )

    def sell(
        self, customer: str, *lines: tuple[int, int], wanted: int, ago: int = 0, who: str = "admin", reference: str = ""
    ) -> str:
        """An order of goods (position, quantity), wanted in so many days; submitted."""
        done = commands.create_order(
            actor=self.people[who],
            customer=customer,
            warehouse=STORE,
            currency="USD",
            lines=[LineIn(self.goods[g].product, Decimal(n), unit=self.goods[g].unit) for g, n in lines],
            ordered_on=self.day(-ago),
            requested_on=self.day(wanted),
            customer_reference=reference,
            submit=True,
        )
        return done.number

    def slip(self) -> None:
        """Two customers wait for a purchase that was to come in time, and now comes two weeks later."""
        g = self.goods[0]
        bought = purchasing.create_order(
            actor=self.people["admin"],
            supplier=g.supplier,
            warehouse=STORE,
            currency="USD",
            lines=[BuyIn(g.product, g.lot, g.cost, g.unit, self.day(8))],
            ordered_on=self.day(-25),
            submit=True,
        ).number
        answer = [ConfirmIn(1, g.lot, self.day(8))]
        purchasing.confirm_order(actor=self.people["buyer"], number=bought, lines=answer)
        each = int(g.lot) // 3
        for customer, due in (("C-NG", 12), ("C-ZM", 15)):
            number = self.sell(
                customer, (0, each + 150), wanted=due, ago=6, reference=f"PR-{self.day(-6):%y%m}-{customer[2:]}"
            )
            commands.promise_order(actor=self.people["sales"], number=number)
        purchasing.revise_promise(
            actor=self.people["buyer"],
            number=bought,
            line=1,
            expected_on=self.day(24),
            note="原料延误",
            source="supplier",
        )

    def shortage(self) -> None:
        """One shortage is requested, another waits for somebody to see it."""
        number = self.sell("C-UG", (1, 400), (2, 100), wanted=20, ago=3)
        commands.request_shortage(actor=self.people["sales"], numbers=[number])
        self.sell("C-TZ", (1, 150), (3, 120), wanted=30, ago=1)

    def under_way(self) -> None:
        """One delivery to be picked today, one on its way with a number that can be followed."""
        keeper = self.people["keeper"]
        number = self.sell("C-CI", (2, 200), (3, 80), wanted=2, ago=4)
        commands.create_delivery(actor=keeper, orders=[number], carrier="顺丰速运", planned_on=self.today)
        number = self.sell("C-ZM", (3, 150), (4, 60), wanted=0, ago=5)
        commands.deliver_order(
            actor=keeper, number=number, carrier="顺丰速运", tracking_number="SF8800416", shipped_on=self.day(-2)
        )

    def after_sales(self) -> None:
        """A delivery was signed for; some of it shall come back."""
        keeper = self.people["keeper"]
        number = self.sell("C-UG", (4, 90), (5, 50), wanted=-8, ago=20)
        sent = commands.deliver_order(
            actor=keeper, number=number, carrier="DHL", tracking_number="1Z999002", shipped_on=self.day(-14)
        )
        commands.sign_delivery(actor=keeper, number=sent.number, signed_by="J. Okello", signed_on=self.day(-10))
        back = [ReturnIn(number, 2, Decimal(6), "damaged", "外箱受潮，6 包破损", sent.number)]
        commands.request_return(actor=self.people["sales"], lines=back, contact="J. Okello")

    def offers(self) -> None:
        """A quotation that was sent, and an order above what the customer may owe, waiting for its review."""
        lines = [LineIn(g.product, Decimal(250), unit=g.unit) for g in self.goods[2:5]]
        quoted = commands.create_quotation(
            actor=self.people["sales"],
            customer="C-CI",
            warehouse=STORE,
            currency="USD",
            lines=lines,
            quoted_on=self.day(-2),
            valid_to=self.day(28),
        )
        commands.send_quotation(actor=self.people["sales"], number=quoted.number)
        self.sell("C-MZ", (5, 400), (2, 200), wanted=18, who="sales")
