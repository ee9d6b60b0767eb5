"""Requisitions and shipments that two people have open: merged by field, as orders are."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from gendan.catalog.tests.make import make_actor
from gendan.kernel.errors import Stale
from gendan.purchasing import commands
from gendan.purchasing.errors import DraftChanged
from gendan.purchasing.models import RequisitionLine, Shipment
from gendan.purchasing.queries.drafts import Opened, request_draft, shipment_draft
from gendan.purchasing.queries.shipments import shipment_detail
from gendan.purchasing.rules.requisitions import RequestDraft, RequestIn
from gendan.purchasing.rules.shipments import ShipmentDraft, ShipmentLineIn
from gendan.purchasing.tests.make import World, make_order, make_world, receive
from gendan.purchasing.tests.test_order_pages import client_of, grid, text
from gendan.purchasing.views.merging import dump_draft, load_draft

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 9)


def asked(world: World) -> Opened[RequestDraft]:
    lines = [RequestIn("BOLT", Decimal(10)), RequestIn("NUT", Decimal(20)), RequestIn("BOLT", Decimal(30))]
    done = commands.create_requisition(actor=world.actor, warehouse="MAIN", lines=lines)
    return request_draft(world.actor, done.number)


def save(world: World, seen: Opened[RequestDraft], draft: RequestDraft, **more: Any) -> Any:
    values = {"base": seen.draft, "actor": world.actor, **more}
    return commands.update_requisition(
        number=seen.number,
        warehouse=draft.warehouse,
        lines=draft.lines,
        required_on=draft.required_on,
        reason=draft.reason,
        version=seen.version,
        **values,
    )


def with_line(draft: RequestDraft, n: int, **fields: Any) -> RequestDraft:
    lines = list(draft.lines)
    lines[n] = replace(lines[n], **fields)
    return replace(draft, lines=tuple(lines))


def quantities() -> list[Decimal]:
    return list(RequisitionLine.objects.order_by("line_no").values_list("quantity", flat=True))


def test_lines_with_the_date_of_the_header_go_with_it() -> None:
    world = make_world()
    lines = [RequestIn("BOLT", Decimal(10)), RequestIn("NUT", Decimal(20), required_on=date(2026, 12, 20))]
    done = commands.create_requisition(actor=world.actor, warehouse="MAIN", lines=lines, required_on=date(2026, 12, 1))
    seen = request_draft(world.actor, done.number)
    dates = RequisitionLine.objects.order_by("line_no").values_list("required_on", flat=True)
    save(world, seen, replace(seen.draft, required_on=DAY))
    assert list(dates.all()) == [DAY, date(2026, 12, 20)]
    sent = tuple(replace(line, id=None) for line in request_draft(world.actor, done.number).draft.lines)  # as the API
    later = replace(seen.draft, required_on=date(2026, 12, 11), lines=sent)
    save(world, request_draft(world.actor, done.number), later, base=None)
    assert list(dates.all()) == [date(2026, 12, 11), date(2026, 12, 20)]


def test_a_requisition_takes_over_what_only_others_changed() -> None:
    world = make_world()
    seen = asked(world)
    theirs = with_line(seen.draft, 1, quantity=Decimal(25))
    save(world, seen, replace(theirs, reason="他们", lines=theirs.lines[1:]))
    done = save(world, seen, with_line(replace(seen.draft, required_on=DAY), 2, quantity=Decimal(33)))
    assert quantities() == [25, 33]
    assert ["NUT quantity", "20", "25"] in done.data["merged"]
    now = request_draft(world.actor, seen.number)
    assert (now.draft.reason, now.draft.required_on) == ("他们", DAY)
    assert [line.id for line in now.draft.lines] == [line.id for line in seen.draft.lines[1:]]
    assert save(world, now, now.draft).data["merged"] == []


def test_a_requisition_that_both_changed_is_refused_with_both_values() -> None:
    world = make_world()
    other = make_actor(company=world.supplier.company)
    seen = asked(world)
    save(world, seen, with_line(seen.draft, 0, quantity=Decimal(15)), actor=other)
    mine = with_line(seen.draft, 0, quantity=Decimal(12))
    with pytest.raises(DraftChanged) as refusal:
        save(world, seen, mine)
    (conflict,) = refusal.value.data["conflicts"]
    assert conflict == {"field": "lines.0.quantity", "yours": 12, "theirs": 15, "by": other.name}
    with pytest.raises(Stale):
        save(world, seen, mine, base=None)
    assert quantities() == [15, 20, 30]


def shipped(world: World) -> tuple[str, ShipmentDraft]:
    number = commands.create_shipment(
        actor=world.actor, orders=[make_order(world, 10, 20).number], carrier="顺丰", expected_on=DAY
    ).number
    return number, shipment_draft(shipment_detail(world.actor, number))


def test_a_shipment_takes_over_what_only_others_changed() -> None:
    world = make_world()
    number, base = shipped(world)
    change: dict[str, Any] = {"actor": world.actor, "number": number, "version": 1, "base": base}
    commands.update_shipment(**change, changes={"carrier": "DHL"}, lines=[ShipmentLineIn(1, Decimal(8))])
    commands.dispatch_shipment(actor=world.actor, number=number)
    changes = {"carrier": "顺丰", "tracking_number": "SF1"}
    done = commands.update_shipment(
        **change, changes=changes, lines=[ShipmentLineIn(1, Decimal(10)), ShipmentLineIn(2, Decimal(15))]
    )
    found = Shipment.objects.get()
    assert (found.carrier, found.tracking_number, found.state) == ("DHL", "SF1", "in_transit")
    assert list(found.lines.order_by("line_no").values_list("quantity", flat=True)) == [8, 15]
    assert ["carrier", "顺丰", "DHL"] in done.data["merged"]
    with pytest.raises(DraftChanged) as refusal:
        commands.update_shipment(**change, changes={"carrier": "德邦"})
    assert refusal.value.data["conflicts"][0]["field"] == "carrier"
    with pytest.raises(Stale):
        commands.update_shipment(**{**change, "base": None}, changes={"note": "x"})


def test_goods_that_come_in_do_not_disturb_who_writes_the_tracking_number() -> None:
    world = make_world()
    number, base = shipped(world)
    order = shipment_detail(world.actor, number)["orders"][0]
    commands.dispatch_shipment(actor=world.actor, number=number)
    receive(world, order, (1, "4"))
    change: dict[str, Any] = {"actor": world.actor, "number": number, "version": 1, "base": base}
    commands.update_shipment(**change, changes={"tracking_number": "SF1"})
    assert Shipment.objects.get().tracking_number == "SF1"


def opened_form(browser: Client, path: str) -> dict[str, str]:
    page = text(browser.get(path))
    found = re.findall(r'name="(base|version)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_the_form_of_a_requisition_shows_what_was_merged_and_what_clashes() -> None:
    world = make_world()
    seen = asked(world)
    browser, path = client_of(world), f"/pr/{seen.number}/edit"
    form = opened_form(browser, path)
    first, second, third = (line.id for line in seen.draft.lines)

    def post(quantity: str, reason: str) -> Any:
        cells = ((first, "BOLT", quantity), (second, "NUT", "20"), (third, "BOLT", "30"))
        rows = [{"id": id_, "product": product, "quantity": q, "unit": "PCS"} for id_, product, q in cells]
        sent = {**form, "warehouse": "MAIN", "reason": reason, "lines": grid(*rows), "then": "save"}
        return browser.post(path, sent)

    assert post("15", "").status_code == 302
    assert post("10", "急").status_code == 302
    assert "BOLT 数量 10 → 15" in text(browser.get(path))
    assert quantities() == [15, 20, 30]
    clash = text(post("12", "急"), 422)
    assert "BOLT 数量：您填写 12，" in clash
    assert "改为 15</li>" in clash
    assert 'name="version" value="3"' in clash


def test_the_form_of_a_shipment_shows_what_clashes() -> None:
    world = make_world()
    number, _base = shipped(world)
    browser, path = client_of(world), f"/asn/{number}/edit"
    form = opened_form(browser, path)
    assert browser.post(path, {**form, "carrier": "DHL", "line": ["1"], "quantity": ["8"]}).status_code == 302
    assert browser.post(path, {**form, "note": "易碎"}).status_code == 302
    clash = text(browser.post(path, {**form, "carrier": "德邦", "line": ["1"], "quantity": ["9"]}), 422)
    assert "改为 DHL" in clash
    assert "承运商：您填写 德邦，" in clash
    assert "#1 数量：您填写 9，" in clash
    assert 'value="德邦"' in clash
    found = Shipment.objects.get()
    assert (found.carrier, found.note) == ("DHL", "易碎")


def test_what_a_form_was_opened_with_is_read_again_or_not_at_all() -> None:
    draft = RequestDraft("MAIN", DAY, "备件", (RequestIn("BOLT", Decimal("1.50"), "PCS", None, "", "", 7),))
    assert load_draft(RequestDraft, dump_draft(draft)) == draft
    kept = dump_draft(draft)
    odd = [kept.replace("1.50", "x"), kept.replace("1.50", "sNaN"), kept.replace('"id": 7', '"id": {}')]
    odd += [
        kept.replace('"BOLT"', "[1]"),
        kept.replace('"BOLT"', "null"),
        "",
        "{}",
        "[1]",
        '{"lines": 3}',
        "[" * 20_000,
    ]
    for text_ in odd:
        assert load_draft(RequestDraft, text_) is None, text_[:80]
