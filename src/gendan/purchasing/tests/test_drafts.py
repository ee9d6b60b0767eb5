"""Changing a draft, alone and together with others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gendan.accounts.models import Company
from gendan.catalog.tests.make import make_actor, make_price, make_product, make_supplier
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale, WrongState
from gendan.kernel.models import Event
from gendan.purchasing import commands
from gendan.purchasing.errors import DraftChanged, EmptyDocument, UnknownLine
from gendan.purchasing.models import OrderLine, PurchaseOrder, RequisitionLine
from gendan.purchasing.queries.drafts import Opened, draft_of
from gendan.purchasing.rules.draft import Draft, DraftLine
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import Pick
from gendan.purchasing.steps import preview
from gendan.purchasing.tests.make import World, make_order, make_world
from gendan.purchasing.tests.test_requisitions import make_requisition

pytestmark = pytest.mark.django_db


def opened(world: World, number: str) -> Opened[Draft]:
    return draft_of(world.actor, number)


def with_line(draft: Draft, n: int, **fields: Any) -> Draft:
    lines = list(draft.lines)
    lines[n] = replace(lines[n], **fields)
    return replace(draft, lines=tuple(lines))


def save(world: World, seen: Opened[Draft], draft: Draft, **fields: Any) -> Any:
    actor = fields.pop("actor", world.actor)
    return commands.update_order(
        actor=actor, number=seen.number, draft=draft, version=seen.version, base=seen.draft, **fields
    )


def quantities(number: str) -> list[Decimal]:
    return list(OrderLine.objects.filter(order__number=number).order_by("line_no").values_list("quantity", flat=True))


def test_change_remove_add_and_reorder_lines() -> None:
    world = make_world()
    order = make_order(world, 10, 20, 30, submit=False)
    seen = opened(world, order.number)
    first, _second, third = seen.draft.lines
    new = DraftLine("NUT", Decimal(7), Decimal("1.00"))
    draft = replace(seen.draft, note="加急", lines=(third, new, replace(first, quantity=Decimal(11))))
    done = save(world, seen, draft)
    assert (done.state, done.version) == ("draft", 2)
    assert quantities(order.number) == [30, 7, 11]
    ids = list(OrderLine.objects.filter(order__number=order.number).order_by("line_no").values_list("id", flat=True))
    assert [ids[0], ids[2]] == [third.id, first.id]
    found = PurchaseOrder.objects.get(number=order.number)
    assert (found.note, found.gross) == ("加急", Decimal("412.90"))
    event = Event.objects.get(type="purchasing.order_updated")
    assert ["note", "", "加急"] in event.data["changes"]


def test_what_only_others_changed_is_taken_over() -> None:
    world = make_world()
    order = make_order(world, 10, 20, submit=False)
    seen = opened(world, order.number)
    added = replace(with_line(seen.draft, 0, quantity=Decimal(15)), note="他们的备注")
    save(world, seen, replace(added, lines=(*added.lines, DraftLine("NUT", Decimal(5), Decimal(1)))))
    mine = replace(with_line(seen.draft, 1, quantity=Decimal(25)), supplier_reference="XS-1")
    done = save(world, seen, mine)
    assert done.data["merged"]
    assert quantities(order.number) == [15, 25, 5]
    found = PurchaseOrder.objects.get(number=order.number)
    assert (found.note, found.supplier_reference) == ("他们的备注", "XS-1")


def test_what_both_changed_is_refused_with_both_values() -> None:
    world = make_world()
    other = make_actor(company=Company.objects.get(pk=world.company_id))
    order = make_order(world, 10, 20, submit=False)
    seen = opened(world, order.number)
    save(world, seen, with_line(seen.draft, 0, quantity=Decimal(15), note="A"), actor=other)
    mine = replace(with_line(seen.draft, 0, quantity=Decimal(12)), note="我的")
    with pytest.raises(DraftChanged) as refusal:
        save(world, seen, mine)
    (conflict,) = refusal.value.data["conflicts"]
    assert conflict == {"field": "lines.0.quantity", "yours": 12, "theirs": 15, "by": other.name}
    merged = refusal.value.merged
    assert (merged.lines[0].quantity, merged.lines[0].note, merged.note) == (12, "A", "我的")
    assert refusal.value.as_dict()["data"]["conflicts"][0]["theirs"] == "15"
    commands.update_order(actor=world.actor, number=order.number, draft=merged, version=2, base=refusal.value.theirs)
    assert quantities(order.number) == [12, 20]


def test_a_line_that_one_removed_and_the_other_changed() -> None:
    world = make_world()
    order = make_order(world, 10, 20, submit=False)
    seen = opened(world, order.number)
    save(world, seen, replace(seen.draft, lines=seen.draft.lines[:1]))
    with pytest.raises(DraftChanged) as refusal:
        save(world, seen, with_line(seen.draft, 1, quantity=Decimal(21)))
    assert refusal.value.data["conflicts"][0]["field"] == "lines.1"
    save(world, seen, with_line(seen.draft, 0, quantity=Decimal(9)))
    assert quantities(order.number) == [9]


def test_refusals() -> None:
    world = make_world()
    order = make_order(world, 10, submit=False)
    seen = opened(world, order.number)
    run = commands.update_order
    with pytest.raises(Stale):
        run(actor=world.actor, number=order.number, draft=seen.draft, version=9)
    with pytest.raises(NotFound):
        run(actor=make_world().actor, number=order.number, draft=seen.draft)
    with pytest.raises(Forbidden):
        run(actor=make_actor("purchasing.view"), number=order.number, draft=seen.draft)
    with pytest.raises(EmptyDocument):
        save(world, seen, replace(seen.draft, lines=()))
    with pytest.raises(Invalid) as refusal:
        save(world, seen, with_line(seen.draft, 0, product="NOPE", quantity=Decimal(-1)))
    assert set(refusal.value.fields) == {"lines.0.product", "lines.0.quantity"}
    live = make_order(world, 10)
    with pytest.raises(WrongState):
        run(actor=world.actor, number=live.number, draft=seen.draft)


def test_less_on_a_draft_frees_its_requisition() -> None:
    world = make_world()
    make_price(world.supplier, world.bolt, "2.50")
    asked = make_requisition(world, 10)
    order = commands.order_requisitions(actor=world.actor, lines=[Pick(asked.number, 1)])
    seen = opened(world, order.number)
    save(world, seen, with_line(seen.draft, 0, quantity=Decimal(4)))
    assert RequisitionLine.objects.get().ordered == 4
    seen = opened(world, order.number)
    save(world, seen, replace(seen.draft, lines=(DraftLine("NUT", Decimal(3), Decimal(1)),)))
    assert RequisitionLine.objects.get().ordered == 0


def test_copy_delete_and_line_note() -> None:
    world = make_world()
    order = make_order(world, 10, 20, note="原单")
    make_price(world.supplier, world.bolt, "8.80")
    copied = commands.copy_order(actor=world.actor, number=order.number, current_prices=True)
    prices = OrderLine.objects.filter(order__number=copied.number).order_by("line_no")
    assert [(p.unit_price, p.required_on) for p in prices] == [(Decimal("8.80"), None), (Decimal("9.90"), None)]
    assert copied.state == "draft"
    commands.set_line_note(actor=world.actor, number=order.number, line=1, note="分两箱")
    assert OrderLine.objects.get(order__number=order.number, line_no=1).note == "分两箱"
    with pytest.raises(UnknownLine):
        commands.set_line_note(actor=world.actor, number=order.number, line=9, note="x")
    with pytest.raises(WrongState):
        commands.delete_order(actor=world.actor, number=order.number)
    colleague = make_actor(company=Company.objects.get(pk=world.company_id))
    with pytest.raises(Forbidden):
        commands.delete_order(actor=colleague, number=copied.number)
    commands.delete_order(actor=world.actor, number=copied.number)
    assert not PurchaseOrder.objects.filter(number=copied.number).exists()


def test_preview_prices_hints_and_errors() -> None:
    world = make_world()
    make_price(
        world.supplier,
        world.bolt,
        "2.50",
        minimum_quantity=Decimal(100),
        pack_quantity=Decimal(50),
        lead_time_days=14,
    )
    today = timezone.localdate()
    lines = [
        LineIn("BOLT", Decimal(30), required_on=today + timedelta(days=3)),
        LineIn("BOLT", Decimal(120), Decimal("2.40")),
        LineIn("NOPE", Decimal(1)),
        LineIn("NUT", Decimal(2)),
    ]
    with CaptureQueriesContext(connection) as queries:
        found = preview.preview(world.actor, "S001", "MAIN", "", lines, today, True)
    assert len(queries) == 4
    assert found.total("gross") == Decimal("75.00") + Decimal("288.00")
    assert found.prices == [Decimal("2.50"), Decimal("2.40"), None, None]
    assert found.hints["lines.0.quantity"] == "最小起订量 100，包装 50"
    assert "14" in found.hints["lines.0.required_on"]
    assert found.hints["lines.1.quantity"] == "包装 50，不是整包装"
    assert "lines.2.product" in found.errors
    assert preview.preview(world.actor, "", "", "", lines, date(2026, 1, 1), True).total("gross") == Decimal("288.00")


def test_the_number_of_statements_does_not_depend_on_the_number_of_lines() -> None:
    world = make_world()
    for n in range(100):
        make_product(world.company_id, f"X{n:03d}")
    make_supplier(world.company_id, "S002")

    def counts(size: int) -> list[int]:
        lines = [LineIn(f"X{n:03d}", Decimal(1 + n), Decimal(1)) for n in range(size)]
        order = make_order(world, lines=lines, submit=False)
        seen = opened(world, order.number)
        changed = replace(
            seen.draft, lines=tuple(replace(line, quantity=line.quantity + 1) for line in seen.draft.lines)
        )
        found = []
        with CaptureQueriesContext(connection) as queries:
            save(world, seen, changed)
        found.append(len(queries))
        with CaptureQueriesContext(connection) as queries:
            save(world, seen, replace(seen.draft, note="n"))
        found.append(len(queries))
        for run in (commands.submit_order, commands.copy_order):
            with CaptureQueriesContext(connection) as queries:
                run(actor=world.actor, number=order.number)
            found.append(len(queries))
        return found

    assert counts(2) == counts(100) == [11, 11, 6, 8]
