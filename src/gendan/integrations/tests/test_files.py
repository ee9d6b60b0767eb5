"""Import and export: what was written is read as it was, whatever it holds."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from gendan.accounts.tests.make import signed_in_client
from gendan.catalog import commands, queries
from gendan.catalog.tests import make
from gendan.integrations.commands import TASK
from gendan.integrations.errors import FileEmpty, FileTooLarge, FileUnreadable, TooManyRows
from gendan.integrations.files import load as files_load
from gendan.integrations.files import read
from gendan.integrations.files.cells import neutralise, restore
from gendan.integrations.files.guess import guess
from gendan.integrations.files.load import Loaded
from gendan.integrations.tasks import SHOWN, Rejected
from gendan.integrations.views import _sample
from gendan.kernel import jobs
from gendan.kernel.bulk import RESOURCES, Column, Outcome, Resource
from gendan.kernel.models import Job

pytestmark = pytest.mark.django_db
UGLY = '=1+1 "引号", 逗号;\n换行 中文 \'撇号 ñ 🙂'
# In the order of import: what is referred to comes first.
RESOURCE_NAMES = (
    "units", "currencies", "taxes", "categories", "customer-classes", "warehouses", "bins", "partners", "addresses",
    "products", "prices", "sales-prices",
)  # fmt: skip


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def actor() -> Any:
    return make.make_actor()


def _fill(actor: Any) -> None:
    """Master data of every kind with everything that files have broken before."""
    save: dict[str, list[dict[str, Any]]] = {
        "units": [{"code": "001", "name": UGLY, "decimals": 3}],
        "categories": [{"code": "LEAF", "name": "叶", "parent": "ROOT"}, {"code": "ROOT", "name": "-根"}],
        "currencies": [{"code": "XAU", "name": "金", "rate": "12345.12345678"}],
        "taxes": [{"code": "@T", "name": "'=税", "rate": "3.1234", "included": True}],
        "customer-classes": [{"code": "007", "name": UGLY, "priority": 9999, "discount": "12.3456"}],
        "warehouses": [{"code": "0099", "name": UGLY, "address": "+86 北京"}],
        "bins": [{"warehouse": "0099", "code": "-A-01", "name": "  一  ", "allow_negative": True, "is_default": True}],
        "partners": [
            {
                "code": "000123456789012345", "name": UGLY, "is_customer": True, "is_supplier": True,
                "tax_id": "913100001234567890", "payment_days": 0, "currency": "CNY", "lead_time_days": 14,
                "over_tolerance": "2.50", "note": "=cmd|' /C calc'!A0",
                "contacts": [{"name": "王", "phone": "+86-138"}, {"name": "李", "phone": "139"}], "external_key": "k 1",
                "customer_class": "007", "credit_limit": "123456789012.34",
            },
            {"code": "OFF", "name": "停用的", "is_active": False},
        ],
        "addresses": [
            {
                "partner": "000123456789012345", "code": "-01", "name": UGLY, "address": "=苏州\n星湖街",
                "phone": "+86", "postal_code": "010000",
            },
            {"partner": "000123456789012345", "code": "02", "name": "n", "address": "a", "is_active": False},
        ],
        "products": [
            {
                "code": "0012", "name": "''=两撇", "specification": UGLY, "category": "LEAF", "units": "CTN=12.5;BOX=6",
                "purchase_unit": "CTN", "barcodes": "6901234567890123456;CTN=0690", "lot_tracked": True, "tax": "@T",
                "safety_stock": "123456789012.123456", "under_tolerance": "0.01",
                "floor_price": "0.000001", "standard_cost": "123456789012",
            },
            {"code": "1E5", "name": "2026-01-02"},
            {"code": "true", "name": "0"},
        ],
        "prices": [
            {"supplier": "000123456789012345", "product": "0012", "price": "0.000001", "valid_from": "2024-02-29"},
            {
                "supplier": "000123456789012345", "product": "1E5", "price": "99999999.99", "from_quantity": "1000",
                "currency": "USD",
            },
        ],
        "sales-prices": [
            {"customer": "000123456789012345", "product": "0012", "price": "0.000001", "valid_from": "2024-02-29"},
            {"customer_class": "007", "product": "1E5", "price": "99999999.99", "from_quantity": "1000.5"},
            {"product": "0012", "price": "1", "unit": "CTN", "currency": "USD", "valid_to": "2099-12-31"},
        ],
    }  # fmt: skip
    for resource, rows in save.items():
        done = commands.save_rows(actor=actor, resource=resource, rows=rows)
        assert {outcome["status"] for outcome in done.data["outcomes"]} == {"created"}, done.data


def _export(client: Any, resource: str, how: str) -> bytes:
    response = client.get(reverse("integrations:export", args=[resource]), {"format": how})
    assert response.status_code == 200
    return _body(response)


def _body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def _import(client: Any, resource: str, name: str, content: bytes) -> Job:
    """Upload, accept the guessed columns, let the job run."""
    upload = SimpleUploadedFile(name, content)
    response = client.post(reverse("integrations:upload"), {"resource": resource, "file": upload})
    assert response.status_code == 302, response.content.decode()[-3000:]
    preview = response["Location"]
    page = client.get(preview)
    assert page.status_code == 200
    response = client.post(preview, {"then": "import"})
    assert response.status_code == 302, response.content.decode()[-3000:]
    job = Job.objects.latest("pk")
    jobs.execute(job.pk, TASK)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("how", ["xlsx", "csv"])
def test_what_was_exported_is_imported_unchanged(actor: Any, how: str) -> None:
    _fill(actor)
    client = signed_in_client(actor)
    for resource in RESOURCE_NAMES:
        rows = list(queries.every(actor, resource, {}))
        job = _import(client, resource, f"{resource}.{how}", _export(client, resource, how))
        assert job.state == "done", (resource, job.message)
        assert job.result["counts"] == {"新建": 0, "更新": 0, "无变化": len(rows), "有问题": 0}, (resource, job.result)
        assert list(queries.every(actor, resource, {})) == rows


def test_a_file_fills_another_company(actor: Any) -> None:
    _fill(actor)
    other = make.make_actor()
    source, target = signed_in_client(actor), signed_in_client(other)
    for resource in RESOURCE_NAMES:
        job = _import(target, resource, "a.xlsx", _export(source, resource, "xlsx"))
        assert job.result["counts"]["有问题"] == 0, (resource, job.result)
    for resource in RESOURCE_NAMES:
        mine, theirs = (sorted(_without_ids(row) for row in queries.every(who, resource, {})) for who in (actor, other))
        if resource != "partners":  # a file holds the main contact only
            assert mine == theirs


def _without_ids(row: dict[str, Any]) -> str:
    return repr({name: value for name, value in sorted(row.items()) if name not in {"id", "version"}})


def test_nothing_is_calculated(actor: Any) -> None:
    _fill(actor)
    client = signed_in_client(actor)
    for row in csv.reader(io.StringIO(_export(client, "partners", "csv").decode("utf-8-sig"))):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    book = openpyxl.load_workbook(io.BytesIO(_export(client, "partners", "xlsx")))
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)


@given(st.text(alphabet="'=+-@ab\t\r", max_size=8))
def test_neutralising_is_undone_exactly(text: str) -> None:
    assert restore(neutralise(text)) == text
    assert not neutralise(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_bad_rows_are_reported_and_can_be_downloaded(actor: Any) -> None:
    client = signed_in_client(actor)
    content = (
        "料号,品名,单位,安全库存,随便\nA1,螺丝,件,5,x\n,无编码,件,,\nA3,螺母,光年,,\nA1,又一个,件,,\nA5,垫圈,,多,\n"
    )
    job = _import(client, "products", "清单.csv", content.encode("gb18030"))
    assert job.result["counts"] == {"新建": 1, "更新": 0, "无变化": 0, "有问题": 4}
    assert [row["line"] for row in job.result["rows"]] == [3, 4, 5, 6]
    assert "编码" in job.result["rows"][0]["text"]
    assert "第 2 行" in job.result["rows"][2]["text"]
    download = client.get(reverse("kernel:job_file", args=[job.pk]))
    book = openpyxl.load_workbook(io.BytesIO(_body(download)))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("料号", "品名", "单位", "安全库存", "随便", "问题")
    assert len(rows) == 5
    again = _import(client, "products", "again.csv", content.encode())
    assert again.result["counts"]["无变化"] == 1


def test_documents_are_not_torn_apart(tmp_path: Path, actor: Any, monkeypatch: Any) -> None:
    seen: list[list[str]] = []

    def save(actor: Any, rows: Any, *, atomic: bool, dry_run: bool) -> list[Outcome]:
        seen.append([row["order"] for row in rows])
        return [Outcome(n, "created") for n, _row in enumerate(rows)]

    columns = (Column("order", "单"), Column("text", "文"))
    resource = Resource("things", "东西", save, "x", columns, together="order")
    path = tmp_path / "a"
    path.write_text("order,text\n" + "".join(f"{key},x\n" for key in "AABBBBCD"))
    monkeypatch.setattr(files_load, "PORTION", 3)
    table = read.open_table(path, "a")
    portions = list(files_load.load(actor, resource, table, {0: "order", 1: "text"}, dry_run=False))
    assert seen == [list("AABBBB"), list("CD")]
    assert sum(len(portion) for portion in portions) == 8


def test_a_check_writes_nothing(actor: Any) -> None:
    client = signed_in_client(actor)
    upload = SimpleUploadedFile("a.csv", "编码,名称\nA,甲\n".encode())
    preview = client.post(reverse("integrations:upload"), {"resource": "products", "file": upload})["Location"]
    assert "1 行都没有问题" in client.get(preview).content.decode()
    client.post(preview, {"then": "check"})
    job = Job.objects.latest("pk")
    jobs.execute(job.pk, TASK)
    job.refresh_from_db()
    assert job.result["counts"]["将新建"] == 1
    assert queries.rows(actor, "products").items == []


def test_columns_are_chosen_by_hand(actor: Any) -> None:
    client = signed_in_client(actor)
    upload = SimpleUploadedFile("a.csv", b"x,y\nA,B\n")
    preview = client.post(reverse("integrations:upload"), {"resource": "products", "file": upload})["Location"]
    assert "还缺必填的列" in client.get(preview).content.decode()
    assert client.post(preview, {"then": "import"}).status_code == 422
    assert client.post(preview, {"then": "import", "c0": "code", "c1": "code"}).status_code == 422
    assert client.get(preview, {"c0": "name", "c1": "code"}).status_code == 200
    assert client.post(preview, {"then": "import", "c0": "name", "c1": "code"}).status_code == 302
    job = Job.objects.latest("pk")
    jobs.execute(job.pk, TASK)
    assert queries.record(actor, "products", "B")["name"] == "A"


def test_only_the_uploader_goes_on(actor: Any) -> None:
    upload = SimpleUploadedFile("a.csv", "编码,名称\nA,甲\n".encode())
    preview = signed_in_client(actor).post(reverse("integrations:upload"), {"resource": "products", "file": upload})
    for other in (make.make_actor(), make.make_actor("*", company=None)):
        assert signed_in_client(other).get(preview["Location"]).status_code == 404
    assert signed_in_client(actor).get(preview["Location"] + "x").status_code == 404


def test_who_may_not_import_or_export(actor: Any) -> None:
    client = signed_in_client(make.make_actor("catalog.view"))
    upload = SimpleUploadedFile("a.csv", "编码,名称\nA,甲\n".encode())
    assert client.get(reverse("integrations:import_page")).status_code == 403
    assert client.post(reverse("integrations:upload"), {"resource": "products", "file": upload}).status_code == 403
    assert client.get(reverse("integrations:export", args=["prices"])).status_code == 403
    assert _export(client, "products", "csv")
    half = signed_in_client(make.make_actor("integrations.import_file"))
    upload.seek(0)
    assert half.post(reverse("integrations:upload"), {"resource": "products", "file": upload}).status_code == 403
    assert half.get(reverse("integrations:import_page")).status_code == 200


@pytest.mark.parametrize("resource", RESOURCE_NAMES)
def test_a_template_explains_itself(actor: Any, resource: str) -> None:
    response = signed_in_client(actor).get(reverse("integrations:template", args=[resource]))
    book = openpyxl.load_workbook(io.BytesIO(_body(response)))
    headers = [cell.value for cell in next(book.worksheets[0].iter_rows())]
    columns = RESOURCES[resource].file_columns(actor)
    assert guess([str(header) for header in headers], columns) == {n: c.name for n, c in enumerate(columns)}
    assert book.worksheets[1].max_row == len(columns) + 1


def test_headers_are_understood_in_many_forms() -> None:
    columns = RESOURCES["products"].file_columns()
    found = guess(
        ["物料编码", "品名*", "规格型号", "计量单位(基本)", "條碼", "Barcode", "Safety stock", "安全庫存"], columns
    )
    assert (found[0], found[1], found[2], found[3]) == ("code", "name", "specification", "unit")
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(f"编码{delimiter}名称\r\n001{delimiter}螺丝\r\n\r\n002{delimiter}螺母".encode(encoding))
    table = read.open_table(path, "a.csv")
    assert table.headers == ["编码", "名称"]
    assert list(table.rows()) == [(2, ["001", "螺丝"]), (4, ["002", "螺母"])]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileEmpty),
        ("编码,名称\n".encode(), FileEmpty),
        (b"\x00\x01\x02", FileUnreadable),
        (b"PK\x03\x04 no zip", FileUnreadable),
        (b"\xd0\xcf\x11\xe0 no book", FileUnreadable),
        (b"%PDF-1.7 \xff\xff\xff", FileUnreadable),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, error: type[Exception]) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(error):
        read.open_table(path, "a.xlsx")


@pytest.mark.parametrize("far", ["XFD1048576", "XFD40000"])
def test_a_cell_far_away_is_refused_and_ends_no_process(tmp_path: Path, far: str) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet["A1"], sheet["A2"], sheet[far] = "code", "P1", 1
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(FileTooLarge):
        read.open_table(tmp_path / "a.xlsx", "a.xlsx")


def test_limits(tmp_path: Path, monkeypatch: Any, actor: Any) -> None:
    with pytest.raises(FileTooLarge):
        read.check_size(read.MAX_BYTES + 1)
    monkeypatch.setattr(read, "MAX_ROWS", 10)
    path = tmp_path / "a"
    path.write_text("a\n" + "1\n" * 200)
    with pytest.raises(TooManyRows):
        list(read.open_table(path, "a").rows())
    with pytest.raises(TooManyRows):
        read.check_rows(read.open_table(path, "a"), "a")
    path.write_text("a\n1\n" + "x" * (read.MAX_CELL + 1) + "\n")
    with pytest.raises(FileUnreadable):
        read.check_rows(read.open_table(path, "a"), "a")
    monkeypatch.setattr(read, "MAX_BYTES", 10)
    upload = SimpleUploadedFile("a.csv", "编码,名称\nA,甲\n".encode())
    response = signed_in_client(actor).post(reverse("integrations:upload"), {"resource": "products", "file": upload})
    assert response.status_code == 422


def test_excel_cells_of_every_kind(tmp_path: Path, actor: Any) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["供应商", "产品", "单价", "生效日", "起订数量", "供应商料号"])
    sheet.append(["S", 12, 9.9, date(2026, 1, 2), "1,000", 123456789012345678])
    sheet.append(["S", 12, Decimal("0.1"), "2026/3/4", 5, 77])
    path = tmp_path / "a.xlsx"
    book.save(path)
    make.make_supplier(actor.company_id, "S")
    make.make_product(actor.company_id, "12")
    job = _import(signed_in_client(actor), "prices", "a.xlsx", path.read_bytes())
    assert job.result["counts"]["新建"] == 1
    assert "末尾几位已丢失" in job.result["rows"][0]["text"]
    (row,) = queries.rows(actor, "prices").items
    assert (row["price"], row["valid_from"], row["supplier_code"]) == (Decimal("0.1"), date(2026, 3, 4), "77")


def test_the_preview_shows_cells_as_the_spreadsheet_does() -> None:
    assert [_sample(cell) for cell in (50.0, 0.5, "50.0", "2026-12-01 00:00:00")] == [
        "50", "0.5", "50.0", "2026-12-01"
    ]  # fmt: skip


def test_import_remembers_who_and_how(actor: Any) -> None:
    from gendan.kernel.models import Event

    _import(signed_in_client(actor), "units", "a.csv", "编码,名称\nX,某\n".encode())
    event = Event.objects.get(subject_kind="unit", subject_number="X")
    assert (event.via, event.user_id) == ("import", actor.user_id)


def test_rows_that_were_not_taken_wait_on_disk_and_only_the_first_are_shown():
    portion = [Loaded(n, [f"坏{n}", 1.5], Outcome(n, "failed"), "缺名称") for n in range(1_000)]
    with tempfile.TemporaryFile() as file:
        rejected = Rejected(file)
        for _ in range(3):
            rejected.keep([*portion, Loaded(0, ["好"], Outcome(0, "created"), "")])
        assert (rejected.count, len(rejected.first)) == (3_000, SHOWN)
        assert [cells for cells, _problem in rejected.rows()] == [loaded.cells for loaded in portion] * 3
