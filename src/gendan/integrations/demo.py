"""The demonstration company: ten years of real orders, and what is going on today.

The history is the SCMS delivery history (public domain). Today's orders repeat what was really ordered of one supplier
for one place on one day, same products, quantities and prices, with dates around today, and go through the same
commands as anybody's. Beside them stand three example suppliers and six example products for trying things out; only
their prices are made up, and say so.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from gendan.accounts import steps as accounts
from gendan.accounts.commands import update_company
from gendan.accounts.queries import actor_by_user
from gendan.accounts.roles import TEMPLATES
from gendan.alerts.commands import save_rule
from gendan.carriers.commands import save_carrier
from gendan.catalog import steps as catalog
from gendan.integrations import (
    demo_changes,
    demo_flows,
    demo_people,
    demo_quality,
    demo_sales,
    demo_settlement,
    demo_sourcing,
    demo_transport,
)
from gendan.integrations.commands import save_bulk
from gendan.integrations.history.load import load_history
from gendan.integrations.history.mapping import load_mapping
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Row
from gendan.kernel.demonstration import PARTS, SIGN_INS
from gendan.purchasing import commands
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.receipts import ReceiveIn
from gendan.purchasing.rules.requisitions import RequestIn

HISTORY = Path(__file__).parent / "data" / "scms_delivery_history.csv"
CODE, NAME = "DEMO", "演示公司（全球卫生物资）"
ADDRESS, PHONE, TAX_ID = "上海市浦东新区世纪大道 100 号", "021-5888 0000", "91310000DEMO0000XX"
PEOPLE = (
    ("admin", "管理员", "admin"),
    ("buyer", "陈采购", "buyer"),
    ("manager", "李主管", "purchasing_manager"),
    ("keeper", "王仓管", "warehouse_keeper"),
    ("storemanager", "赵仓库主管", "warehouse_manager"),
    ("inspector", "孙质检", "qc_inspector"),
    ("sales", "周销售", "salesperson"),
    ("salesmanager", "钱主管", "sales_manager"),
    ("finance", "吴会计", "accountant"),
    ("boss", "郑总", "management"),
)
SUPPLIERS = (("S001", "宁波甬江五金有限公司"), ("S002", "苏州恒力紧固件有限公司"), ("S003", "广州越秀包装材料有限公司"))
PRODUCTS = (
    ("P0001", "六角螺栓 M6×20", "304 不锈钢"),
    ("P0002", "六角螺母 M6", "304 不锈钢"),
    ("P0003", "平垫圈 M6", "304 不锈钢"),
    ("P0004", "自攻螺钉 ST4.2×16", "镀锌"),
    ("P0005", "五层瓦楞纸箱 400×300×300", "BC 瓦"),
    ("P0006", "封箱胶带 48mm×100m", "透明"),
)
EXAMPLE = "示例供应商：名称和价格都是举例，供试用和接口示例使用。"
# supplier, product, from quantity, price in CNY, minimum quantity, pack, lead time in days
PRICES = (
    ("S001", "P0001", 0, "0.32", 500, 100, 15),
    ("S001", "P0001", 5000, "0.28", 500, 100, 15),
    ("S001", "P0002", 0, "0.11", 500, 100, 15),
    ("S001", "P0003", 0, "0.05", 1000, 500, 15),
    ("S002", "P0001", 0, "0.30", 2000, 1000, 10),
    ("S002", "P0002", 0, "0.10", 2000, 1000, 10),
    ("S002", "P0004", 0, "0.07", 1000, 500, 12),
    ("S003", "P0005", 0, "6.50", 100, 20, 7),
    ("S003", "P0005", 1000, "5.90", 100, 20, 7),
    ("S003", "P0006", 0, "4.20", 36, 36, 5),
)
# What was ordered of one supplier for one place on one day, whatever number it got: up to six products. A product that
# occurs several times counts once, with its last line.
_REAL = """
WITH bought AS (
 SELECT DISTINCT ON (o.supplier_id, o.warehouse_id, o.ordered_on, o.currency, l.product_id)
  o.supplier_id, o.warehouse_id, o.ordered_on, o.currency, p.code, l.quantity, l.unit_price, u.code AS unit, l.id
 FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id
 JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
 WHERE o.company_id = %s
 ORDER BY o.supplier_id, o.warehouse_id, o.ordered_on, o.currency, l.product_id, l.id DESC)
SELECT s.code, w.code, b.currency, array_agg(b.code ORDER BY b.id), array_agg(b.quantity ORDER BY b.id),
 array_agg(b.unit_price ORDER BY b.id), array_agg(b.unit ORDER BY b.id)
