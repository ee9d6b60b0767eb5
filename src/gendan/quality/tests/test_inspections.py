"""From a plan to the verdict: what comes in is inspected as plans say, and decided as samples allow."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gendan.accounts.models import Company
from gendan.accounts.tests.make import actor_for, make_user
from gendan.catalog.models import Category, Product
from gendan.catalog.tests.make import make_product, make_supplier
from gendan.flow import commands as flows
from gendan.flow.models import Task
from gendan.flow.tests.make import approve, draw
from gendan.kernel import attachments
from gendan.kernel.errors import Invalid, WrongState
from gendan.kernel.tests.test_attachments import PNG
from gendan.kernel.verify import differences
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import GoodsReceipt
from gendan.purchasing.rules.inspection import InspectIn, RejectIn
from gendan.purchasing.tests.make import World, line, make_order, make_world, receive
from gendan.purchasing.tests.test_shipments import statements
from gendan.quality import commands
from gendan.quality.errors import LineDecided, LotFailed, NoWish, ReasonRequired, ResultsMissing, TooMany
from gendan.quality.models import Defect, Inspection, Result
from gendan.quality.queries import chosen, defect_rates, defects_of
from gendan.quality.rules.inspection import DefectIn, FoundIn, ResultIn, WishIn
from gendan.quality.tests.make import LOOK, WIDTH, came, found, make_plan, of

pytestmark = pytest.mark.django_db
D = Decimal


def decide(world: World, receipt: str, good: int, bad: int, *, whole: bool = False) -> str:
    lines = [InspectIn(1, D(good), D(bad), sorted=whole)]
    return purchasing.inspect_receipt(actor=world.actor, number=receipt, lines=lines).state


def clean(world: World) -> bool:
    found = [(check, list(each)) for check, each in differences(world.company_id)]
    return not [one for one in found if one[1]] or bool(print([one for one in found if one[1]]))


def test_a_plan_that_asks_for_photos_gets_them_before_the_lot_is_accepted() -> None:
    world = make_world()
    make_plan(world, method="all", aql="", needs_photo=True)
    inspection, receipt = came(world, 10)
    good = partial(purchasing.inspect_receipt, actor=world.actor, number=receipt.number)
    with pytest.raises(ResultsMissing, match="照片"):
        good(lines=[InspectIn(1, Decimal(6))])
    good(lines=[InspectIn(1, Decimal(0), Decimal(1))])
    photo = attachments.accept(SimpleUploadedFile("a.png", PNG))
    commands.record_results(actor=world.actor, number=inspection.number, lines=[], files=[photo])
    good(lines=[InspectIn(1, Decimal(9))])
    assert (of(inspection).accepted, of(inspection).rejected) == (9, 1)


def test_a_plan_decides_how_much_of_what_comes_in_is_looked_at() -> None:
    world = make_world()
    make_plan(world, checks=(WIDTH, LOOK))
    inspection, receipt = came(world, 1000, 20)
    line_ = of(inspection)
    assert (receipt.state, inspection.state, inspection.lines.count()) == ("to_inspect", "open", 1)
    assert (line_.letter, line_.sample, line_.accept, line_.reject) == ("J", 80, 2, 3)
    assert [check["name"] for check in line_.checks] == ["外径", "外观"]
    assert line(GoodsReceipt.objects.get().lines.first().order_line.order.number, 2).accepted == 20  # type: ignore[union-attr]
    with pytest.raises(ResultsMissing, match="外径"):
        decide(world, receipt.number, 1000, 0)
    values = (D("9.99"), D("10.01"), D("10.06"))
    found(world, inspection, 2, FoundIn(1, values), FoundIn(2, failed=2))
    assert list(Result.objects.order_by("check_no").values_list("failed", flat=True)) == [1, 2]
    assert decide(world, receipt.number, 998, 2) == "posted"
    inspection.refresh_from_db()
    assert (inspection.state, of(inspection).verdict, of(inspection).passed) == ("done", "partly", True)
    with pytest.raises((WrongState, LineDecided)):
        found(world, inspection, 0)
    assert clean(world)


def test_a_bad_sample_is_refused_sorted_or_conceded() -> None:
    world = make_world()
    make_plan(world)
    inspection, receipt = came(world)
    commands.record_results(
        actor=world.actor,
        number=inspection.number,
        lines=[ResultIn(1, defects=(DefectIn("划伤", 3, "minor"),))],
    )
    assert (of(inspection).defective, Defect.objects.get().text) == (3, "划伤")
    with pytest.raises(LotFailed, match="3"):
        decide(world, receipt.number, 1000, 0)
    assert decide(world, receipt.number, 500, 100, whole=True) == "to_inspect"
    assert decide(world, receipt.number, 0, 200) == "to_inspect"
    with pytest.raises(NoWish):
        purchasing.concede_goods(actor=world.actor, number=inspection.number)
    with pytest.raises(ReasonRequired):
        commands.request_concession(actor=world.actor, number=inspection.number, lines=[WishIn(1, D(200))], reason=" ")
    with pytest.raises(TooMany):
        commands.request_concession(
            actor=world.actor, number=inspection.number, lines=[WishIn(1, D(201))], reason="急用"
        )
    commands.request_concession(actor=world.actor, number=inspection.number, lines=[WishIn(1, D(200))], reason="急用")
    done = purchasing.concede_goods(actor=world.actor, number=inspection.number)
    assert (done.state, of(inspection).conceded, of(inspection).verdict) == ("done", 200, "conceded")
    assert of(inspection).passed is False
    assert clean(world)


def test_a_concession_waits_for_the_flow_of_the_company() -> None:
    world = make_world()
    make_plan(world)
    inspection, receipt = came(world)
    found(world, inspection, 5)
    commands.request_concession(actor=world.actor, number=inspection.number, lines=[WishIn(1, D(1000))], reason="急用")
    boss = make_user(Company.objects.get(pk=world.company_id), permissions=["quality.view"], limit=0, name="孙")
    draw(world.actor, approve("boss", {"by": "person", "value": boss.username}), kind="qi")
    waits = purchasing.concede_goods(actor=world.actor, number=inspection.number)
    assert (waits.state, waits.data["approval"]) == ("open", "running")
    task = Task.objects.get(instance__number=inspection.number, state="waiting")
    assert flows.approve_task(actor=actor_for(boss), task_id=task.pk).state == "done"
    assert GoodsReceipt.objects.get(number=receipt.number).state == "posted"
    assert clean(world)


def test_the_most_specific_plan_counts() -> None:
    world = make_world()
    company = Company.objects.get(pk=world.company_id)
    top = Category.objects.create(company=company, code="FAST", name="紧固件")
    sub = Category.objects.create(company=company, code="BOLTS", name="螺栓", parent=top)
    Product.objects.filter(pk=world.bolt.pk).update(category=sub)
    other = make_supplier(company, "S002")
    make_product(company, "GLUE", "胶")

    def code(supplier: int, product: int = world.bolt.pk) -> str:
        plan = chosen(world.actor, supplier, [product]).get(product)
        return plan.code if plan else ""

    assert code(world.supplier.pk) == ""
    scopes = {"ALL": {}, "S": {"supplier": "S001"}, "C": {"category": "FAST"}, "C2": {"category": "BOLTS"}}
    for name, scope in scopes.items():
        make_plan(world, name, **{"product": "", **scope})
        assert code(world.supplier.pk) == name
    make_plan(world, "CS", product="", category="FAST", supplier="S001")
    assert code(world.supplier.pk) == "C2"  # the nearer category says more than the supplier
    make_plan(world, "P")
    assert code(world.supplier.pk) == "P"
    make_plan(world, "PS", supplier="S001")
    assert (code(world.supplier.pk), code(other.pk), code(other.pk, world.nut.pk)) == ("PS", "P", "ALL")
    with pytest.raises(Invalid):
        make_plan(world, "X", product="BOLT", category="FAST")
    for wrong in ({"aql": "1.1"}, {"level": "IV"}, {"skip_after": 3, "skip_every": 1}, {"supplier": "NOBODY"}):
        with pytest.raises(Invalid):
            make_plan(world, "X", **wrong)


def test_bad_lots_make_it_tightened_good_ones_are_skipped() -> None:
    world = make_world()
    make_plan(world, skip_after=2, skip_every=3)
    stages = []
    for bad in (0, 0):
        inspection, receipt = came(world)
        found(world, inspection, bad)
        decide(world, receipt.number, 1000, 0)
    for _n in range(2):
        inspection, receipt = came(world)
        stages.append((inspection.state, receipt.state, of(inspection).skipped))
    inspection, receipt = came(world)
    stages.append((inspection.state, receipt.state, of(inspection).skipped))
    assert stages == [("skipped", "posted", True)] * 2 + [("open", "to_inspect", False)]
    for n in range(2):
        if n:
            inspection, receipt = came(world)
        found(world, inspection, 4)
        decide(world, receipt.number, 0, 1000)
    inspection, _receipt = came(world)
    assert (of(inspection).stage, of(inspection).sample, of(inspection).accept) == ("tightened", 80, 1)
    assert clean(world)


def test_a_reversed_receipt_says_nothing_and_rework_is_inspected_again() -> None:
    world = make_world()
    make_plan(world)
    inspection, receipt = came(world)
    found(world, inspection, 4)
    decide(world, receipt.number, 0, 1000)
    lines = [RejectIn(1, rework=D(1000))]
    purchasing.settle_rejects(actor=world.actor, number=receipt.number, lines=lines)
    inspection.refresh_from_db()
    assert (inspection.state, of(inspection).rejected, of(inspection).passed) == ("open", 0, False)
    found(world, inspection, 0)
    assert decide(world, receipt.number, 1000, 0) == "posted"
    assert of(inspection).passed is False  # shown again, it says nothing new
    assert clean(world)
    purchasing.reverse_receipt(actor=world.actor, number=receipt.number)
    inspection.refresh_from_db()
    assert (inspection.state, of(inspection).passed) == ("cancelled", None)
    assert clean(world)


def test_what_was_found_is_checked_and_all_wrong_fields_are_named() -> None:
    world = make_world()
    make_plan(world, checks=(WIDTH, LOOK))
    inspection, _receipt = came(world)
    wrong = ResultIn(
        1, (FoundIn(1, tuple([D(10)] * 81)), FoundIn(9), FoundIn(2, failed=99)), (DefectIn("", 0, "bad"),), 999
    )
    with pytest.raises(Invalid) as refused:
        commands.record_results(actor=world.actor, number=inspection.number, lines=[wrong])
    assert {name.split(".", 2)[2] for name in refused.value.fields} >= {"found.0.values", "found.1.check", "defective"}


def test_rates_name_what_is_behind_them_and_no_data_is_no_rate() -> None:
    world = make_world()
    today = world.actor.today()
    assert defect_rates(world.actor, today, today) == {}
    make_plan(world, method="all", aql="")
    inspection, receipt = came(world, 10)
    decide(world, receipt.number, 8, 2)
    rate = defect_rates(world.actor, today, today)[world.supplier.pk]
    assert (rate["lots"], rate["failed_lots"], rate["rate"]) == (1, 1, D("0.2"))
    assert defect_rates(world.actor, today, today, by="product")[world.bolt.pk]["rejected"] == 2
    assert [row["number"] for row in defects_of(world.actor, today, today, supplier=world.supplier.pk)] == [
        inspection.number
    ]


@pytest.mark.parametrize("lines", [2, 60])
def test_statements_with_plans_do_not_depend_on_lines(lines: int) -> None:
    world = make_world()
    make_plan(world)
    order = make_order(world, *[10] * lines).number
    numbers: list[str] = []
    assert statements(lambda: numbers.append(receive(world, order).number)) == 10  # eight without plans
    inspection = Inspection.objects.get()
    results = [ResultIn(n, defective=0) for n in range(1, lines // 2 + 1)]
    assert statements(lambda: commands.record_results(actor=world.actor, number=inspection.number, lines=results)) == 3
    assert statements(lambda: purchasing.inspect_receipt(actor=world.actor, number=numbers[0])) == 13
