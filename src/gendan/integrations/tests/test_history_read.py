"""Rows to records to orders, on small files made for one purpose each. No database."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from gendan.integrations.history.group import Sorter
from gendan.integrations.history.mapping import read_mapping
from gendan.integrations.history.parse import RowReader, read
from gendan.integrations.history.records import HistoryLine, Kind, Outside, Reason, Rejected, Tally
from gendan.integrations.history.source import HistoryFileError

MAPPING = read_mapping(r"""
name = "test"
[rows.only]
via = ["Direct"]
[dates]
formats = ["%Y-%m-%d", "%d.%m.%Y"]
earliest = 2000-01-01
latest = 2030-12-31
[none]
words = ["n/a", "not captured"]
[fields]
line_id = { column = "id" }
order_key = { column = "po" }
shipment_key = { column = "asn" }
supplier_name = { column = "vendor" }
product_name = { column = "item" }
unit = { constant = "PACK" }
warehouse_name = { column = "country" }
country = { column = "country" }
currency = { constant = "usd" }
quantity = { column = "qty" }
price = { column = "price" }
value = { column = "value" }
sent_on = { column = "sent" }
promised_on = { column = "due" }
delivered_on = { column = "came" }
recorded_on = { column = "booked" }
[fields.weight]
column = "kg"
reference = 'see (?P<line>\d+)'
words = { "with the rest" = "included" }
[notes]
"Site" = "site"
[checks]
order = [["sent_on", "delivered_on"]]
far_apart_days = 100
""")
GOOD = {
    "id": "7",
    "via": "Direct",
    "po": "PO-1",
    "asn": "A-1",
    "vendor": "Cipla",
    "item": "Tablets",
    "country": "Haiti",
    "qty": "10",
    "price": "2.5",
    "value": "25",
    "sent": "2014-01-02",
    "due": "2014-02-01",
    "came": "03.02.2014",
    "booked": "2014-02-04",
    "kg": "12",
    "site": "Goa",
}


def outcome(**cells):
    row = GOOD | cells
    return RowReader(MAPPING).read(2, list(row), list(row.values()))


def line(**cells):
    found = outcome(**cells)
    assert isinstance(found, HistoryLine), found
    return found


def kinds(line):
    return [remark.kind for remark in line.remarks]


def orders(*rows):
    reader = RowReader(MAPPING)
    full = [GOOD | {"id": str(n)} | row for n, row in enumerate(rows, start=1)]
    with Sorter() as sorter:
        sorter.add(reader.read(n, list(row), list(row.values())) for n, row in enumerate(full, start=2))
        return list(sorter.orders()), list(sorter.rejected()), sorter.tally


def test_a_good_row_becomes_a_line_without_remarks():
    found = line()
    assert (found.line_id, found.order_key, found.shipment_key) == ("7", "PO-1", "A-1")
    assert (found.quantity, found.unit_price, found.value) == (10, Decimal("2.5"), 25)
    assert (found.sent_on, found.delivered_on) == (date(2014, 1, 2), date(2014, 2, 3))
    assert (found.partner.name, found.warehouse.country, found.currency) == ("Cipla", "Haiti", "USD")
    assert found.weight.number == 12
    assert found.notes == (("Site", "Goa"),)
    assert found.remarks == ()


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"po": ""}, "po", Reason.MISSING),
        ({"vendor": "N/A"}, "vendor", Reason.MISSING),
        ({"vendor": "x" * 201}, "vendor", Reason.TOO_LONG),
        ({"qty": "ten"}, "qty", Reason.NOT_A_NUMBER),
        ({"qty": "0"}, "qty", Reason.NOT_POSITIVE),
        ({"qty": "-3"}, "qty", Reason.NOT_POSITIVE),
        ({"qty": "100000000000"}, "qty", Reason.TOO_LARGE),
        ({"price": "-1"}, "price", Reason.NEGATIVE),
        ({"value": "see above"}, "value", Reason.NOT_A_NUMBER),
        ({"price": "", "value": ""}, "price", Reason.NO_PRICE),
        ({"due": "soon"}, "due", Reason.NOT_A_DATE),
        ({"came": "31.02.2014"}, "came", Reason.NOT_A_DATE),
        ({"came": "03.02.2114"}, "came", Reason.DATE_OUT_OF_RANGE),
        ({"sent": "", "due": "", "came": ""}, "due", Reason.NO_DATE),
        ({"item": "caf\udce9"}, "item", Reason.ENCODING),
    ],
)
def test_what_cannot_be_taken_is_rejected_with_column_and_reason(cells, column, reason):
    found = outcome(**cells)
    assert isinstance(found, Rejected)
    assert (found.row, found.column, found.reason) == (2, column, reason)


def test_rows_of_others_are_outside_with_the_reason():
    assert outcome(via="From stock") == Outside(2, "via = From stock")
    assert outcome(via=" direct ") != Outside(2, "via =  direct ")
    assert RowReader(MAPPING).read(3, list(GOOD), [""] * len(GOOD)) == Outside(3, "")


def test_a_row_with_a_cell_too_few_is_rejected():
    found = RowReader(MAPPING).read(2, list(GOOD), ["7"])
    assert isinstance(found, Rejected)
    assert (found.reason, found.value) == (Reason.CELLS, "1 / 16")


def test_a_line_that_has_not_come_yet_is_taken():
    assert line(came="", booked="").delivered_on is None


def test_weights_are_numbers_words_or_references():
    assert line(kg="with the rest").weight.word == "included"
    assert line(kg="see 8").weight.see_line == "8"
    assert line(kg="n/a").remarks == ()
    odd = line(kg="heavy")
    assert odd.weight.number is None
    assert kinds(odd) == [Kind.UNREADABLE]


def test_dates_that_contradict_each_other_stay_and_are_remarked():
    found = line(sent="2014-03-01")
    assert found.sent_on == date(2014, 3, 1)
    assert kinds(found) == [Kind.DATES_REVERSED]
    assert kinds(line(due="2015-02-01")) == [Kind.DATES_FAR_APART]
    assert kinds(line(sent="not captured")) == [Kind.SENT_ON_UNKNOWN]


def test_orders_are_put_together_from_anywhere_in_the_file_oldest_first():
    found, rejected, tally = orders(
        {"po": "LATE", "sent": "2014-01-20"}, {"po": "EARLY"}, {"po": "LATE", "sent": "2014-01-20", "item": "Syrup"}
    )
    assert [(order.key, len(order.lines)) for order in found] == [("EARLY", 1), ("LATE", 2)]
    assert found[1].ordered_on == date(2014, 1, 20)
    assert rejected == []
    assert (tally.read, tally.taken) == (3, 3)


def test_one_shipment_per_notice_and_one_receipt_per_day():
    (order,), _, _ = orders({}, {"came": "2014-02-05"}, {}, {"asn": "A-2", "came": ""}, {"asn": ""})
    first, second = order.shipments
    assert (first.key, first.lines, first.weight) == ("A-1", (0, 1, 2), 36)
    assert [(r.key, r.delivered_on.day, r.lines) for r in first.receipts] == [("A-1", 3, (0, 2)), ("A-1/2", 5, (1,))]
    assert (second.key, second.receipts) == ("A-2", ())


def test_weight_of_a_shipment_counts_references_once_and_remarks_lost_ones():
    (order,), _, _ = orders({"kg": "30"}, {"kg": "see 1"}, {"kg": "see 99"})
    assert order.shipments[0].weight == 30
    assert [kinds(one) for one in order.lines] == [[], [], [Kind.REFERENCE_LOST]]


def test_one_number_with_two_suppliers_is_two_orders():
    found, _, _ = orders({}, {"vendor": "Mylan"})
    assert sorted((order.key, order.partner.name) for order in found) == [("PO-1", "Cipla"), ("PO-1/2", "Mylan")]
    split = next(order for order in found if order.partner.name == "Mylan")
    assert set(kinds(split.lines[0])) == {Kind.ORDER_SPLIT, Kind.SHIPMENT_SPLIT}
    assert split.shipments[0].key == "A-1/2"


def test_the_same_id_twice_is_rejected_the_same_content_is_remarked():
    found, rejected, tally = orders({}, {"id": "1", "qty": "5", "value": ""}, {"id": "3"})
    assert [one.line_id for one in found[0].lines] == ["1", "3"]
    assert kinds(found[0].lines[1]) == [Kind.DUPLICATE_ROW]
    assert [(one.row, one.reason) for one in rejected] == [(3, Reason.DUPLICATE_ID)]
    assert (tally.read, tally.taken, tally.rejected) == (3, 2, 1)


def test_an_order_without_a_sending_date_begins_on_its_earliest_known_day():
    (order,), _, _ = orders({"sent": ""})
    assert order.ordered_on == date(2014, 2, 1)


def test_codes_that_clash_are_rejected_not_merged(monkeypatch):
    monkeypatch.setattr("gendan.integrations.history.codes.name_code", lambda name, spec: "SAME")
    found, rejected, _ = orders({}, {"vendor": "Mylan"})
    assert len(found) == 1
    assert [(one.column, one.reason) for one in rejected] == [("vendor", Reason.CODE_CLASH)]


def write(path, rows, encoding="utf-8"):
    path.write_bytes("\n".join(",".join(row) for row in rows).encode(encoding))
    return path


def test_a_csv_with_a_byte_order_mark_and_a_bad_byte(tmp_path):
    path = write(tmp_path / "h.csv", [GOOD, list((GOOD | {"item": "café"}).values())], "latin-1")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes() + b"\n" + ",".join(GOOD.values()).encode())
    bad, good = read(path, MAPPING)
    assert isinstance(bad, Rejected)
    assert bad.reason is Reason.ENCODING
    assert isinstance(good, HistoryLine)
    assert good.row == 3


def test_an_excel_file_reads_like_a_csv(tmp_path):
    path = tmp_path / "h.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(GOOD))
        sheet.write_row(1, 0, list(GOOD.values()))
        sheet.write_number(1, list(GOOD).index("qty"), 10)
        sheet.write_datetime(
            1, list(GOOD).index("due"), date(2014, 2, 1), book.add_format({"num_format": "yyyy-mm-dd"})
        )
    (found,) = read(path, MAPPING)
    assert isinstance(found, HistoryLine)
    assert found.quantity == 10
    assert found.promised_on == date(2014, 2, 1)


def test_a_file_without_a_column_is_refused_as_a_whole(tmp_path):
    rows = [[name for name in GOOD if name != "qty"]]
    with pytest.raises(HistoryFileError, match="缺少这些列：qty"):
        list(read(write(tmp_path / "h.csv", rows), MAPPING))
    with pytest.raises(HistoryFileError, match="这些列出现了两次：qty"):
        list(read(write(tmp_path / "h.csv", [[*GOOD, "qty"]]), MAPPING))
    with pytest.raises(HistoryFileError):
        list(read(tmp_path / "missing.csv", MAPPING))


def test_an_open_quote_names_its_row(tmp_path):
    path = write(tmp_path / "h.csv", [GOOD, list(GOOD.values()), ['"', *list(GOOD.values())[1:]]])
    with pytest.raises(HistoryFileError, match="第 3 行"):
        list(read(path, MAPPING))


@given(
    st.lists(st.lists(st.sampled_from(["", "Direct", "1", "-1", "x", "2014-01-02", "see 1", "\udce9"]), max_size=17))
)
def test_whatever_a_file_holds_every_row_is_accounted_for(rows):
    reader = RowReader(MAPPING)
    with Sorter() as sorter:
        sorter.add(reader.read(n, list(GOOD), row) for n, row in enumerate(rows, start=2))
        tally: Tally = sorter.tally
        assert tally.read == len(rows) == tally.taken + tally.outside + tally.rejected
        assert sum(len(order.lines) for order in sorter.orders()) == tally.taken
        assert len(list(sorter.rejected())) == tally.rejected
