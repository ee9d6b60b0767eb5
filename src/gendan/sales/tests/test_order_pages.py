"""The pages of sales orders."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from gendan.accounts.models import User
from gendan.accounts.tests.make import signed_in_client
from gendan.alerts.commands import scan
from gendan.catalog.models import Partner
from gendan.kernel.actor import Actor
from gendan.sales import commands
from gendan.sales.models import SalesLine, SalesOrder
from gendan.sales.queries.drafts import draft_of
from gendan.sales.tests.make import make_order, make_world
from gendan.web.workbench import my_day

pytestmark = pytest.mark.django_db


def client(actor: Actor) -> Client:
    return signed_in_client(User.objects.get(pk=actor.user_id or 0))


def test_the_list_shows_what_is_open_and_finds_it_by_the_customers_number() -> None:
    world = make_world(bolts=10)
    number = make_order(world, 10, customer_reference="KH-2026-7").number
    other = make_order(world, 1).number
    page = client(world.actor)
    shown = page.get("/so/").content.decode()
    assert [word for word in (number, other, "待发货") if word not in shown] == []
    found = page.get("/so/?q=kh-2026").content.decode()
    assert (number in found, other in found) == (True, False)
    assert page.get(f"/so/{number}").status_code == 200
    book = page.get("/so/?export=xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    book.close()


def posted(*lines: dict[str, str], **fields: str) -> dict[str, str]:
    """What the form of an order posts."""
    header = {"customer": "C001", "warehouse": "MAIN", "tax_included": "1", "then": "save"}
    return {**header, **fields, "lines": json.dumps(lines)}


def test_an_order_is_entered_submitted_and_shown_with_what_it_holds() -> None:
    world = make_world(bolts=6)
    page = client(world.actor)
    assert page.get("/so/new").status_code == 200
    row = {
        "product": "BOLT",
        "quantity": "10",
        "unit_price": "9.90",
        "requested_on": str(world.actor.today() + timedelta(days=3)),
    }
    saved = page.post("/so/new", posted(row, customer_reference="KH-1", then="submit"), follow=True)
    shown = strip_tags(saved.content.decode())
    assert saved.status_code == 200
    assert [word for word in ("待发货", "KH-1", "现货 6", "缺 4", "库存不足") if word not in shown] == []
    number = SalesOrder.objects.get().number
    edited = page.get(f"/so/{number}/edit").content.decode()
    assert "保存后重新审核" in edited
    page.post(f"/so/{number}/do/release", {"version": "1"})
    assert SalesLine.objects.get().reserved == 0


def test_a_clash_of_two_people_is_shown_for_a_decision() -> None:
    world = make_world()
    page = client(world.actor)
    number = make_order(world, 10, submit=False).number
    base = json.dumps(asdict(draft_of(world.actor, number).draft), default=str)
    row = {"product": "BOLT", "quantity": "10", "unit_price": "9.90", "unit": "PCS", "tax": ""}
    commands.update_order(
        actor=world.actor, number=number, draft=replace(draft_of(world.actor, number).draft, note="上午送")
    )
    answer = page.post(f"/so/{number}/edit", posted(row, note="下午送", version="1", base=base))
    assert answer.status_code == 422
    assert "上午送" in answer.content.decode()


def test_the_form_is_told_prices_amounts_and_days() -> None:
    world = make_world(bolts=4)
    lines = [{"product": "BOLT", "quantity": "3", "unit_price": "2"}, {"product": "BOLT", "quantity": "x"}]
    told = client(world.actor).post("/so/totals", posted(*lines)).json()
    assert told["lines"][0]["amount"] == "6.00"
    assert told["lines"][0]["available"] == "有现货"
    assert "lines.1.quantity" in told["errors"]
    early = client(world.actor).post("/so/totals", posted(lines[0], warehouse="")).json()
    assert early["lines"][0] == {"unit": "PCS", "amount": "6.00", "discount": "", "available": ""}


def test_findings_of_the_review_stand_on_the_page() -> None:
    world = make_world()
    clerk = world.stock.colleague("sales.create_order", "sales.submit_order")
    Partner.objects.filter(code="C001").update(credit_limit=1)
    number = make_order(world, 10, actor=clerk).number
    shown = client(world.actor).get(f"/so/{number}").content.decode()
    assert [word for word in ("审核时发现", "超出信用额度", "审核通过") if word not in shown] == []


def test_many_orders_are_submitted_at_once_and_each_answers() -> None:
    world = make_world(bolts=10)
    numbers = [make_order(world, 6, submit=False).number for _n in range(2)]
    shown = client(world.actor).post("/so/bulk/submit", {"ids": [*numbers, "SO-9"]}).content.decode()
    assert [word for word in (*numbers, "2 张完成", "1 张未完成", "库存不足") if word not in shown] == []


@pytest.mark.parametrize("path", ["/so/", "/so/{number}"])
def test_statements_do_not_depend_on_how_much_there_is(path: str) -> None:
    world = make_world()
    page = client(world.actor)
    counts = set()
    for quantities in ((1,), (1,) * 30):
        number = make_order(world, *quantities).number
        with CaptureQueriesContext(connection) as asked:
            assert page.get(path.format(number=number)).status_code == 200
        counts.add(len(asked))
    assert len(counts) == 1


def test_open_lines_are_narrowed_to_what_is_short_late_or_ones_own() -> None:
    world = make_world(bolts=4)
    held, short = make_order(world, 4).number, make_order(world, 3, customer_reference="KH-2").number
    page = client(world.actor)

    def shown(query: str) -> list[str]:
        text = page.get(f"/sales/lines/?{query}").content.decode()
        return [number for number in (held, short) if f"{number} #1" in text]

    assert shown("") == [held, short]
    assert shown("only=uncovered") == [short]
    assert shown("only=ready") == [held]
    assert shown("product=NUT") == []
    SalesLine.objects.filter(order__number=held).update(due_on=world.actor.today() - timedelta(days=3))
    assert shown("due=late") == [held]
    assert shown("view=mine") == [held, short]
    book = page.get("/sales/lines/?export=xlsx")
    assert b"".join(book.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    book.close()


def test_an_order_is_found_by_its_number_and_by_the_customers() -> None:
    world = make_world()
    number = make_order(world, 1, customer_reference="ＫＨ- 77").number
    page = client(world.actor)
    for typed in (number, number.lower().replace("-", ""), "kh-77"):
        assert f"/so/{number}" in page.get("/search", {"q": typed}).content.decode()
    assert number in page.get("/so/?q=KH-77&state=all").content.decode()


def test_a_customers_page_leads_to_its_orders() -> None:
    world = make_world()
    shown = client(world.actor).get("/catalog/partners/C001").content.decode()
    links = ("/so/?customer=C001", "/sales/lines/?customer=C001", "/so/new?customer=C001")
    assert [link for link in links if link not in shown] == []


def test_a_persons_day_shows_drafts_and_what_was_sent_back() -> None:
    world = make_world()
    draft = make_order(world, 1, submit=False).number
    shown = client(world.actor).get("/").content.decode()
    assert [word for word in ("我的销售订单草稿", draft) if word not in shown] == []


def test_the_sellers_day_names_what_is_late_and_what_will_be() -> None:
    world = make_world(bolts=10)
    late, slips, today = (make_order(world, 1).number for _ in range(3))
    now = world.actor.today()
    for number, due, expected in ((late, -2, -2), (slips, 3, 9), (today, 0, 0)):
        SalesLine.objects.filter(order__number=number).update(
            due_on=now + timedelta(days=due), expected_on=now + timedelta(days=expected)
        )
    scan(actor=world.actor, rules=["sales_not_shipped"])
    parts = {part.title: part for box in my_day(world.actor) for part in box.parts}
    assert [(row.title, late in row.note) for row in parts["我负责的异常"].rows] == [("超时未发货", True)]
    assert [(row.title, row.days_late) for row in parts["预计晚于承诺的销售明细"].rows] == [(f"{slips}-1", 6)]
    assert [row.title for row in parts["今天要发的销售明细"].rows] == [f"{today}-1"]
    assert f"{slips}-1" in client(world.actor).get("/").content.decode()
