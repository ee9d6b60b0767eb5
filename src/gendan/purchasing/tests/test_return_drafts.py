"""Returns to suppliers that are changed before goods left, by one or by two; when the replacement comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from gendan.accounts.tests.make import api_client, signed_in_client
from gendan.catalog.tests.make import make_supplier
from gendan.inventory.queries import Expected
from gendan.kernel.errors import Invalid, Stale, WrongState
from gendan.kernel.timeline import entries
from gendan.purchasing import commands
from gendan.purchasing.errors import DraftChanged, EmptyDocument
from gendan.purchasing.errors_returned import DifferentSources, NotWanted, OverSentBack
from gendan.purchasing.models import PurchaseReturn, PurchaseReturnLine
from gendan.purchasing.queries.drafts import Opened, return_draft
from gendan.purchasing.queries.incoming import open_orders
from gendan.purchasing.queries.purchase_returns import ReturnFilter, late_count, return_list
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.returned import InsteadIn, ReturnDraft, ReturnDraftLine
from gendan.purchasing.tests.make import World, receive
from gendan.purchasing.tests.test_inspect_receipt import inspect, inspecting_world
from gendan.purchasing.tests.test_returns_to_supplier import back, clean, rejected
from gendan.purchasing.views.merging import dump_draft

pytestmark = pytest.mark.django_db


def save(world: World, seen: Opened[ReturnDraft], draft: ReturnDraft, **more: Any) -> Any:
    values = {"base": seen.draft, "version": seen.version, **more}
    return commands.update_return(actor=world.actor, number=seen.number, draft=draft, **values)


def with_line(draft: ReturnDraft, n: int = 0, **fields: Any) -> ReturnDraft:
    lines = list(draft.lines)
    lines[n] = replace(lines[n], **fields)
    return replace(draft, lines=tuple(lines))


def lines(number: str) -> list[tuple[Decimal, str, bool]]:
    found = PurchaseReturnLine.objects.filter(purchase_return__number=number).order_by("line_no")
    return list(found.values_list("quantity", "reason", "rejected"))


def test_a_draft_is_changed_within_what_is_there() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    other = back(world, receipt, "1", approve=False)
    number = back(world, receipt, "2", approve=False).number
    seen = return_draft(world.actor, number)
    with pytest.raises(OverSentBack, match="3"):
        save(world, seen, with_line(seen.draft, quantity=Decimal(4)))
    good = ReturnDraftLine(receipt, 1, Decimal(2), "surplus", rejected=False)
    draft = with_line(seen.draft, quantity=Decimal(3), cause="damaged")
    done = save(world, seen, replace(draft, lines=(*draft.lines, good), wanted="credit", note="按协议"))
    assert (done.state, done.version) == ("draft", 2)
    assert lines(number) == [(3, "damaged", True), (2, "surplus", False)]
    assert PurchaseReturn.objects.get(number=number).settlement == "credit"
    seen = return_draft(world.actor, number)
    save(world, seen, replace(seen.draft, lines=seen.draft.lines[1:]))
    assert lines(number) == [(2, "surplus", False)]
    first = return_draft(world.actor, other.number)
    save(world, first, with_line(first.draft, quantity=Decimal(4)))
    assert clean(world)
    told = entries(world.actor, [("rtv", PurchaseReturn.objects.get(number=number).pk)])
    assert ("处理方式", "换货补发", "退款冲账") in [change for entry in told for change in entry["changes"]]


def test_what_two_change_is_merged_by_field_and_a_clash_is_shown() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    seen = return_draft(world.actor, back(world, receipt, "2", approve=False).number)
    save(world, seen, with_line(seen.draft, quantity=Decimal(3)))
    done = save(world, seen, replace(seen.draft, contact="张工"))
    assert (lines(seen.number)[0][0], PurchaseReturn.objects.get().contact) == (3, "张工")
    assert done.data["merged"] == [[f"{receipt}#1 quantity", "2", "3"]]
    with pytest.raises(DraftChanged) as clash:
        save(world, seen, with_line(seen.draft, quantity=Decimal(4)))
    assert clash.value.data["conflicts"][0]["theirs"] == 3
    with pytest.raises(Stale):
        save(world, seen, seen.draft, base=None)


def test_an_approved_return_that_is_changed_asks_again_and_one_that_left_is_not_changed() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    number = back(world, receipt, "4").number
    seen = return_draft(world.actor, number)
    assert save(world, seen, with_line(seen.draft, quantity=Decimal(2))).state == "draft"
    with pytest.raises(WrongState):
        commands.post_return(actor=world.actor, number=number)
    commands.approve_return(actor=world.actor, number=number)
    commands.post_return(actor=world.actor, number=number)
    with pytest.raises(WrongState):
        save(world, return_draft(world.actor, number), seen.draft)
    assert clean(world)


def test_lines_of_another_supplier_are_refused_and_one_line_is_kept() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    seen = return_draft(world.actor, back(world, receipt, "2", approve=False).number)
    make_supplier(world.company_id, "S002")
    entry = LineIn("BOLT", Decimal(10), Decimal("9.90"))
    theirs = commands.create_order(actor=world.actor, supplier="S002", warehouse="MAIN", lines=[entry], submit=True)
    foreign = receive(world, theirs.number).number
    inspect(world, foreign, (1, "0", "10", "A-01"))
    line = ReturnDraftLine(foreign, 1, Decimal(1), "quality")
    for changed in ((line,), (*seen.draft.lines, line)):
        with pytest.raises(DifferentSources):
            save(world, seen, replace(seen.draft, lines=changed))
    with pytest.raises(EmptyDocument):
        save(world, seen, replace(seen.draft, lines=()))


def test_the_first_day_is_the_promise_and_the_last_one_is_expected() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    today = world.actor.today()
    number = back(world, receipt, "2").number
    promise = partial(commands.promise_replacement, actor=world.actor, number=number)
    for days in (5, 9):
        promise(replace_on=today + timedelta(days=days), note="供应商电话")
    found = PurchaseReturn.objects.get()
    assert (found.promised_on, found.replace_on) == (today + timedelta(days=5), today + timedelta(days=9))
    with pytest.raises(Invalid):
        promise(replace_on=today - timedelta(days=1))
    credit = back(world, receipt, "1", settlement="credit").number
    with pytest.raises(NotWanted):
        commands.promise_replacement(actor=world.actor, number=credit, replace_on=today)


def test_what_is_to_come_instead_is_on_its_way_until_it_came() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    number = back(world, receipt, "4", replace_on=world.actor.today() + timedelta(days=3)).number
    assert open_orders(world.actor, [world.bolt.pk], None) == []
    commands.post_return(actor=world.actor, number=number)
    day = world.actor.today() + timedelta(days=3)
    expected = Expected(world.bolt.pk, world.warehouse.pk, Decimal(4), day)
    assert open_orders(world.actor, [world.bolt.pk], world.warehouse.pk) == [expected]
    assert open_orders(world.actor, [world.bolt.pk], world.warehouse.pk + 1_000) == []
    came = commands.receive_replacement(actor=world.actor, number=number, lines=[InsteadIn(1, Decimal(3))])
    assert [row.quantity for row in open_orders(world.actor, [world.bolt.pk], None)] == [1]
    commands.reverse_receipt(actor=world.actor, number=came.number)
    assert [row.quantity for row in open_orders(world.actor, [world.bolt.pk], None)] == [4]
    commands.credit_return(actor=world.actor, number=number, credit=Decimal("39.60"))
    assert open_orders(world.actor, [world.bolt.pk], None) == []


def test_a_replacement_that_did_not_come_is_late_by_its_first_promise() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    number, other = back(world, receipt, "2").number, back(world, receipt, "1").number
    for each in (number, other):
        commands.post_return(actor=world.actor, number=each)
    commands.promise_replacement(actor=world.actor, number=number, replace_on=world.actor.today())
    assert shown(world, "late") == []
    PurchaseReturn.objects.filter(number=number).update(
        promised_on=world.actor.today() - timedelta(days=2), replace_on=world.actor.today() + timedelta(days=5)
    )
    assert (shown(world, "late"), late_count(world.actor)) == ([(number, 2)], 1)
    assert shown(world, "replacing") == [(other, None), (number, 2)]
    commands.receive_replacement(actor=world.actor, number=number)
    assert shown(world, "late") == []


def shown(world: World, view: str) -> list[tuple[str, int | None]]:
    items = return_list(world.actor, ReturnFilter("all", view=view)).items
    return [(row["number"], row["late_days"]) for row in items]


def test_the_form_merges_what_another_saved_and_shows_a_clash() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    number = back(world, receipt, "2", approve=False).number
    web = signed_in_client(world.actor)
    page = web.get(f"/rtv/{number}/edit")
    assert page.status_code == 200
    seen = return_draft(world.actor, number)
    base, id_ = dump_draft(seen.draft), str(seen.draft.lines[0].id)
    save(world, seen, replace(seen.draft, contact="张工"))
    form = {
        "version": "1", "base": base, "settlement": "replace", "contact": "", "note": "", "replace_on": "",
        "receipt": [receipt, receipt], "line": ["1", "1"], "rejected": ["1", "0"], "quantity": ["3", ""],
        "reason": ["damaged", "quality"], "line_note": ["", ""], "id": [id_, ""], "bin": ["", ""],
    }  # fmt: skip
    assert web.post(f"/rtv/{number}/edit", form).status_code == 302
    assert lines(number) == [(3, "damaged", True)]
    assert PurchaseReturn.objects.get(number=number).contact == "张工"
    clash = web.post(f"/rtv/{number}/edit", {**form, "contact": "李工"})
    assert clash.status_code == 422
    assert "张工" in clash.content.decode()
    commands.approve_return(actor=world.actor, number=number)
    assert "重新批准" in web.get(f"/rtv/{number}/edit").content.decode()
    day = (world.actor.today() + timedelta(days=4)).isoformat()
    assert web.post(f"/rtv/{number}/promise", {"replace_on": day}).status_code == 302
    assert web.get("/rtv/?view=replacing").status_code == 200
    assert web.get(f"/rtv/{number}").status_code == 200


def test_programs_change_a_return_and_note_the_day() -> None:
    world = inspecting_world()
    _order, receipt = rejected(world)
    number = back(world, receipt, "2", approve=False).number
    program = api_client(world.actor)
    place = f"/purchase-returns/{number}"
    told = program.get(place).json()
    entry = {"receipt": receipt, "line": 1, "quantity": "3", "reason": "wrong", "id": told["lines"][0]["line_id"]}
    changed = program.put(place, {"lines": [entry], "note": "自提", "version": 1})
    assert changed.json()["version"] == 2
    stale = program.put(place, {"lines": [entry], "version": 1})
    assert stale.status_code == 409
    commands.approve_return(actor=world.actor, number=number)
    day = (world.actor.today() + timedelta(days=4)).isoformat()
    assert program.post(f"{place}/promise", {"replace_on": day}).status_code == 200
    assert (program.get(place).json()["promised_on"], lines(number)) == (day, [(3, "wrong", True)])
