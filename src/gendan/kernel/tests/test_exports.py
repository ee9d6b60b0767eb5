"""Lists as Excel files: at once while short; by the worker, with a notice, when long; in the company's time."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gendan.accounts.models import Company, User
from gendan.accounts.tests.make import actor_for, make_actor, make_company, signed_in_client
from gendan.inventory.tests.make import make_world as make_stock
from gendan.inventory.tests.make import stock as opening_stock
from gendan.kernel import exports, jobs, notices
from gendan.kernel.models import Event, Job
from gendan.purchasing.tests.make import make_order, make_world

pytestmark = pytest.mark.django_db


def sheet(content: bytes) -> list[tuple[Any, ...]]:
    found = openpyxl.load_workbook(io.BytesIO(content)).active
    assert found is not None
    return list(found.iter_rows(values_only=True))


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "DIRECT", 2)


@pytest.mark.usefixtures("_few")
def test_a_long_list_is_made_by_the_worker_and_told_when_it_is_there():
    world = make_world()
    numbers = [make_order(world, 10).number for _ in range(3)]
    client = signed_in_client(world.actor)
    client.cookies["gendan_language"] = "en"
    answer = client.get("/po/?export=xlsx&state=all")
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}"
    jobs.execute(job.pk, exports.TASK)
    job.refresh_from_db()
    assert job.state == "done", job.message
    told = notices.own_notices(world.actor).items[0]
    assert told["url"] == f"/jobs/{job.pk}/file"
    rows = sheet(b"".join(client.get(told["url"]).streaming_content))  # type: ignore[attr-defined]
    assert rows[0][0] == "Number"
    assert sorted(row[0] for row in rows[1:]) == sorted(numbers)
    assert Event.objects.get(type="kernel.list_exported").data == {
        "list": "purchasing.orders",
        "rows": 3,
        "filters": {"state": "all"},
    }


@pytest.mark.usefixtures("_few")
def test_a_short_list_comes_at_once():
    world = make_world()
    make_order(world, 10)
    answer: Any = signed_in_client(world.actor).get("/po/?export=xlsx")
    assert len(sheet(b"".join(answer.streaming_content))) == 2
    assert not Job.objects.exists()


@pytest.mark.usefixtures("_few")
def test_who_lost_the_right_meanwhile_gets_no_file():
    world = make_world()
    for _ in range(3):
        make_order(world, 10)
    actor = make_actor(Company.objects.get(pk=world.company_id), permissions=["purchasing.view"])
    signed_in_client(actor).get("/po/?export=xlsx")
    job = Job.objects.get()
    User.objects.get(pk=actor.user_id or 0).memberships.get().roles.clear()
    jobs.execute(job.pk, exports.TASK)
    job.refresh_from_db()
    assert (job.state, job.result.get("file")) == ("failed", None)


@pytest.mark.usefixtures("_few")
def test_a_finished_file_asks_for_the_rights_again_and_is_for_who_started_it():
    world = make_world()
    for _ in range(3):
        make_order(world, 10)
    company = Company.objects.get(pk=world.company_id)
    price = "purchasing.view_price"
    actor = make_actor(company, permissions=["purchasing.view", price])
    client = signed_in_client(actor)
    client.get("/po/?export=xlsx")
    job = Job.objects.get()
    jobs.execute(job.pk, exports.TASK)
    path = f"/jobs/{job.pk}/file"
    taken: Any = client.get(path)
    assert len(sheet(b"".join(taken.streaming_content))) == 4

    other = signed_in_client(make_actor(company, permissions=["kernel.view_jobs", "purchasing.view", price]))
    assert other.get(path).status_code == 403
    assert path not in other.get(f"/jobs/{job.pk}").content.decode()

    role = User.objects.get(pk=actor.user_id or 0).memberships.get().roles.get()
    role.permissions = ["purchasing.view"]
    role.save()
    refused = client.get(path)
    assert refused.status_code == 403
    assert "无权查看的列" in refused.content.decode()
    role.permissions = [price]
    role.save()
    assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    "path", ["/stock/moves?", *(f"/stock?by={by}&" for by in ("product", "warehouse", "bin", "lot"))]
)
def test_stock_and_its_ledger_are_offered_as_excel(path: str):
    world = make_stock()
    opening_stock(world, "BOLT", 10)
    answer: Any = signed_in_client(world.actor).get(f"{path}export=xlsx")
    assert "BOLT" in sheet(b"".join(answer.streaming_content))[1]


def test_no_text_is_a_formula_and_times_are_the_companys(tmp_path: Path):
    company = make_company()
    Company.objects.filter(pk=company.pk).update(timezone="UTC")
    who = make_actor(company)
    actor = actor_for(User.objects.get(pk=who.user_id or 0), company)
    row: dict[str, Any] = {"a": "=1+1", "b": datetime(2026, 11, 21, 23, 30, tzinfo=UTC), "c": date(2026, 11, 21)}
    row["d"] = Decimal("1.50")
    path = tmp_path / "x.xlsx"
    row["e"] = Decimal("1" * 20)
    exports.write_sheet(path, "a/b", [(key, key) for key in row], [row], actor)
    _heading, found = sheet(path.read_bytes())
    assert [str(cell) for cell in found] == ["=1+1", "2026-11-21 23:30:00", "2026-11-21 00:00:00", "1.5", "1" * 20]
