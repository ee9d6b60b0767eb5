"""The sales half of the SCMS file: what is in it, and how it becomes orders, deliveries and stock, once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gendan.catalog.models import Partner
from gendan.catalog.tests import make as catalog
from gendan.integrations.history.group import Sorter
from gendan.integrations.history.load import UnlimitedApprovalNeeded, is_allowed, load_history
from gendan.integrations.history.mapping import load_mapping
from gendan.integrations.history.parse import read
from gendan.integrations.history.records import Kind
from gendan.integrations.tests.test_history_load import FILE, counts, some_rows
from gendan.inventory.models import Adjustment, Balance, StockMove
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden
from gendan.kernel.models import Event
from gendan.kernel.verify import differences
from gendan.sales.models import Delivery, SalesLine, SalesOrder

RDC = load_mapping("scms_sales")
OPEN = {"delivered to client date": "N/A", "delivery recorded date": "N/A"}


@pytest.fixture
def actor() -> Actor:
    return catalog.make_actor(company=catalog.make_company())


def load(actor: Actor, path: Path) -> Counter[str]:
    return Counter(counts(load_history(actor=actor, path=path, mapping=RDC)))


def test_every_row_that_purchasing_leaves_is_taken() -> None:
    with Sorter() as sorter:
        sorter.add(read(FILE, RDC))
        tally, orders = sorter.tally, list(sorter.orders())
    assert (tally.read, tally.taken, tally.outside, tally.rejected) == (10324, 5404, 4920, 0)
    assert (len(orders), sum(len(s.receipts) for o in orders for s in o.shipments)) == (3417, 3440)
    lines = [line for order in orders for line in order.lines]
    assert len({line.partner.code for line in lines}) == len({line.partner.name for line in lines}) == 33
    assert sum(line.value for line in lines) == Decimal("1085372434.95")
    assert (
        sum(line.delivered_on <= line.promised_on for line in lines if line.delivered_on and line.promised_on) == 4477
    )
    assert Counter(remark.kind for order in orders for _, remark in order.remarks) == {
        Kind.SPACES: 15,
        Kind.DATES_FAR_APART: 10,
        Kind.DATES_REVERSED: 9,
        Kind.FREE_OF_CHARGE: 8,
        Kind.DUPLICATE_ROW: 3,
    }


@pytest.mark.django_db
def test_an_order_comes_in_out_of_an_opening_balance(actor: Actor, tmp_path: Path) -> None:
    found = load(actor, some_rows(tmp_path / "h.csv", "SO-249"))
    lines = SalesLine.objects.filter(company_id=actor.company_id)
    assert found["orders"] == found["deliveries"] == found["customers"] == 1
    assert found["lines"] == lines.count()
    order = SalesOrder.objects.select_related("customer").get(company=actor.company_id)
    assert (order.state, order.customer_reference, order.customer.code) == ("completed", "SO-249", "C-RW")
    sent = Delivery.objects.get(company=actor.company_id)
    assert (sent.state, sent.signed_on, sent.recorded_on) == ("signed", date(2007, 2, 1), date(2007, 2, 1))
    assert "913.15 USD" in sent.note
    first = lines.get(external_key="scms:10809")
    assert (first.quantity, first.signed, first.due_on, first.completed_on) == (
        600,
        600,
        date(2007, 2, 1),
        date(2007, 2, 1),
    )
    opening = Adjustment.objects.get(company=actor.company_id)
    assert (opening.kind, opening.state) == ("opening", "posted")
    booked = StockMove.objects.filter(source_kind="adjustment").values_list("occurred_at__date", flat=True)
    assert set(booked) == {date(2007, 1, 31)}
    assert not Balance.objects.filter(company=actor.company_id).exclude(on_hand=0).exists()
    assert not any(found for _check, found in differences(actor.company_id))


@pytest.mark.django_db
def test_a_second_run_writes_nothing_and_a_later_file_brings_what_was_missing(actor: Actor, tmp_path: Path) -> None:
    load(actor, some_rows(tmp_path / "h.csv", "SO-249", "SO-310", id_11100=OPEN))
    waiting = SalesLine.objects.get(external_key="scms:11100")
    assert (waiting.shipped, SalesOrder.objects.get(pk=waiting.order_id).state == "completed") == (0, False)
    later = some_rows(tmp_path / "h.csv", "SO-249", "SO-310")
    assert load(actor, later) == {"present": 2, "deliveries": 1, "openings": 1}
    waiting.refresh_from_db()
    assert waiting.signed == waiting.quantity
    before = [model.objects.count() for model in (SalesOrder, SalesLine, Delivery, StockMove, Event, Adjustment)]
    assert load(actor, later) == {"present": 2}
    assert before == [
        model.objects.count() for model in (SalesOrder, SalesLine, Delivery, StockMove, Event, Adjustment)
    ]
    assert not any(found for _check, found in differences(actor.company_id))


@pytest.mark.django_db
def test_both_halves_share_products_and_customers_are_customers(actor: Actor, tmp_path: Path) -> None:
    load_history(actor=actor, path=some_rows(tmp_path / "p.csv", "SCMS-4"), mapping=load_mapping("scms"))
    load(actor, some_rows(tmp_path / "h.csv", "SO-249"))
    kinds = Partner.objects.filter(company=actor.company_id, code__in=["C-RW"]).values_list(
        "is_customer", "is_supplier"
    )
    assert list(kinds) == [(True, False)]


@pytest.mark.django_db
def test_what_a_rule_refuses_is_reported_and_the_rest_comes_in(actor: Actor, tmp_path: Path) -> None:
    load(actor, some_rows(tmp_path / "h.csv", "SO-249"))  # packs are counted whole from now on
    half = {"line item quantity": "1.5", "line item value": "", "pack price": "2"}
    path = some_rows(tmp_path / "h.csv", "SO-310", "SO-220", id_10534=half)
    summary = load_history(actor=actor, path=path, mapping=RDC)
    assert (summary.written["orders"], summary.refused) == (1, 1)
    assert SalesOrder.objects.filter(customer_reference="SO-310").exists()


@pytest.mark.django_db
def test_only_who_may_do_all_of_it_is_offered_it(actor: Actor, tmp_path: Path) -> None:
    assert is_allowed(actor, RDC)
    clerk = replace(actor, permissions=frozenset({"integrations.import_history", "sales.view"}))
    limited = replace(actor, amount_limit=Decimal(1000))
    for somebody, refusal in ((clerk, Forbidden), (limited, UnlimitedApprovalNeeded)):
        assert not is_allowed(somebody, RDC)
        with pytest.raises(refusal):
            load(somebody, some_rows(tmp_path / "h.csv", "SO-249"))
