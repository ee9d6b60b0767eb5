"""Figures, amounts and dates as people read them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from markupsafe import Markup

from gendan.web import cells
from gendan.web import format as fmt


@pytest.fixture(autouse=True)
def _chinese():
    with translation.override("zh-hans"):
        yield


def plain(html: Markup) -> str:
    return html.striptags()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1250.500000", "1,250.5"),
        ("40.000", "40"),
        ("0.000", "0"),
        ("-3.10", "−3.1"),
        (Decimal("1E+3"), "1,000"),
        ("1e30", "1,000,000,000,000,000,000,000,000,000,000"),
        (None, "–"),
        ("NaN", "–"),
        ("abc", "–"),
    ],
)
def test_a_quantity_has_no_trailing_zeros(value: str | Decimal | None, shown: str):
    assert plain(fmt.qty(value)) == shown


def test_money_has_the_minor_units_of_its_currency():
    assert plain(fmt.money("1234.5", "CNY")) == "1,234.50 CNY"
    assert plain(fmt.money("1234.5", "JPY")) == "1,234 JPY"
    assert plain(fmt.money("-0.004", "CNY")) in {"0.00 CNY", "−0.00 CNY"}
    assert plain(fmt.price("0.123400", "CNY")) == "0.1234 CNY"
    assert plain(fmt.price("9.9", "CNY")) == "9.90 CNY"


def test_a_near_day_has_its_weekday_a_far_one_its_year():
    today = date(2026, 11, 21)
    assert fmt.short_day(date(2026, 11, 21), today) == "11-21 周六"
    assert fmt.short_day(date(2024, 11, 21), today) == "2024-11-21"


def test_a_late_day_says_by_how_much():
    shown = fmt.day(timezone.localdate() - timedelta(days=3), late=3)
    assert "晚 3 天" in plain(shown)
    assert "gd-day-late" in shown
    assert "晚" not in plain(fmt.day(timezone.localdate(), late=0))


def test_names_are_escaped():
    assert "<script>" not in cells.status("draft", "<script>alert(1)</script>")
    assert "<script>" not in cells.cell({"name": "<script>"}, cells.column("name", "名称"))
    assert "<script>" not in fmt.qty(1, "<script>")


def test_how_long_ago():
    now = timezone.now()
    assert plain(fmt.ago(now - timedelta(minutes=4))) == "4 分钟前"
    assert plain(fmt.ago(now - timedelta(days=2))) == "2 天前"
    assert plain(fmt.ago(datetime(2020, 1, 2, 3, 4, tzinfo=UTC))) == "2020-01-02 11:04"


def test_initials():
    assert [fmt.initials(n) for n in ("李雷", "欧阳建国", "John Doe", "")] == ["李雷", "欧阳", "JD", "?"]


def test_a_bar_never_exceeds_its_track():
    shown = cells.bar(100, confirmed=100, shipped=160, received=150, cancelled=10)
    widths = [float(part.split("%")[0]) for part in shown.split("width:")[1:]]
    assert sum(widths[:-1]) <= 100.01
    assert "gd-bar-over" in shown
    assert "订购 100" in shown


def test_what_was_cancelled_is_neither_confirmed_nor_under_way_in_a_bar():
    shown = cells.bar(40, confirmed=40, shipped=40, received=30, cancelled=10)
    assert "gd-bar-shipped" not in shown
    assert "gd-bar-confirmed" not in shown
    assert 'gd-bar-cancelled" style="width:25.00%"' in shown
    assert "已取消 10" in shown


def test_a_cell_reads_paths_of_dictionaries_and_objects():
    row = {"supplier": {"name": "华东五金"}, "state": "draft", "state_label": "草稿"}
    assert "华东五金" in cells.cell(row, cells.column("supplier.name", "供应商"))
    assert "草稿" in cells.cell(row, cells.column("state", "状态", kind="status"))
    assert cells.cell({"supplier": None}, cells.column("supplier.name", "供应商")) == fmt.NOTHING
