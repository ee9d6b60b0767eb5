"""The pages of exceptions, and what lists and pages of other contexts show of them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from gendan.accounts.tests.make import make_actor, signed_in_client
from gendan.alerts.models import Case
from gendan.alerts.queries.cases import Wanted, case_groups, case_list
from gendan.alerts.queries.overview import board, calendar, groups_by, mine_count, of_the_day
from gendan.alerts.queries.report import report, week_of
from gendan.alerts.queries.seen import VIEWS
from gendan.alerts.tests.make import at, cases, scan
from gendan.kernel import marks
from gendan.purchasing.tests import make as buying
from gendan.web import search

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 1)  # of make_order's lines
RULE = "overdue_receipt"


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def late(world: buying.World, orders: int = 1, days: int = 3) -> list[Case]:
    """Exceptions: two overdue lines of each of some orders."""
    for _n in range(orders):
        buying.make_order(world, 10, 20)
    scan(world.actor, DUE + timedelta(days=days), RULE)
    return cases(world.actor, RULE, "open")


def get(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        get(client, address)
    return len(found)


def test_rows_are_marked_with_the_gravest_and_how_many_there_are(
    world: buying.World, django_assert_num_queries: Any
) -> None:
    found = late(world, 2)
    numbers = sorted({case.document_number for case in found})
    calm = buying.make_order(world, 5).number
    with django_assert_num_queries(1):
        orders = marks.of_rows(world.actor, "po", [(number, None) for number in [*numbers, calm]])
    assert [one and (one.word, one.count, one.severity) for one in orders] == [
        ("超期未入库", 2, "high"), ("超期未入库", 2, "high"), None
    ]  # fmt: skip
    lines = marks.of_rows(world.actor, "po", [(numbers[0], 1), (numbers[0], 2), (numbers[0], 3)])
    assert [one and one.count for one in lines] == [1, 1, None]
    assert marks.of_rows(make_actor(), "po", [(numbers[0], None)]) == [None]  # another company


def test_lists_and_pages_of_other_contexts_say_what_is_wrong_and_why(world: buying.World) -> None:
    case = max(late(world), key=lambda one: (one.rank, one.pk))
    client = signed_in_client(world.actor)
    for address in ("/po/", "/lines/", f"/po/{case.document_number}"):
        page = get(client, address)
        assert "gd-mark-high" in page, address
        assert f"/ex/{case.number}" in page, address
    assert 'class="gd-card gd-trouble"' in get(client, f"/po/{case.document_number}")
    product = f"/catalog/products/{buying.line(case.document_number).product.code}"
    assert "超期未入库" in get(client, product)


def test_a_list_costs_the_same_however_many_exceptions_its_rows_have(world: buying.World) -> None:
    client = signed_in_client(world.actor)
    late(world)
    addresses = ("/po/", "/lines/", "/cases", "/cases/groups", "/cases/board", "/cases/calendar")
    before = [statements(client, address) for address in addresses]
    late(world, 6)
    assert [statements(client, address) for address in addresses] == before


def test_a_supplier_late_with_many_lines_is_one_row(world: buying.World) -> None:
    late(world, 3)
    (row,) = groups_by(world.actor, "supplier", Wanted())
    assert (row["cases"], row["documents"], row["days"], row["severity"]) == (6, 3, 3, "high")
    client = signed_in_client(world.actor)
    for by in ("cause", "supplier", "customer", "product", "rule", "owner"):
        get(client, f"/cases/groups?by={by}")


BUYING, SELLING = "purchasing.view_price", "sales.view_price"
AMOUNTS = (("overdue_receipt", "po", 10), ("own-1", "po", 1), ("sales_not_shipped", "so", 10_000),
           ("credit_exceeded", "partner", 100), ("change_unanswered", "co", 1_000))  # fmt: skip


@pytest.mark.parametrize(
    ("hidden", "amount"), [((), 11_111), ((SELLING,), 11), ((BUYING,), 10_100), ((BUYING, SELLING), None)]
)
def test_lists_groups_and_report_show_the_same_amounts_by_the_right_of_each_rule(
    world: buying.World, hidden: tuple[str, ...], amount: int | None
) -> None:
    actor = replace(world.actor, permissions=frozenset({"alerts.view", *VIEWS.values(), BUYING, SELLING}) - set(hidden))
    for n, (rule, kind, money) in enumerate(AMOUNTS):
        Case.objects.create(
            company_id=world.company_id, number=f"EX-9{n}", rule=rule, key=f"m{n}", severity="low", amount=money,
            document_kind=kind, document_id=n, document_number=f"X-{n}", opened_at=at(DUE), cause=f"x{n}",
            state="open", active=True,
        )  # fmt: skip
    assert report(actor, week_of(DUE))["total"]["amount"] == amount
    (group,) = groups_by(actor, "owner", Wanted())
    assert group["amount"] == amount
    for rows in (case_list(actor, Wanted()).items, case_groups(actor)):
        assert len(rows) == len(AMOUNTS)
        assert sum(row["amount"] or 0 for row in rows) == (amount or 0)


def test_the_board_and_the_calendar_show_what_is_open(world: buying.World) -> None:
    found = late(world)
    columns = {column.state: column for column in board(world.actor, Wanted())}
    assert (columns["open"].count, columns["resolved"].count) == (len(found), 0)
    days = calendar(world.actor, Wanted(), DUE - timedelta(days=5), DUE + timedelta(days=5))
    assert {on: (day.count, day.severity) for on, day in days.items()} == {DUE: (2, "high")}
    client = signed_in_client(world.actor)
    assert f"/cases?due={DUE}" in get(client, f"/cases/calendar?month={DUE:%Y-%m}")
    assert found[0].number in get(client, f"/cases?due={DUE}")
    assert found[0].number not in get(client, f"/cases?due={DUE + timedelta(days=1)}")


def test_many_are_taken_handed_on_put_off_and_dismissed_at_once(world: buying.World) -> None:
    numbers = [case.number for case in late(world, 2)]
    client = signed_in_client(world.actor)

    def do(verb: str, *ids: str, **fields: str) -> Any:
        return client.post(f"/cases/do/{verb}", {"ids": ids, **fields})

    assert do("take", *numbers).status_code == 302
    assert {case.state for case in cases(world.actor, RULE)} == {"in_progress"}
    until = world.actor.today() + timedelta(days=2)
    assert do("snooze", numbers[0], until=until.isoformat()).status_code == 302
    assert numbers[0] not in get(client, "/cases")
    assert numbers[0] in get(client, "/cases?view=snoozed")
    assert do("dismiss", numbers[1], reason="供应商已说明").status_code == 302
    shown = do("dismiss", numbers[1], numbers[2], reason="再来一次").content.decode()
    assert "1 个完成，1 个未完成" in shown
    states = {case.number: case.state for case in cases(world.actor, RULE)}
    assert [states[number] for number in numbers] == ["in_progress", "dismissed", "dismissed", "in_progress"]
    file = client.get("/cases?export=xlsx&state=all")
    assert file["Content-Type"].endswith("sheet")
    file.close()


@pytest.mark.parametrize(("view", "many"), [("", 2), ("mine", 2), ("urgent", 2), ("customers", 0), ("snoozed", 2)])
def test_the_file_holds_what_the_tab_shows(world: buying.World, view: str, many: int) -> None:
    late(world)
    file: Any = signed_in_client(world.actor).get("/cases", {"export": "xlsx", "view": view})
    sheet = load_workbook(io.BytesIO(b"".join(file.streaming_content))).active
    assert sheet is not None
    assert sheet.max_row == 1 + many


def test_the_day_the_navigation_and_the_search_know_ones_own(world: buying.World) -> None:
    case = max(late(world), key=lambda one: (one.rank, one.pk))
    assert mine_count(world.actor) == 2
    client = signed_in_client(world.actor)
    assert get(client, "/cases/count") == "2"
    assert [row["number"] for row in of_the_day(world.actor, 1)[True]] == [case.number]
    day = get(client, "/")
    assert "我负责的异常" in day
    assert "超期未入库 · 2 个异常" in day  # both have one cause: one row
    assert f"/cases?view=mine&amp;rule={RULE}&amp;cause=supplier" in day
    assert case.number in [
        hit.title.split()[0] for group in search.find(world.actor, case.number) for hit in group.hits
    ]


def test_a_case_shows_evidence_its_line_and_its_group(world: buying.World) -> None:
    first, second = late(world)
    page = get(signed_in_client(world.actor), f"/ex/{first.number}")
    wanted = (
        "应于 12-01 入库",
        "依据",
        f"/po/{first.document_number}",
        second.number,
        "同一原因的其他异常",
        "最迟开始处理",
    )
    assert [text for text in wanted if text not in page] == []


def test_a_rule_is_changed_in_place(world: buying.World) -> None:
    late(world)
    client = signed_in_client(world.actor)
    saved = client.post(f"/cases/rules/{RULE}", {"t_days": "2", "severity": "medium", "answer_hours": "6"})
    assert saved.status_code == 302
    page = get(client, "/cases/rules")
    assert 'name="t_days" value="2"' in page
    assert "近 90 天 2 个" in page
    refused = client.post(f"/cases/rules/{RULE}", {"t_days": "-1"})
    assert refused.status_code == 422
    off = client.post(f"/cases/rules/{RULE}", {"active": "off"})
    assert off.status_code == 302
    scan(world.actor, DUE + timedelta(days=9), RULE)
    assert mine_count(world.actor) == 0
