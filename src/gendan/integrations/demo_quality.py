"""Inspection in the demonstration company: plans, a lot that passed, one that failed and went back, one that waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.inspection import InspectIn, RejectIn
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.returned import BackIn, InsteadIn
from gendan.quality import commands
from gendan.quality.queries.inspections import inspection_detail, inspection_of
from gendan.quality.rules.inspection import CheckIn, DefectIn, FoundIn, ResultIn
from gendan.quality.rules.plan import PlanIn

_WIDTH = CheckIn("对边宽度", "measure", Decimal("9.78"), Decimal("10.00"), "mm")
_WAREHOUSE = "MAIN"
_LOOK = CheckIn("外观：无划伤、无锈蚀")
PLANS = (
    PlanIn(
        "IQC-BOLT",
        "六角螺栓来料检验",
        product="P0001",
        method="aql",
        aql="1.0",
        allow_reduced=True,
        needs_photo=True,
        checks=(_WIDTH, _LOOK),
        note="示例方案：ISO 2859-1 一般检验水平 II。",
    ),
    PlanIn("IQC-S001", "甬江五金来料检验", supplier="S001", method="aql", aql="2.5", skip_after=5, skip_every=3),
    PlanIn(
        "IQC-BOX", "纸箱来料检验", product="P0005", method="all", checks=(CheckIn("印刷"), CheckIn("实测尺寸", "text"))
    ),
)


def _came(people: Mapping[str, Actor], supplier: str, product: str, quantity: int, price: str) -> Done:
    """Goods ordered and received by the people of the company; the receipt."""
    line = LineIn(product, Decimal(quantity), Decimal(price))
    order = purchasing.create_order(
        actor=people["manager"], supplier=supplier, warehouse=_WAREHOUSE, lines=[line], submit=True
    )
    if order.state == "pending_approval":
        purchasing.approve_order(actor=people["admin"], number=order.number)
    return purchasing.receive_goods(actor=people["keeper"], order=order.number)


def tell(people: Mapping[str, Actor], today: date) -> None:
    """Three receipts under plans: one good, one bad of which part went back and part was replaced, one to inspect."""
    inspector, keeper = people["inspector"], people["keeper"]
    for plan in PLANS:
        commands.save_plan(actor=inspector, plan=plan)
    good = _came(people, "S001", "P0001", 2000, "0.32")
    _measured(people, good, ("9.88", "9.90", "9.91", "9.89"), 0)
    purchasing.inspect_receipt(actor=inspector, number=good.number)
    bad = _came(people, "S002", "P0001", 5000, "0.30")
    number = _measured(people, bad, ("9.88", "9.72", "9.70", "9.89"), 9)
    verdict = InspectIn(1, Decimal(3800), Decimal(1200), note="对边宽度偏小", sorted=True)
    purchasing.inspect_receipt(actor=inspector, number=bad.number, lines=[verdict])
    commands.create_action(
        actor=people["buyer"],
        inspection=number,
        product="P0001",
        problem="六角螺栓对边宽度偏小，抽样 200 件中 9 件低于 9.78 mm",
        due_on=today + timedelta(days=7),
        contact="恒力质量部",
    )
    back = BackIn(bad.number, 1, Decimal(1000), "quality", note="对边宽度偏小")
    rtv = purchasing.create_return(actor=people["buyer"], lines=[back], note="请尽快补发合格品")
    approved = purchasing.approve_return(actor=people["manager"], number=rtv.number)
    if approved.state == "approved":
        purchasing.post_return(actor=keeper, number=rtv.number, carrier="德邦", tracking_number="DPK2026112201")
        instead = [InsteadIn(1, Decimal(400))]
        purchasing.receive_replacement(actor=keeper, number=rtv.number, lines=instead, delivery_note="HL-B-001")
    purchasing.settle_rejects(
        actor=inspector, number=bad.number, lines=[RejectIn(1, scrap=Decimal(50), note="螺纹损坏")]
    )
    _came(people, "S003", "P0005", 200, "6.50")


def _measured(people: Mapping[str, Actor], receipt: Done, values: tuple[str, ...], bad: int) -> str:
    """What the inspector found of the first line; the inspection's number."""
    inspector = people["inspector"]
    number = inspection_of(inspector, receipt.number)
    line = inspection_detail(inspector, number)["lines"][0]
    assert line["sample"]
    found = (FoundIn(1, tuple(map(Decimal, values))), FoundIn(2, failed=0))
    defects = (DefectIn("对边宽度偏小", bad),) if bad else ()
    result = ResultIn(1, found, defects, bad)
    commands.record_results(actor=inspector, number=number, lines=[result])
    return number
