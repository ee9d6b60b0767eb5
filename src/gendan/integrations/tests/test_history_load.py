"""A history becomes orders, shipments, receipts and stock through the commands, once."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest
from django.db import IntegrityError, connection

from gendan.accounts.tests.make import make_actor, make_company, make_stranger
from gendan.catalog.models import Partner, Product, Warehouse
from gendan.catalog.tests import make as catalog
from gendan.integrations.history import orders
from gendan.integrations.history.load import ImportRunning, UnlimitedApprovalNeeded, load_history
from gendan.integrations.history.mapping import load_mapping
from gendan.integrations.history.records import Kind, Reason
from gendan.inventory.models import Balance, StockMove
from gendan.kernel.errors import AppError, Forbidden
from gendan.kernel.models import Event
from gendan.purchasing.models import (
    GoodsReceipt,
    OrderLine,
    Promise,
    PurchaseOrder,
    ReceiptLine,
    Shipment,
    ShipmentLine,
)

pytestmark = pytest.mark.django_db
FILE = Path(__file__).resolve().parents[1] / "data" / "scms_delivery_history.csv"
SCMS = load_mapping("scms")


def some_rows(path: Path, *wanted: str, **changed: dict[str, str]) -> Path:
    """A file with the rows of some orders of the SCMS history; ``changed`` cells by row id (``id_<n>={…}``)."""
    with FILE.open(encoding="utf-8", newline="") as source, path.open("w", encoding="utf-8", newline="") as target:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, reader.fieldnames or [])
        writer.writeheader()
        for row in reader:
            if row["po / so #"] in wanted:
                writer.writerow(row | changed.get(f"id_{row['id']}", {}))
    return path


def rows_of(report: Path) -> list[list[str]]:
    """The rows of a report."""
    return list(csv.reader(report.read_text(encoding="utf-8-sig").splitlines()))


@pytest.fixture
def actor():
    return catalog.make_actor(company=catalog.make_company())


def counts(summary):
    return {name: count for name, count in summary.written.items() if count}


def load(actor, path, **options):
    return load_history(actor=actor, path=path, mapping=SCMS, **options)


def test_an_order_comes_in_with_everything_at_its_dates(actor, tmp_path):
    summary = load(actor, some_rows(tmp_path / "h.csv", "SCMS-1"))
    assert counts(summary) == {"orders": 1, "lines": 1, "shipments": 1, "receipts": 1} | {
        "suppliers": 1,
        "products": 1,
        "warehouses": 1,
    }
    order = PurchaseOrder.objects.select_related("supplier", "warehouse").get(company=actor.company_id)
    assert (order.state, order.ordered_on, order.currency) == ("received", date(2006, 4, 19), "USD")
    assert (order.supplier_reference, order.external_key, order.gross) == ("SCMS-1", "scms:SCMS-1", Decimal("11076.45"))
    assert (order.supplier.name, order.warehouse.code) == ("BIO-RAD LABORATORIES (FRANCE)", "DD-CI")
    line = OrderLine.objects.get(order=order)
    assert line.quantity == line.received == 147
    assert line.unit_price == Decimal("75.35")
    assert line.required_on == line.promised_on == line.completed_on == date(2006, 6, 27)
    assert "100-CI-T01" in line.note
    promise = Promise.objects.get(order_line=line)
    assert (promise.source, promise.promised_on) == ("import", date(2006, 6, 27))
    shipment = Shipment.objects.get(company=actor.company_id)
    assert (shipment.state, shipment.mode) == ("received", "Air")
    assert shipment.weight == 165
    assert "1816.57" in shipment.note
    receipt = GoodsReceipt.objects.get(company=actor.company_id)
    assert (receipt.received_on, receipt.delivery_note, receipt.shipment_id) == (
        date(2006, 6, 27),
        "ASN-5",
        shipment.pk,
    )
    move = StockMove.objects.get(company=actor.company_id)
    assert move.occurred_at.date() == date(2006, 6, 27)
    assert Balance.objects.get(company=actor.company_id).on_hand == 147
    assert set(Event.objects.filter(company=actor.company_id, subject_kind="po").values_list("via", flat=True)) == {
        "import"
    }


def snapshot(company_id):
    models = (PurchaseOrder, OrderLine, Shipment, GoodsReceipt, StockMove, Event, Balance, Partner, Product, Warehouse)
    tables = [
        sorted(model.objects.filter(company=company_id).values_list(), key=lambda row: row[0]) for model in models
    ]
    return [[[str(cell) for cell in row] for row in table] for table in tables]


def test_a_second_run_changes_nothing(actor, tmp_path):
    path = some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-4", "SCMS-199289")
    first = load(actor, path)
    assert first.written["orders"] == 3
    before = snapshot(actor.company_id)
    brought = Event.objects.filter(company=actor.company_id, type__startswith="catalog.", via="import")
    assert set(brought.values_list("type", flat=True)) == {
        "catalog.partner_created", "catalog.product_created", "catalog.warehouse_created"
    }  # fmt: skip
    second = load(actor, path)
    assert counts(second) == {"present": 3}
    assert snapshot(actor.company_id) == before


def test_a_later_file_brings_the_deliveries_that_were_missing(actor, tmp_path):
    open_yet = {"delivered to client date": "N/A", "delivery recorded date": "N/A"}
    load(actor, some_rows(tmp_path / "h.csv", "SCMS-1", id_1245=open_yet))
    assert PurchaseOrder.objects.get(company=actor.company_id).state == "confirmed"
    assert Shipment.objects.get(company=actor.company_id).state == "announced"
    summary = load(actor, some_rows(tmp_path / "h.csv", "SCMS-1"))
    assert counts(summary) == {"present": 1, "receipts": 1}
    assert PurchaseOrder.objects.get(company=actor.company_id).state == "received"


def test_what_a_rule_refuses_is_reported_and_the_rest_goes_on(actor, tmp_path):
    load(actor, some_rows(tmp_path / "h.csv", "SCMS-1"))  # packs are counted whole from now on
    report = tmp_path / "report.csv"
    half = {"line item quantity": "1.5", "line item value": "", "pack price": "2"}
    summary = load(actor, some_rows(tmp_path / "h.csv", "SCMS-4", "SCMS-13", id_3=half), report=report)
    assert (summary.written["orders"], summary.refused, summary.reasons) == (1, 1, {Reason.REFUSED: 1})
    (refused,) = [row for row in rows_of(report) if row[3] == "未导入"]
    assert refused[1:3] == ["3", "SCMS-13"]
    assert "整数" in refused[6]
    assert set(PurchaseOrder.objects.values_list("supplier_reference", flat=True)) == {"SCMS-1", "SCMS-4"}


def test_what_only_the_database_refuses_is_reported_too(actor, tmp_path, monkeypatch):
    confirm = orders.confirm_order  # type: ignore[attr-defined]

    def refuse_the_first(**asked):
        if asked["lines"][0].promised_on == date(2006, 6, 27):
            raise IntegrityError("a constraint")
        return confirm(**asked)

    monkeypatch.setattr(orders, "confirm_order", refuse_the_first)
    summary = load(actor, some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-4"))
    assert summary.refused == 1
    assert "a constraint" in summary.examples[0]
    assert PurchaseOrder.objects.get(supplier_reference="SCMS-4").state == "received"


def test_a_line_that_a_later_file_adds_to_an_order_is_reported(actor, tmp_path):
    path = some_rows(tmp_path / "h.csv", "SCMS-1")
    load(actor, path)
    header, row = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([header, row, row.replace("1245", "99999", 1)]), encoding="utf-8")
    summary = load(actor, path, report=tmp_path / "report.csv")
    assert (summary.written["present"], summary.refused) == (1, 1)
    assert any(row[1] == "99999" and row[3] == "未导入" for row in rows_of(tmp_path / "report.csv"))


def test_a_shipment_number_that_other_orders_had_is_another_shipment(actor, tmp_path):
    load(actor, some_rows(tmp_path / "a.csv", "SCMS-1"))
    report, path = (
        tmp_path / "report.csv",
        some_rows(tmp_path / "h.csv", "SCMS-1", id_1245={"id": "7", "po / so #": "SCMS-1x"}),
    )
    summary = load(actor, path, report=report)
    assert counts(summary) == {"orders": 1, "lines": 1, "shipments": 1, "receipts": 1}
    assert summary.remarks[Kind.SHIPMENT_KNOWN] == 1
    assert [row[1:4] for row in rows_of(report) if "ASN-5@SCMS-1x" in row] == [["7", "SCMS-1x", "有提示"]]
    assert set(PurchaseOrder.objects.values_list("state", flat=True)) == {"received"}
    before = snapshot(actor.company_id)
    assert counts(load(actor, path)) == {"present": 1}
    rows = path.read_text("utf-8").splitlines() + (tmp_path / "a.csv").read_text("utf-8").splitlines()[1:]
    path.write_text("\n".join(rows), "utf-8")
    assert counts(load(actor, path)) == {"present": 2}  # the other way round in one file: still the same shipments
    assert snapshot(actor.company_id) == before


def test_a_line_that_a_known_shipment_does_not_have_is_reported(actor, tmp_path):
    load(actor, some_rows(tmp_path / "h.csv", "SCMS-1"))
    ShipmentLine.objects.update(order_line=add_line(OrderLine.objects.get(), "scms:other"))
    ReceiptLine.objects.update(order_line=OrderLine.objects.get(external_key="scms:other"))
    summary = load(actor, tmp_path / "h.csv", report=tmp_path / "report.csv")
    assert (counts(summary), summary.refused) == ({"present": 1}, 1)
    assert "其中没有这一行" in rows_of(tmp_path / "report.csv")[1][6]


def add_line(line: OrderLine, key: str) -> OrderLine:
    """Another line like this one."""
    line.pk, line.line_no, line.external_key = None, line.line_no + 1, key
    line.save(force_insert=True)
    return line


def test_an_import_that_stopped_halfway_is_finished(actor, tmp_path, monkeypatch):
    def one_by_one(_actor):
        raise AppError

    def lights_out(**_):
        raise KeyboardInterrupt

    path = some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-4")
    monkeypatch.setattr(orders, "batch", one_by_one)
    monkeypatch.setattr(orders, "confirm_order", lights_out)
    with pytest.raises(KeyboardInterrupt):
        load(actor, path)
    monkeypatch.undo()
    assert PurchaseOrder.objects.get(company=actor.company_id).state == "approved"
    load(actor, path)
    assert set(PurchaseOrder.objects.values_list("state", flat=True)) == {"received"}


def test_rows_that_cannot_be_read_are_in_the_report(actor, tmp_path):
    report = tmp_path / "report.csv"
    path = some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-4", id_1245={"line item quantity": "many"})
    summary = load(actor, path, report=report)
    assert summary.reasons == {Reason.NOT_A_NUMBER: 1}
    assert ["1245", "SCMS-1", "未导入", "line item quantity", "不是数字", "many"] in [
        row[1:] for row in rows_of(report)
    ]
    assert summary.remarks[Kind.SENT_ON_UNKNOWN] == 1


def test_progress_is_told_line_by_line_of_all(actor, tmp_path):
    told = []
    load(
        actor,
        some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-4"),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1][0] == told[-1][1] == sum(1 for _ in OrderLine.objects.filter(company=actor.company_id))


def test_a_supplier_that_was_given_another_code_is_found_again(actor, tmp_path):
    load(actor, some_rows(tmp_path / "h.csv", "SCMS-1"))
    Partner.objects.filter(company=actor.company_id).update(code="BIORAD")
    summary = load(actor, some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-2"))
    assert not Partner.objects.filter(company=actor.company_id, external_key=None, is_supplier=True).exists()
    assert summary.refused == 0


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_history_at_once(tmp_path):
    company = catalog.make_company()
    actor, path = catalog.make_actor(company=company), some_rows(tmp_path / "h.csv", "SCMS-1")
    refusals = []

    def meanwhile(done, total):
        def other():
            with pytest.raises(ImportRunning) as refused:
                load(actor, path)
            refusals.append(str(refused.value))
            connection.close()

        thread = Thread(target=other)
        thread.start()
        thread.join()

    load(actor, path, progress=meanwhile)
    assert len(refusals) == 1
    assert load(actor, path).written["present"] == 1


def test_who_may(tmp_path):
    company = make_company()
    path = some_rows(tmp_path / "h.csv", "SCMS-1")
    with pytest.raises(Forbidden):
        load(make_actor(company, roles=("buyer",)), path)
    with pytest.raises(UnlimitedApprovalNeeded):
        load(make_actor(company, permissions=("*",), limit="1000"), path)
    assert not PurchaseOrder.objects.filter(company=company).exists()


def test_companies_do_not_see_each_other(actor, tmp_path):
    path = some_rows(tmp_path / "h.csv", "SCMS-1")
    load(actor, path)
    stranger = make_stranger()
    catalog_company = catalog.make_company()
    other = catalog.make_actor(company=catalog_company)
    assert load(other, path).written["orders"] == 1
    assert not PurchaseOrder.objects.filter(company=stranger.company_id).exists()
