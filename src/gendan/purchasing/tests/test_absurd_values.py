"""Days and quantities that cannot be meant are refused beside their field, through every door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from gendan.kernel.errors import Invalid
from gendan.purchasing import commands
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.purchasing.tests.make import World, make_order, make_world
from gendan.purchasing.tests.test_bulk import row, save
from gendan.purchasing.tests.test_order_api import client_of
from gendan.purchasing.tests.test_order_pages import client_of as browser_of
from gendan.purchasing.tests.test_order_pages import grid

pytestmark = pytest.mark.django_db
NEVER, LONG_AGO = date(9999, 12, 31), date(1999, 12, 31)


def requested(world: World, line: date | None, header: date | None = None) -> Any:
    lines = [RequestIn("BOLT", Decimal(1), required_on=line)]
    return commands.create_requisition(actor=world.actor, warehouse="MAIN", lines=lines, required_on=header)


def redrafted(world: World, day: date) -> Any:
    number = make_order(world, 10, submit=False).number
    draft = draft_of(world.actor, number).draft
    lines = (replace(draft.lines[0], required_on=day),)
    return commands.update_order(actor=world.actor, number=number, draft=replace(draft, lines=lines))


def arrived(world: World, day: date) -> Any:
    shipment = commands.create_shipment(actor=world.actor, orders=[make_order(world, 10).number])
    return commands.arrive_shipment(actor=world.actor, number=shipment.number, arrived_on=day)


TRIES: dict[str, Callable[[World, date], Any]] = {
    "ordered_on": lambda w, day: make_order(w, 10, ordered_on=day),
    "lines.0.required_on": lambda w, day: make_order(w, lines=[LineIn("BOLT", Decimal(1), Decimal(1), "", day)]),
    "lines.0.required_on (draft)": redrafted,
    "lines.0.required_on (request)": requested,
    "required_on": lambda w, day: requested(w, None, day),
    "lines.0.promised_on": lambda w, day: commands.confirm_order(
        actor=w.actor, number=make_order(w, 10).number, lines=[ConfirmIn(1, Decimal(1), day)]
    ),
    "expected_on": lambda w, day: commands.revise_promise(
        actor=w.actor, number=make_order(w, 10).number, line=1, expected_on=day
    ),
    "expected_on (shipment)": lambda w, day: commands.create_shipment(
        actor=w.actor, orders=[make_order(w, 10).number], expected_on=day
    ),
}


@pytest.mark.parametrize("day", [NEVER, LONG_AGO])
@pytest.mark.parametrize("field", TRIES)
def test_an_absurd_day_is_refused_beside_its_field(field: str, day: date) -> None:
    world = make_world()
    with pytest.raises(Invalid) as refusal:
        TRIES[field](world, day)
    assert "之间" in refusal.value.fields[field.split(" ")[0]]


def test_days_long_ago_do_not_arrive_and_the_tenth_year_is_still_a_plan() -> None:
    world = make_world()
    with pytest.raises(Invalid) as refusal:
        arrived(world, LONG_AGO)
    assert "arrived_on" in refusal.value.fields
    requested(world, date(timezone.localdate().year + 10, 12, 31))


def test_page_api_and_file_refuse_alike() -> None:
    world = make_world()
    line = {"product": "BOLT", "quantity": "1", "unit_price": "1", "required_on": NEVER.isoformat()}
    head = {"supplier": "S001", "warehouse": "MAIN"}
    page = browser_of(world).post("/po/new", {**head, "tax_included": "1", "lines": grid(line)})
    assert (page.status_code, "之间" in page.content.decode()) == (422, True)
    answer = client_of(world).post("/purchase-orders", {**head, "lines": [line]})
    assert "lines.0.required_on" in answer.json()["data"]["fields"]
    found = save(world, [row("A", required_on="9999-12-31"), row("B", ordered_on="1899-12-31")])
    assert [sorted(outcome.errors) for outcome in found] == [["required_on"], ["ordered_on"]]
    totals = browser_of(world).post("/po/totals", {**head, "lines": grid(line)}).json()
    assert "lines.0.required_on" in totals["errors"]


def test_what_another_system_kept_may_be_old() -> None:
    world = make_world()
    done = make_order(world, 10, actor=replace(world.actor, via="import"), ordered_on=date(1998, 5, 4))
    assert done.number


@pytest.mark.parametrize(("cell", "value"), [("quantity", "100000000000"), ("unit_price", "100000000000")])
def test_too_much_is_not_too_little(cell: str, value: str) -> None:
    world = make_world()
    line = {"product": "BOLT", "quantity": "1", "unit_price": "1", cell: value}
    answer = client_of(world).post("/purchase-orders", {"supplier": "S001", "warehouse": "MAIN", "lines": [line]})
    assert "100,000,000,000" in answer.json()["data"]["fields"][f"lines.0.{cell}"]
