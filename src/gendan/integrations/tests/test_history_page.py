"""An order history is uploaded, imported by a job, and its report shown and downloaded."""

import csv
import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gendan.accounts.models import Company
from gendan.accounts.tests.make import htmx_client, make_actor, signed_in_client
from gendan.catalog.tests import make as catalog
from gendan.integrations.commands import HISTORY_TASK
from gendan.integrations.tests.test_history_load import some_rows
from gendan.kernel import jobs
from gendan.kernel.jobs import JobCancelled, JobRun
from gendan.kernel.models import Job
from gendan.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def actor():
    return catalog.make_actor(company=catalog.make_company())


def send(client, path: Path, mapping="scms", name="history.csv"):
    file = SimpleUploadedFile(name, path.read_bytes())
    return client.post(reverse("integrations:history"), {"mapping": mapping, "history": file})


def run(response) -> Job:
    assert response.status_code == 302
    job = Job.objects.latest("pk")
    assert response["Location"] == reverse("kernel:job", args=[job.pk])
    jobs.execute(job.pk, HISTORY_TASK)
    job.refresh_from_db()
    return job


def test_a_history_comes_in_with_a_report(actor, tmp_path):
    client = signed_in_client(actor)
    page = client.get(reverse("integrations:import_page")).content.decode()
    assert "导入历史订单" in page
    assert 'data-confirm="会写入订单和库存，不能撤销；先备份。"' in page
    path = some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-4", id_1245={"line item quantity": "many"})
    job = run(send(client, path))
    assert (job.state, job.total, job.done) == ("done", 1, 1), job.message
    assert job.result["counts"][:5] == [
        ["读取的行", 2], ["其中采用", 1], ["不在范围内", 0], ["无法读取", 1], ["被业务规则拒绝", 0]
    ]  # fmt: skip
    assert dict(job.result["counts"])["新订单"] == 1
    (row,) = job.result["rows"]
    assert "SCMS-1 #1245 line item quantity：不是数字 many" in row["text"]
    page = client.get(reverse("kernel:job", args=[job.pk])).content.decode()
    assert "不是数字" in page
    assert job.result["remarks"][0] in page
    file = b"".join(client.get(reverse("kernel:job_file", args=[job.pk])).streaming_content)  # type: ignore[attr-defined]
    assert ["1245", "SCMS-1", "未导入", "line item quantity", "不是数字", "many"] in [
        found[1:] for found in csv.reader(io.StringIO(file.decode("utf-8-sig")))
    ]
    again = run(send(client, path))
    assert (dict(again.result["counts"])["新订单"], dict(again.result["counts"])["此前已导入的订单"]) == (0, 1)
    assert job.title in client.get(reverse("integrations:import_page")).content.decode()


def test_what_cannot_be_read_is_refused_at_once(actor, tmp_path):
    client = htmx_client(actor)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    refused = send(client, tmp_path / "other.csv")
    assert refused.status_code == 422
    assert "缺少这些列" in refused.content.decode()
    good = some_rows(tmp_path / "h.csv", "SCMS-1")
    for response in (send(client, good, mapping="../x"), client.post(reverse("integrations:history"))):
        assert response.status_code == 422
    assert not Job.objects.exists()


def test_cancelling_keeps_what_was_written(actor, tmp_path, monkeypatch):
    monkeypatch.setattr("gendan.integrations.history.load.BATCH", 1)

    def stop(_run):
        raise JobCancelled

    monkeypatch.setattr(JobRun, "check_cancelled", stop)
    job = run(send(signed_in_client(actor), some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-4")))
    assert job.state == "cancelled"
    assert PurchaseOrder.objects.filter(company_id=actor.company_id).count() == 1


def test_only_who_may_do_all_of_it_is_offered_it(actor, tmp_path):
    company = Company.objects.get(pk=actor.company_id)
    path = some_rows(tmp_path / "h.csv", "SCMS-1")
    for other in (make_actor(company, roles=["buyer"]), make_actor(company, permissions=("*",), limit="1000")):
        client = signed_in_client(other)
        assert "导入历史订单" not in client.get(reverse("integrations:import_page")).content.decode()
        assert send(client, path).status_code == 403