FROM bought b JOIN catalog_partner s ON s.id = b.supplier_id JOIN catalog_warehouse w ON w.id = b.warehouse_id
GROUP BY b.supplier_id, b.warehouse_id, b.ordered_on, b.currency, s.code, w.code
HAVING count(*) BETWEEN 1 AND 6 AND min(b.quantity) >= 20
ORDER BY b.ordered_on DESC, max(b.id) DESC LIMIT 800
"""
CARRIERS = (("SF", "顺丰速运"), ("COSCO", "中远海运"), ("DHL", "DHL"))
# What was delivered to countries directly was used up there, of which the history knows nothing: by these rules all of
# it would be dead stock.
USED_ELSEWHERE = ("slow_mover", "overstock")
# What the simulated carriers do follows from a number's last digit: arrived yesterday, still under way, fell silent.
ENDINGS = {10: "2", 11: "6", 12: "3", 13: "7"}
ONE_LINE = 4  # every so many orders one has a single line
LATER = 3  # days by which the supplier promises each further line later


@dataclass(frozen=True, slots=True)
class Real:
    """What was ordered together in the history, to be repeated."""

    supplier: str
    warehouse: str
    currency: str
    products: list[str]
    quantities: list[Decimal]
    prices: list[Decimal]
    units: list[str]


def build() -> list[tuple[str, str, str]]:
    """Make the company unless it exists; the sign-ins as (role, user, password)."""
    password = f"gendan-{secrets.token_hex(3)}"
    with transaction.atomic():
        company = accounts.create_company(CODE, NAME, "CNY")
        accounts.furnish(company)
        users = {name: accounts.add_member(company, name, shown, "", [role]) for name, shown, role in PEOPLE}
        accounts.give_password(users.values(), password)
        catalog.ensure_partners(
            company.pk, [{"code": code, "name": name, "currency": "CNY"} for code, name in SUPPLIERS]
        )
        catalog.ensure_products(
            company.pk,
            [{"code": code, "name": name, "unit": "PCS", "specification": spec} for code, name, spec in PRODUCTS],
        )
    people: dict[str, Actor] = {}
    for name, user in users.items():
        actor = actor_by_user(user.pk, company.pk, "job")
        assert actor is not None
        people[name] = actor
    update_company(actor=people["admin"], address=ADDRESS, phone=PHONE, tax_id=TAX_ID)
    _price_examples(people["admin"])
    for code, name in CARRIERS:
        save_carrier(actor=people["admin"], code=code, values={"name": name, "adapter": "simulator"})
    for mapping in ("scms", "scms_sales"):
        load_history(actor=people["admin"], path=HISTORY, mapping=load_mapping(mapping))
    more = demo_people.tell(people["admin"], company, password)
    db.execute("ANALYZE")  # what follows asks for more than the last of its kind
    real = _real_orders(people["admin"].company_id)
    _today(people, real)
    demo_quality.tell(people, timezone.localdate(), real[18:])
    demo_sales.tell(people, timezone.localdate())
    demo_transport.tell(people, timezone.localdate(), real[-3:])
    demo_flows.tell(people, timezone.localdate())
    demo_changes.tell(people)
    demo_sourcing.tell(people)
    demo_settlement.tell(people, timezone.localdate())
    for part in PARTS:
        part(people)
    for sign_in in SIGN_INS:
        more += sign_in(people, password)
    for rule in USED_ELSEWHERE:
        save_rule(actor=people["admin"], code=rule, is_active=False)
    db.execute("ANALYZE")
    titles = {template.code: template.name for template in TEMPLATES}
    return [*((titles[role], name, password) for name, _shown, role in PEOPLE), *more]


def _today(people: dict[str, Actor], real: list[Real]) -> None:
    """Orders in every state, dated around today."""
    today = timezone.localdate()
    story = _Story(people, today)
    for n, state in enumerate(
        ("draft", "pending", "pending", "unconfirmed", "unconfirmed", "confirmed", "late", "late", "revised", "split")
    ):
        story.tell(state, real[n], n)
    for n, state in enumerate(("in_transit", "in_transit", "arrived", "late_transit", "partly", "partly"), 10):
        story.tell(state, real[n], n)
    story.requisitions(real[16], real[17])


def _price_examples(actor: Actor) -> None:
    """The examples get prices, so that ordering them suggests one."""
    notes: list[Row] = [{"code": code, "note": EXAMPLE} for code, _name in SUPPLIERS]
    names = ("supplier", "product", "from_quantity", "price", "minimum_quantity", "pack_quantity", "lead_time_days")
    prices: list[Row] = [{**dict(zip(names, row, strict=True)), "unit": "PCS", "currency": "CNY"} for row in PRICES]
    saved = save_bulk(actor, "partners", notes, atomic=True) + save_bulk(actor, "prices", prices, atomic=True)
    wrong = [outcome for outcome in saved if outcome.status not in {"created", "updated"}]
    assert not wrong, wrong


def _real_orders(company_id: int) -> list[Real]:
    """The newest real ones, most of several lines, one per supplier first, so that the story has many names."""
    found = [Real(*row) for row in db.rows(_REAL, [company_id])]
    several = _in_turn([real for real in found if len(real.products) > 1])
    single = _in_turn([real for real in found if len(real.products) == 1])
    mixed: list[Real] = []
    while several and single:
        mixed += [*several[: ONE_LINE - 1], single.pop(0)]
        del several[: ONE_LINE - 1]
    return mixed


def _in_turn(found: list[Real]) -> list[Real]:
    """In their order, but each supplier's second after every supplier's first."""
    seen: dict[str, int] = {}
    ranked: list[tuple[int, int, Real]] = []
    for position, real in enumerate(found):
        turn = seen[real.supplier] = seen.get(real.supplier, -1) + 1
        ranked.append((turn, position, real))
    return [real for _turn, _position, real in sorted(ranked, key=lambda entry: entry[:2])]


@dataclass(frozen=True, slots=True)
class _Story:
    people: dict[str, Actor]
    today: date

    def day(self, offset: int) -> date:
        return self.today + timedelta(days=offset)

    def tell(self, state: str, real: Real, n: int) -> None:
        """One order, brought into the named situation."""
        due = {"late": -6 - n, "late_transit": -3, "revised": -4, "in_transit": 2 + n % 3, "arrived": 0}.get(
            state, 5 + n
        )
        number = self.order(real, due, submit=state != "draft", pending=state == "pending")
        if state in {"draft", "pending", "unconfirmed"}:
            return
        buyer = self.people["buyer"]
        self.confirm(number, real, due, split=state == "split")
        if state == "revised":
            answer = [ConfirmIn(k, None, self.day(6), note="原料延误") for k in range(1, len(real.products) + 1)]
            commands.confirm_order(actor=buyer, number=number, lines=answer)
        if state in {"in_transit", "arrived", "late_transit", "partly"}:
            shipped = commands.create_shipment(
                actor=buyer,
                orders=[number],
                carrier=CARRIERS[n % 3][1],
                tracking_number=f"SF{740_000 + 131 * n}{ENDINGS.get(n, '1')}",
                packages=4 + n,
                shipped_on=self.day(-4),
                expected_on=self.day(due if state != "late_transit" else 1),
            )
            if state == "arrived":
                commands.arrive_shipment(actor=self.people["keeper"], number=shipped.number)
        if state == "partly":
            half = ReceiveIn(1, (real.quantities[0] / 2).to_integral_value() or Decimal(1))
            parts = [half, *(ReceiveIn(k, quantity) for k, quantity in enumerate(real.quantities[1:], 2) if k % 2 == 0)]
            commands.receive_goods(
                actor=self.people["keeper"], order=number, lines=parts, delivery_note=f"DN-{self.today:%m%d}-{n}"
            )

    def order(self, real: Real, due: int, *, submit: bool, pending: bool) -> str:
        lines = [
            LineIn(product, quantity, price, unit, self.day(due))
            for product, quantity, price, unit in zip(
                real.products, real.quantities, real.prices, real.units, strict=True
            )
        ]
        done = commands.create_order(
            actor=self.people["buyer"],
            supplier=real.supplier,
            warehouse=real.warehouse,
            currency=real.currency,
            lines=lines,
            ordered_on=self.day(min(due, 0) - 20),
            submit=submit,
        )
        if done.state == "pending_approval" and not pending:
            commands.approve_order(actor=self.people["admin"], number=done.number)
        return done.number

    def confirm(self, number: str, real: Real, due: int, *, split: bool) -> None:
        parts = []
        for k, quantity in enumerate(real.quantities, 1):
            half = (quantity / 2).to_integral_value()
            if split and half > 0:
                parts += [ConfirmIn(k, half, self.day(due)), ConfirmIn(k, quantity - half, self.day(due + 10))]
            else:
                parts.append(ConfirmIn(k, quantity, self.day(due + LATER * (k - 1))))
        commands.confirm_order(actor=self.people["buyer"], number=number, lines=parts)

    def requisitions(self, *wishes: Real) -> None:
        """One waiting for approval, one approved and not ordered yet."""
        for n, real in enumerate(wishes):
            lines = [
                RequestIn(product, quantity, unit, self.day(20), real.supplier)
                for product, quantity, unit in zip(real.products, real.quantities, real.units, strict=True)
            ]
            done = commands.create_requisition(
                actor=self.people["sales"],
                warehouse=real.warehouse,
                lines=lines,
                required_on=self.day(20),
                reason=("门诊点补货", "第四季度补库")[n % 2],
                submit=True,
            )
            if n:
                commands.approve_requisition(actor=self.people["manager"], number=done.number)
