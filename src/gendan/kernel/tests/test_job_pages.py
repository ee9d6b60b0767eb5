"""Pages and API of long work: progress, result, cancel; one's own, or everybody's with a permission."""

from __future__ import annotations

import io
from typing import Any

import pytest

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, make_actor, make_stranger, signed_in_client
from gendan.kernel import files, jobs
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, NotFound, WrongState
from gendan.kernel.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor() -> Actor:
    return make_actor()


def make_job(actor: Actor, state: str = "running", **fields: Any) -> Job:
    given = {"kind": "import", "title": "导入产品", "done": 3, "total": 10, "message": "第 3 行"} | fields
    return Job.objects.create(company_id=actor.company_id, user_id=actor.user_id, state=state, **given)


def page(actor: Actor, job: Job) -> str:
    return signed_in_client(actor).get(f"/jobs/{job.pk}").content.decode()


def test_a_running_job_asks_again_by_itself(actor: Actor):
    shown = page(actor, make_job(actor))
    assert 'hx-trigger="every 1s"' in shown
    assert "第 3 行" in shown


def test_a_finished_job_shows_its_result_and_asks_no_more(actor: Actor):
    stored = files.store_file(io.BytesIO(b"a,b\n"))
    kept = {"name": "结果.csv", "media_type": "text/csv", "sha256": stored.sha256, "size": 4}
    job = make_job(
        actor,
        "done",
        result={
            "counts": {"新建": 7},
            "rows": [{"line": 4, "text": "编码重复"}],
            "links": [{"text": "看产品", "url": "/catalog/products"}],
            "file": kept,
        },
    )
    shown = page(actor, job)
    assert "every 1s" not in shown
    for text in ("新建", "编码重复", "看产品", "结果.csv"):
        assert text in shown
    got = signed_in_client(actor).get(f"/jobs/{job.pk}/file")
    assert b"".join(got.streaming_content) == b"a,b\n"  # type: ignore[attr-defined]


def test_a_job_without_a_file_has_none(actor: Actor):
    assert signed_in_client(actor).get(f"/jobs/{make_job(actor).pk}/file").status_code == 404


def test_the_list_is_mine_and_everybodys_with_a_permission(actor: Actor):
    company = Company.objects.get(pk=actor.company_id)
    make_job(actor, title="我的导入")
    colleague = make_actor(company, permissions=[])
    assert "我的导入" not in signed_in_client(colleague).get("/jobs/").content.decode()
    assert signed_in_client(colleague).get("/jobs/?who=all").status_code == 403
    keeper = make_actor(company, permissions=["kernel.view_jobs"])
    assert "我的导入" in signed_in_client(keeper).get("/jobs/?who=all").content.decode()
    assert "我的导入" not in signed_in_client(make_stranger()).get("/jobs/?who=all").content.decode()


def test_the_list_pages_by_key(actor: Actor):
    made = [make_job(actor).pk for _ in range(5)]
    first = jobs.jobs_of(actor, limit=3)
    rest = jobs.jobs_of(actor, limit=3, after=first.after)
    assert [job.pk for job in [*first.items, *rest.items]] == made[::-1]


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_asked(actor: Actor):
    waiting, running = make_job(actor, "waiting"), make_job(actor)
    assert jobs.cancel_job(actor=actor, job_id=waiting.pk).state == "cancelled"
    assert jobs.cancel_job(actor=actor, job_id=running.pk).state == "running"
    waiting.refresh_from_db()
    running.refresh_from_db()
    assert waiting.finished_at
    assert running.cancel_requested
    assert running.finished_at is None
    assert "正在停止" in page(actor, running)


def test_what_has_ended_cannot_be_cancelled(actor: Actor):
    with pytest.raises(WrongState, match="已完成"):
        jobs.cancel_job(actor=actor, job_id=make_job(actor, "done").pk)


def test_strangers_and_colleagues_see_and_stop_nothing(actor: Actor):
    job = make_job(actor)
    colleague = make_actor(Company.objects.get(pk=actor.company_id), permissions=[])
    for who, refusal in ((make_stranger(), NotFound), (colleague, Forbidden)):
        with pytest.raises(refusal):
            jobs.visible_job(who, job.pk)
        with pytest.raises(refusal):
            jobs.cancel_job(actor=who, job_id=job.pk)


def test_programs_follow_a_job(actor: Actor):
    job = make_job(actor)
    api = api_client(actor)
    assert api.get(f"/jobs/{job.pk}").json()["done"] == 3
    assert [item["id"] for item in api.get("/jobs").json()["items"]] == [job.pk]
    assert api.post(f"/jobs/{job.pk}/cancel").status_code == 200
