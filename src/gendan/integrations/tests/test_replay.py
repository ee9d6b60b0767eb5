"""A part of the real history, day by day: the rules find exactly the lines that were late, when they could be known."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from gendan.alerts.queries.replay import replay
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.trial import tried
from gendan.catalog.tests import make as catalog
from gendan.flow.queries.people import people_of
from gendan.integrations.history.load import load_history
from gendan.integrations.history.mapping import load_mapping
from gendan.purchasing.models import OrderLine

pytestmark = pytest.mark.django_db
FILE = Path(__file__).resolve().parents[1] / "data" / "scms_delivery_history.csv"
FIRST, LAST = date(2010, 8, 1), date(2010, 12, 31)
Late = dict[str, bool]


def part(path: Path, via: str = "Direct Drop", first: date = FIRST, last: date = LAST - timedelta(days=61)) -> Late:
    """The file's orders that were due in these months; which lines came late, by the file's own dates."""
    late: dict[str, bool] = {}
    with FILE.open(encoding="utf-8", newline="") as source, path.open("w", encoding="utf-8", newline="") as target:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, reader.fieldnames or [])
        writer.writeheader()
        for row in reader:
            due = _day(row["scheduled delivery date"])
            if row["fulfill via"] == via and first <= due <= last:
                writer.writerow(row)
                late[f"scms:{row['id']}"] = _day(row["delivered to client date"]) > due
    return late


def test_what_left_late_for_customers_is_found_although_its_orders_are_completed_today(tmp_path: Path) -> None:
    actor = catalog.make_actor(company=catalog.make_company())
    first, last = date(2012, 8, 1), date(2012, 8, 31)
    late = part(tmp_path / "sold.csv", "From RDC", first, last)
    load_history(actor=actor, path=tmp_path / "sold.csv", mapping=load_mapping("scms_sales"))
    (matrix,) = replay(actor, first, last + timedelta(days=60), codes=["sales_not_shipped"])
    assert (matrix.examples, matrix.exact) == ([], True)
    assert sum(late.values()) >= matrix.right > 0


def _day(text: str) -> date:
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    day, month, year = text.split("-")
    return date(2000 + int(year), months.index(month) + 1, int(day))


def test_the_late_rules_find_what_was_late_on_the_day_when_it_could_be_known(tmp_path: Path) -> None:
    actor = catalog.make_actor(company=catalog.make_company())
    late = part(tmp_path / "part.csv")
    load_history(actor=actor, path=tmp_path / "part.csv", mapping=load_mapping("scms"))
    matrices = {one.rule: one for one in replay(actor, FIRST, LAST)}
    assert [one.examples for one in matrices.values()] == [[], [], [], []]
    overdue = matrices["overdue_receipt"]
    assert overdue.right + overdue.unknowable == sum(late.values()) > 5
    assert overdue.right > 0
    assert overdue.quiet + overdue.unknowable + overdue.right == len(late)
    assert matrices["late_shipment"].right > 0
    # the same by the dry run, line by line against the file
    calendar = people_of(actor.company_id, actor.zone)[1]
    trial = tried(actor, rules_of(actor.company_id)["overdue_receipt"], FIRST, LAST, calendar)
    keys = {f"line:{line.pk}": line for line in OrderLine.objects.filter(company_id=actor.company_id)}
    for found in trial.found.values():
        line = keys[found.key]
        assert late[str(line.external_key)]
        assert line.promised_on is not None
        assert found.first == max(line.promised_on, line.order.ordered_on) + timedelta(days=1)
        assert found.last == min(line.completed_on or LAST, LAST)
