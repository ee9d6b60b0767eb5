"""Inspection in the demonstration company: plans, a lot that passed, one that failed and went back, one that waits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from gendan.integrations.demo import Real

_WEIGHT = CheckIn("净重偏差", "measure", Decimal(-2), Decimal(2), "%")
_FOUND = "净重偏差超限"
_LOOK = CheckIn("外观：无破损、无受潮")
_LABEL = CheckIn("批号、效期清晰")
_PAPERS = CheckIn("随货文件", "text")
_NOTE = "示例方案：ISO 2859-1 一般检验水平 II。"
LOT = (Decimal(3201), Decimal(10000))  # of which 200 are looked at, at most 5 of them bad, with an AQL of 1.0


def _plans(good: Real, bad: Real, third: Real) -> Iterator[PlanIn]:
    for n, product in enumerate(dict.fromkeys((good.products[0], bad.products[0])), 1):
        checks = (_WEIGHT, _LOOK)
        yield PlanIn(
            f"IQC-{n}", "来料检验", product=product, method="aql", aql="1.0", allow_reduced=True, checks=checks,
            note=_NOTE,
        )  # fmt: skip
    yield PlanIn(
        "IQC-S", "可靠供应商来料检验", supplier=good.supplier, method="aql", aql="2.5", skip_after=5, skip_every=3
    )
    yield PlanIn(
        "IQC-ALL", "逐件检验", product=third.products[0], method="all", needs_photo=True, checks=(_LABEL, _PAPERS)
    )


def _chosen(real: Sequence[Real]) -> tuple[Real, Real, Real]:
    """Three lines of different products and suppliers, each an order of its own; the first two are large lots."""
    lines = [_only(order, n) for order in real for n in range(len(order.products))]
    found: list[Real] = []
    for line in [*(line for line in lines if LOT[0] <= line.quantities[0] <= LOT[1]), *lines]:
        names = {name for other in found for name in (other.supplier, other.products[0])}
        if not names & {line.supplier, line.products[0]}:
            found.append(line)
    good, bad, third = found[:3]
    return good, bad, third


def _only(order: Real, n: int) -> Real:
    return replace(
        order,
        products=order.products[n : n + 1],
        quantities=order.quantities[n : n + 1],
        prices=order.prices[n : n + 1],
        units=order.units[n : n + 1],
    )


def _came(people: Mapping[str, Actor], real: Real) -> Done:
    """What was once ordered, ordered again and received by the people of the company; the receipt."""
    line = LineIn(real.products[0], real.quantities[0], real.prices[0], real.units[0])
    order = purchasing.create_order(
        actor=people["manager"],
        supplier=real.supplier,
        warehouse=real.warehouse,
        currency=real.currency,
        lines=[line],
        submit=True,
    )
    if order.state == "pending_approval":
        purchasing.approve_order(actor=people["admin"], number=order.number)
    return purchasing.receive_goods(actor=people["keeper"], order=order.number)


def tell(people: Mapping[str, Actor], today: date, real: Sequence[Real]) -> None:
    """Three receipts under plans: one good, one bad of which part went back and part was replaced, one to inspect."""
    inspector, keeper = people["inspector"], people["keeper"]
    first, second, third = _chosen(real)
    for plan in _plans(first, second, third):
        commands.save_plan(actor=inspector, plan=plan)
    good = _came(people, first)
    _measured(people, good, ("0.4", "-0.6", "0.9", "0.1"), 0)
    purchasing.inspect_receipt(actor=inspector, number=good.number)
    bad = _came(people, second)
    number = _measured(people, bad, ("0.2", "2.6", "3.1", "0.4"), 9)
    verdict = InspectIn(1, second.quantities[0] - 1200, Decimal(1200), note=_FOUND, sorted=True)
    purchasing.inspect_receipt(actor=inspector, number=bad.number, lines=[verdict])
    commands.create_action(
        actor=people["buyer"],
        inspection=number,
        product=second.products[0],
        problem="抽样 200 件中 9 件净重偏差超过 2 %",
        due_on=today + timedelta(days=7),
        contact="供应商质量部",
    )
    back = BackIn(bad.number, 1, Decimal(1000), "quality", note=_FOUND)
    rtv = purchasing.create_return(actor=people["buyer"], lines=[back], note="请尽快补发合格品")
    approved = purchasing.approve_return(actor=people["manager"], number=rtv.number)
    if approved.state == "approved":
        purchasing.post_return(actor=keeper, number=rtv.number, carrier="德邦", tracking_number="DPK2026112201")
        day = today + timedelta(days=5)
        purchasing.promise_replacement(actor=people["buyer"], number=rtv.number, replace_on=day, note="供应商电话答应")
        instead = [InsteadIn(1, Decimal(400))]
        purchasing.receive_replacement(actor=keeper, number=rtv.number, lines=instead, delivery_note="B-001")
    purchasing.settle_rejects(
        actor=inspector, number=bad.number, lines=[RejectIn(1, scrap=Decimal(50), note="外包装破损")]
    )
    _came(people, third)


def _measured(people: Mapping[str, Actor], receipt: Done, values: tuple[str, ...], bad: int) -> str:
    """What the inspector found of the first line; the inspection's number."""
    inspector = people["inspector"]
    number = inspection_of(inspector, receipt.number)
    line = inspection_detail(inspector, number)["lines"][0]
    assert line["sample"]
    found = (FoundIn(1, tuple(map(Decimal, values))), FoundIn(2, failed=0))
    defects = (DefectIn(_FOUND, bad),) if bad else ()
    result = ResultIn(1, found, defects, bad)
    commands.record_results(actor=inspector, number=number, lines=[result])
    return number
