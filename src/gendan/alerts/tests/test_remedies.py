"""Remedies: each is a command of the document's context, with the actor's rights, noted on the case with its effect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from gendan.alerts.models import Case
from gendan.alerts.remedies.doing import do, remedies_of
from gendan.alerts.remedies.errors import CaseClosed, NotOffered, UnknownRemedy
from gendan.alerts.remedies.models import RemedyDone
from gendan.alerts.remedies.ranking import ranked
from gendan.alerts.tests.make import at, cases, scan
from gendan.catalog.models import Partner, Warehouse
from gendan.catalog.tests import make as catalog
from gendan.changes.models import ChangeOrder
from gendan.inventory.models import Transfer
from gendan.inventory.tests import make as stocks
from gendan.kernel import verify
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, Forbidden, IdempotencyKeyReused, Invalid, NotFound, Stale
from gendan.kernel.models import Event
from gendan.kernel.tests.make import at_once
from gendan.purchasing.models import OrderLine, PurchaseOrder
from gendan.purchasing.tests import make as buying
from gendan.sales.models import Delivery
from gendan.sales.tests import make as selling
from gendan.settlement.tests import make as bills

pytestmark = pytest.mark.django_db
RULE = "overdue_receipt"
LATER = date(2026, 12, 5)  # the lines of make_order were due on the 1st


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def late(world: buying.World, *quantities: int) -> Case:
    """The case of the first line of an order that should have come."""
    number = buying.make_order(world, *(quantities or (10,))).number
    scan(world.actor, LATER, RULE)
    return next(case for case in cases(world.actor, RULE) if case.document_number == number)


def use(actor: Actor, case: Case, code: str, **values: Any) -> Any:
    return do(actor=actor, number=case.number, code=code, values=values, now=at(LATER))


def offers(actor: Actor, case: Case) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in remedies_of(actor, case.number)["offers"]}


def done_texts(actor: Actor, case: Case) -> list[str]:
    return [row["text"] for row in remedies_of(actor, case.number)["done"]]


def line_of(case: Case) -> OrderLine:
    return OrderLine.objects.get(order__number=case.document_number, order__company_id=case.company_id, line_no=1)


def clean(company_id: int) -> None:
    assert [found for _check, found in verify.differences(company_id) if found] == []


def test_a_date_is_moved_with_the_orders_own_command_and_noted(world: buying.World) -> None:
    case = late(world)
    assert offers(world.actor, case)["move_date"]["fields"][0]["required"]
    use(world.actor, case, "move_date", expected_on="2026-12-20", note="缺料")
    assert line_of(case).expected_on == date(2026, 12, 20)
    case.refresh_from_db()
    assert case.state == "in_progress"
    assert done_texts(world.actor, case) == ["第 1 行预计到货从 未定 改为 2026-12-20"]
    event = Event.objects.filter(type="alerts.remedy_done").latest("id")
    assert f"po:{case.document_number}" in event.refs
    clean(world.company_id)


def test_what_ends_the_cause_closes_the_case_at_once(world: buying.World) -> None:
    case = late(world)
    with pytest.raises(Invalid):
        use(world.actor, case, "close_short")
    use(world.actor, case, "close_short", reason="供应商停产")
    case.refresh_from_db()
    assert (case.state, case.closed_how) == ("resolved", "gone")
    assert PurchaseOrder.objects.get(number=case.document_number, company_id=world.company_id).state == "closed"
    assert len(done_texts(world.actor, case)) == 1
    with pytest.raises(CaseClosed):
        use(world.actor, case, "close_short", reason="供应商停产")
    clean(world.company_id)


def test_the_next_supplier_is_ranked_and_gets_a_draft_of_what_is_missing(world: buying.World) -> None:
    for code, price, days in (("S002", "9.50", 30), ("S003", "9.80", 5), ("S004", "12.00", 40)):
        supplier = catalog.make_supplier(world.actor.company_id, code)
        Partner.objects.filter(pk=supplier.pk).update(lead_time_days=days)
        catalog.make_price(supplier, world.bolt, price)
    case = late(world, 10)
    buying.receive(world, case.document_number, (1, "4"))
    offer = offers(world.actor, case)["next_supplier"]
    options = [option["value"] for option in offer["fields"][0]["options"]]
    assert options == ["S003", "S002", "S004"]
    use(world.actor, case, "next_supplier", supplier="S003", quantity="6", required_on="2026-12-10")
    order = PurchaseOrder.objects.get(company_id=world.company_id, supplier__code="S003")
    line = order.lines.get()
    assert (order.state, line.quantity, line.unit_price) == ("draft", 6, Decimal("9.80"))
    assert order.number in done_texts(world.actor, case)[0]
    clean(world.company_id)


def test_ranking_weighs_price_time_and_record() -> None:
    def row(code: str, price: str | None, days: int | None, lines: int, on_time: int) -> dict[str, Any]:
        asked = None if price is None else Decimal(price)
        return {"code": code, "price": asked, "days": days, "lines": lines, "on_time": on_time}

    candidates = [row("A", "10", 10, 50, 10), row("B", "10", 10, 50, 50), row("C", None, None, 0, 0)]
    assert [each["code"] for each in ranked(candidates)] == ["B", "A", "C"]
    assert ranked([]) == []


def test_stock_of_another_warehouse_is_transferred_as_far_as_it_is_free() -> None:
    there = stocks.make_world()
    world = buying.World(
        there.actor, catalog.make_supplier(there.company_id, "S001"), there.bolt, there.nut, there.main
    )
    case = late(world, 10)
    assert "transfer_stock" not in offers(world.actor, case)
    place = Warehouse.objects.select_related("default_location").get(company_id=there.company_id, code="EAST")
    assert place.default_location is not None
    from gendan.inventory import commands as inventory
    from gendan.inventory.rules import AdjustmentLineIn

    found = [AdjustmentLineIn("BOLT", Decimal(7), place.default_location.code)]
    inventory.create_adjustment(actor=there.actor, warehouse="EAST", kind="opening", lines=found, post=True)
    offer = offers(world.actor, case)["transfer_stock"]
    assert offer["fields"][1]["value"] == "7"
    with pytest.raises(Invalid):
        use(world.actor, case, "transfer_stock", warehouse="EAST", quantity="8")
    use(world.actor, case, "transfer_stock", warehouse="EAST", quantity="5")
    transfer = Transfer.objects.get(company_id=there.company_id)
    assert (transfer.state, transfer.to_warehouse.code, transfer.lines.get().quantity) == ("draft", "MAIN", 5)
    assert transfer.number in done_texts(world.actor, case)[0]
    clean(there.company_id)


def test_a_line_is_split_into_two_promises(world: buying.World) -> None:
    case = late(world, 10)
    with pytest.raises(Invalid):
        use(world.actor, case, "split", quantity="10", first_on="2026-12-08", rest_on="2026-12-20")
    use(world.actor, case, "split", quantity="4", first_on="2026-12-08", rest_on="2026-12-20")
    line = line_of(case)
    assert (line.confirmed, line.expected_on, line.promise_parts) == (10, date(2026, 12, 20), 2)
    clean(world.company_id)


def test_a_change_order_is_drafted_with_what_was_asked(world: buying.World) -> None:
    case = late(world, 10)
    use(world.actor, case, "change_order", quantity="8", wished_on="2026-12-24", reason="只要 8 个")
    change = ChangeOrder.objects.get(company_id=world.company_id)
    line = change.content["lines"][0]
    assert (change.state, Decimal(line["quantity"]), line["required_on"]) == ("draft", 8, "2026-12-24")


def test_a_confirmation_is_recorded_for_the_whole_order(world: buying.World) -> None:
    number = buying.make_order(world, 10, 20).number
    scan(world.actor, date(2027, 1, 31), "late_confirmation")
    (case,) = cases(world.actor, "late_confirmation")
    assert case.document_number == number
    use(world.actor, case, "record_confirmation", promised_on="2027-02-10")
    case.refresh_from_db()
    assert (case.state, case.closed_how) == ("resolved", "gone")


def test_what_differs_can_be_accepted_with_a_reason(world: buying.World) -> None:
    case = late(world)
    use(world.actor, case, "accept_difference", reason="样品")
    case.refresh_from_db()
    assert (case.state, case.reason) == ("dismissed", "样品")
    assert done_texts(world.actor, case) == ["接受差异：样品"]


def sold() -> tuple[selling.World, Case]:
    """A sales line for which stock lies ready, that should have left."""
    world = selling.make_world(bolts=20)
    number = selling.make_order(world, 10).number
    scan(world.actor, date(2027, 6, 1), "sales_not_shipped")
    (case,) = cases(world.actor, "sales_not_shipped")
    assert case.document_number == number
    return world, case


def test_a_sales_line_is_delivered_promised_and_let_go() -> None:
    world, case = sold()
    assert {"deliver", "move_promise", "change_order"} <= set(offers(world.actor, case))
    use(world.actor, case, "move_promise", promised_on="2026-12-24", reason="客户同意")
    use(world.actor, case, "deliver", quantity="4", planned_on="")
    delivery = Delivery.objects.get(company_id=world.actor.company_id)
    assert (delivery.state, delivery.lines.get().quantity) == ("to_pick", 4)
    assert done_texts(world.actor, case)[0].startswith(f"安排了出库单 {delivery.number}")
    clean(world.actor.company_id)


def test_a_release_and_a_reservation_from_another_order() -> None:
    world, case = sold()
    number = case.document_number
    release = do(actor=world.actor, number=case.number, code="release_reservation", values={}, now=at(LATER))
    assert selling.line(number).reserved == 0
    assert release.data["documents"] == [f"so:{number}"]
    other = selling.make_order(world, 20).number
    assert selling.line(other).reserved == 20
    offer = offers(world.actor, case)["take_reservation"]
    giver = offer["fields"][0]["options"][0]["value"]
    use(world.actor, case, "take_reservation", giver=giver, quantity="10")
    assert (selling.line(number).reserved, selling.line(other).reserved) == (10, 10)
    clean(world.actor.company_id)


def test_nobody_uses_a_remedy_without_the_right_of_its_command(world: buying.World) -> None:
    case = late(world)
    watching = {"alerts.view", "purchasing.view", "inventory.view"}
    only = replace(world.actor, permissions=frozenset(watching | {"purchasing.confirm_order"}))
    with pytest.raises(Forbidden):
        use(only, case, "move_date", expected_on="2026-12-20")
    assert offers(only, case) == {}
    handles = replace(world.actor, permissions=frozenset(watching | {"alerts.take_case"}))
    with pytest.raises(Forbidden):
        use(handles, case, "move_date", expected_on="2026-12-20")
    assert "move_date" not in offers(handles, case)
    assert "accept_difference" not in offers(handles, case)  # the rule does not offer it
    with pytest.raises(UnknownRemedy):
        use(world.actor, case, "magic")
    with pytest.raises(NotOffered):
        use(world.actor, case, "reverse_receipt", reason="x")
    with pytest.raises(Invalid):
        use(world.actor, case, "move_date", expected_on="bald", strange="1")
    assert not RemedyDone.objects.filter(company_id=world.company_id).exists()
    case.refresh_from_db()
    assert case.state == "open"


def test_another_company_finds_no_case(world: buying.World) -> None:
    case = late(world)
    stranger = catalog.make_actor(company=catalog.make_company())
    with pytest.raises(NotFound):
        use(stranger, case, "move_date", expected_on="2026-12-20")
    with pytest.raises(NotFound):
        remedies_of(stranger, case.number)


def test_a_click_twice_does_it_once_and_a_key_is_for_one_request(world: buying.World) -> None:
    case = late(world)
    keyed = world.actor.with_key("k1")
    first = use(keyed, case, "move_date", expected_on="2026-12-20")
    again = use(keyed, case, "move_date", expected_on="2026-12-20")
    assert (again.replayed, again.data["remedy"]) == (True, first.data["remedy"])
    assert RemedyDone.objects.filter(case=case).count() == 1
    assert line_of(case).promise_revision == 1
    with pytest.raises(IdempotencyKeyReused):
        use(keyed, case, "move_date", expected_on="2026-12-21")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_order_elsewhere_at_once_one_does() -> None:
    world = buying.make_world()
    supplier = catalog.make_supplier(world.actor.company_id, "S002")
    catalog.make_price(supplier, world.bolt, "9.50")
    case = late(world, 10)
    values = {"supplier": "S002", "quantity": "10"}
    given: dict[str, Any] = {"number": case.number, "code": "next_supplier", "values": values, "now": at(LATER)}
    both = [partial(do, actor=world.actor, version=case.version, **given) for _n in range(2)]
    results = at_once(both)
    assert sorted(type(result) is Stale for result in results) == [False, True], results
    assert PurchaseOrder.objects.filter(company_id=world.company_id, supplier__code="S002").count() == 1
    same = [partial(do, actor=world.actor.with_key("same"), **given) for _n in range(4)]
    assert [result for result in at_once(same) if isinstance(result, AppError)] == []
    assert PurchaseOrder.objects.filter(company_id=world.company_id, supplier__code="S002").count() == 2


def test_what_a_case_offers_costs_the_same_for_one_line_and_many(world: buying.World) -> None:
    few = late(world, 10)
    with stocks.statements() as first:
        remedies_of(world.actor, few.number)
    for _n in range(12):
        late(world, 10, 20, 30, 40)
    with stocks.statements() as second:
        remedies_of(world.actor, few.number)
    assert len(first) == len(second) <= 9, first


def test_an_invoice_that_differs_leads_to_its_page_and_to_the_buyer(world: buying.World) -> None:
    order = buying.make_order(world, 10).number
    buying.receive(world, order)
    bills.make_bill(world, bills.line(order, 1, 11))
    scan(world.actor, LATER, "bill_mismatch")
    (case,) = cases(world.actor, "bill_mismatch")
    found = offers(world.actor, case)
    assert case.document_number in found["open_page"]["link"]
    assert "ask_buyer" in found
