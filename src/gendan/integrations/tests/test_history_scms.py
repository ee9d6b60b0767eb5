"""The SCMS file itself: what is in it, counted once here, so that a change of the reader that loses something shows."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gendan.integrations.history.group import Sorter
from gendan.integrations.history.mapping import load_mapping
from gendan.integrations.history.parse import read
from gendan.integrations.history.records import Kind

FILE = Path(__file__).resolve().parents[1] / "data" / "scms_delivery_history.csv"


@pytest.fixture(scope="module")
def scms():
    with Sorter() as sorter:
        sorter.add(read(FILE, load_mapping("scms")))
        yield sorter, list(sorter.orders())


def test_every_row_is_taken_or_outside(scms):
    tally = scms[0].tally
    assert (tally.read, tally.taken, tally.outside, tally.rejected) == (10324, 4920, 5404, 0)


def test_the_orders_shipments_receipts_and_masters(scms):
    orders = scms[1]
    assert len(orders) == 2816
    assert sum(len(order.shipments) for order in orders) == 3590
    assert sum(len(shipment.receipts) for order in orders for shipment in order.shipments) == 3590
    assert sum(len(order.lines) for order in orders) == 4920
    lines = [line for order in orders for line in order.lines]
    assert len({line.partner.code for line in lines}) == len({line.partner.name for line in lines}) == 72
    assert len({line.item.code for line in lines}) == 174
    assert len({line.warehouse.code for line in lines}) == 40


def test_what_was_odd_is_counted_by_kind(scms):
    counted = Counter(remark.kind for order in scms[1] for _, remark in order.remarks)
    assert counted == {
        Kind.PRICE_ROUNDED: 719,
        Kind.SENT_ON_UNKNOWN: 328,
        Kind.SPACES: 78,
        Kind.DATES_REVERSED: 17,
        Kind.DATES_FAR_APART: 17,
        Kind.FREE_OF_CHARGE: 9,
        Kind.ORDERED_EARLIER: 4,
        Kind.VALUE_NOT_EXACT: 2,
        Kind.MOJIBAKE: 1,
        Kind.DUPLICATE_ROW: 1,
    }


def test_the_value_of_all_orders_is_that_of_the_file(scms):
    assert sum(line.value for order in scms[1] for line in order.lines) == Decimal("542212022.34")


def test_on_time_is_as_the_file_has_it(scms):
    lines = [line for order in scms[1] for line in order.lines]
    assert sum(line.delivered_on <= line.promised_on for line in lines) == 4661


def test_an_order_in_full(scms):
    order = next(order for order in scms[1] if order.key == "SCMS-4")
    assert (order.partner.code, order.warehouse.code, order.currency) == ("S-RANBAXY-FINE-CHEMICALS", "DD-CI", "USD")
    assert order.ordered_on == date(2006, 6, 2)
    (line,) = [line for line in order.lines if line.line_id == "1"]
    assert (line.quantity, line.unit_price, line.value) == (19, 29, 551)
    assert line.item.name == "HIV, Reveal G3 Rapid HIV-1 Antibody Test, 30 Tests"
    assert [remark.kind for remark in line.remarks] == [Kind.SENT_ON_UNKNOWN]
    shipment = next(one for one in order.shipments if one.key == "ASN-8")
    assert (shipment.weight, shipment.freight) == (13, Decimal("780.34"))


def test_weight_of_a_shipment_is_stated_once_for_all_its_lines(scms):
    referring = [line for order in scms[1] for line in order.lines if line.weight.see_line]
    assert len(referring) == 508
