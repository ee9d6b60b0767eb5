"""People and departments out of files, over the API, and the links by which who is new gets in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gendan.accounts import commands
from gendan.accounts.errors import BeyondOwnScope
from gendan.accounts.models import Department, Membership, Role, User
from gendan.accounts.tests.make import (
    actor_for,
    api_client,
    join,
    make_actor,
    make_company,
    make_user,
    signed_in_client,
)
from gendan.integrations.commands import TASK
from gendan.kernel import jobs
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden
from gendan.kernel.models import Event, Job

pytestmark = pytest.mark.django_db
ADMIN = {"accounts.create_user", "accounts.update_user", "accounts.set_member_roles", "accounts.deactivate_member"}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def outcomes(done: Any) -> list[tuple[str, str]]:
    """(status, first problem) of every row."""
    return [(o["status"], next(iter(o["errors"].values()), "")) for o in done.data["outcomes"]]


def save(actor: Actor, *rows: Mapping[str, object], **how: bool) -> list[tuple[str, str]]:
    return outcomes(commands.save_people(actor=actor, rows=rows, **how))


def member(actor: Actor, username: str) -> Membership:
    return Membership.objects.select_related("user", "superior", "department").get(
        company_id=actor.company_id, user__username=username
    )


def export(client: Client, resource: str) -> bytes:
    response = client.get(reverse("integrations:export", args=[resource]), {"format": "csv"})
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def bring(client: Client, resource: str, content: bytes, name: str = "x.csv") -> Job:
    """A file by the page, as a person does: choose, preview, import."""
    upload = SimpleUploadedFile(name, content)
    there = client.post(reverse("integrations:upload"), {"resource": resource, "file": upload})
    assert there.status_code == 302, there.content
    assert client.get(there["Location"]).status_code == 200
    assert client.post(there["Location"], {"then": "import"}).status_code == 302
    job = Job.objects.latest("pk")
    jobs.execute(job.pk, TASK)
    job.refresh_from_db()
    return job


def filled() -> Actor:
    """A company with departments, heads, superiors, roles, and somebody who was shut out."""
    actor = make_actor(roles=["admin"], username="chef")
    commands.save_department(actor=actor, code="CG", name="采购部")
    commands.save_department(actor=actor, code="CG1", name="采购一组", parent="CG")
    assert save(
        actor,
        {"username": "lina", "name": "李娜", "email": "lina@example.com", "roles": "buyer;采购主管",
         "department": "CG"},
        {"username": "zhang", "name": "=张", "phone": "+86 138", "superior": "LiNa", "department": "采购一组",
         "language": "English"},
        {"username": "gone", "name": "走了", "is_active": "否"},
    ) == [("created", "")] * 3  # fmt: skip
    commands.save_department(actor=actor, code="CG", name="采购部", head="lina")
    return actor


def test_what_was_exported_is_imported_again_unchanged_by_page():
    actor = filled()
    client = signed_in_client(actor)
    before = Event.objects.filter(company_id=actor.company_id, type__startswith="accounts.").count()
    for resource, rows in (("people", 4), ("departments", 2)):
        content = export(client, resource)
        table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert len(table) == rows + 1
        assert not any("密码" in header for header in table[0])
        job = bring(client, resource, content)
        assert job.state == "done", job.message
        assert job.result["counts"] == {"新建": 0, "更新": 0, "无变化": rows, "有问题": 0}
    assert Event.objects.filter(company_id=actor.company_id, type__startswith="accounts.").count() == before
    found = member(actor, "zhang")
    assert (found.superior.username, found.department.code, found.user.language) == ("lina", "CG1", "en")  # type: ignore[union-attr]
    assert {role.code for role in member(actor, "lina").roles.all()} == {"buyer", "purchasing_manager"}
    assert not member(actor, "gone").is_active


def test_a_company_is_filled_from_the_files_of_another():
    """Departments without heads, people, then the heads: all that a company has to do."""
    source = signed_in_client(filled())
    people, departments = export(source, "people"), export(source, "departments")
    User.objects.update(username=Concat("username", Value("-old")), email="")
    actor = make_actor(roles=["admin"], username="neu")
    client = signed_in_client(actor)
    job = bring(client, "departments", departments)
    assert job.result["counts"]["有问题"] == 2  # whose head is not here yet, and what is below it
    bring(client, "departments", re.sub(rb",lina\r", b",\r", departments))
    bring(client, "people", people)
    bring(client, "departments", departments)
    assert Department.objects.get(company_id=actor.company_id, code="CG").head.username == "lina"  # type: ignore[union-attr]
    assert member(actor, "zhang").superior.username == "lina"  # type: ignore[union-attr]
    assert not member(actor, "zhang").user.has_usable_password()


def test_nobody_is_given_more_than_the_importer_has():
    boss = make_actor(roles=["admin"])
    company = boss.company_id
    clerk = make_actor(_company(boss), permissions=ADMIN | {"purchasing.view"}, limit="100")
    Role.objects.create(company_id=company, code="looks", name="看", permissions=["purchasing.view"], amount_limit=0)
    Role.objects.create(company_id=company, code="rich", name="富", permissions=[], amount_limit=None)
    make_user(_company(boss), roles=["admin"], username="second")
    assert save(clerk, {"username": "a", "name": "甲", "roles": "looks"}) == [("created", "")]
    got = save(
        clerk,
        {"username": "b", "name": "乙", "roles": "admin"},
        {"username": "c", "name": "丙", "roles": "rich"},
        {"username": "a", "roles": "looks;admin"},
        {"username": "second", "email": "mine@example.com"},  # a way to a new password
        {"username": "second", "is_active": "否"},
    )
    assert [status for status, _why in got] == ["failed"] * 5
    assert "全部权限" in got[0][1]
    assert "审批金额上限" in got[1][1]
    assert "全部权限" in got[3][1]
    assert not User.objects.filter(username__in="bc").exists()


def _company(actor: Actor) -> Any:
    from gendan.accounts.models import Company

    return Company.objects.get(pk=actor.company_id)


def test_each_row_asks_for_the_right_to_what_it_does():
    boss = filled()
    may = make_actor(_company(boss), permissions={"accounts.update_user", "kernel.audit"})
    got = save(
        may,
        {"username": "new", "name": "新"},
        {"username": "gone", "is_active": "是"},
        {"username": "lina", "is_active": "否"},
        {"username": "zhang", "roles": "buyer"},
        {"username": "zhang2"},
    )
    assert all((status == "failed" and "权限" in why) or "必填" in why for status, why in got), got
    with pytest.raises(Forbidden):
        save(make_actor(_company(boss), permissions={"accounts.view"}), {"username": "x", "name": "x"})


def test_who_sees_a_part_of_the_company_brings_in_nobody():
    boss = filled()
    commands.save_role(
        actor=boss, code="part", name="部分", permissions=[*ADMIN, "purchasing.view", "accounts.save_department"]
    )
    commands.save_role_scope(actor=boss, code="part", documents={"purchasing": "own"})
    actor = actor_for(make_user(_company(boss), roles=["part"]))
    with pytest.raises(BeyondOwnScope):
        save(actor, {"username": "x", "name": "x"})
    with pytest.raises(BeyondOwnScope):
        commands.save_departments(actor=actor, rows=[{"code": "X", "name": "x"}])
    with pytest.raises(BeyondOwnScope):  # a department below one's own would be seen, too
        commands.save_department(actor=actor, code="CG", name="采购部", parent="CG1")


def test_other_companies_people_are_neither_changed_nor_taken_over():
    boss, other = filled(), make_actor(roles=["admin"], username="fremd", email="fremd@example.com")
    join(other.company_id, User.objects.get(username="zhang"))
    got = save(
        boss,
        {"username": "FREMD", "name": "别人"},
        {"username": "zhang", "name": "改名"},
        {"username": "lina", "email": "FREMD@example.com"},
    )
    assert [status for status, _why in got] == ["failed"] * 3
    assert "邀请已有用户" in got[0][1]
    assert "其他公司" in got[1][1]
    assert "已被其他用户使用" in got[2][1]
    # what is the company's own of them may be changed: their place here
    assert save(boss, {"username": "zhang", "department": ""}) == [("updated", "")]


def test_superiors_and_departments_make_no_circle_and_the_last_administrator_stays():
    boss = filled()
    got = save(boss, {"username": "lina", "superior": "zhang"}, {"username": "chef", "roles": "buyer"})
    assert "下属" in got[0][1]
    assert "管理员" in got[1][1]
    # turned round in one file, nothing is wrong with it
    assert (
        save(boss, {"username": "lina", "superior": "zhang"}, {"username": "zhang", "superior": ""})
        == [("updated", "")] * 2
    )
    assert "在用成员" in save(boss, {"username": "zhang", "superior": "gone"})[0][1]
    assert "在用成员" in save(boss, {"username": "zhang", "superior": "zhang"})[0][1]
    done = commands.save_departments(
        actor=boss, rows=[{"code": "CG", "parent": "CG1"}, {"code": "NEW", "name": "新", "parent": "CG"}]
    )
    assert outcomes(done) == [("failed", "部门不能放在自己或自己的下级部门之下。"), ("created", "")]
    done = commands.save_departments(
        actor=boss,
        rows=[{"code": "ci1", "name": "一", "parent": "ci2"}, {"code": "ci2", "name": "二", "parent": "CI1"}],
    )
    assert [status for status, _why in outcomes(done)] == ["failed", "failed"]


def test_over_the_api_all_or_none_and_trying_it_out():
    boss = filled()
    api = api_client(boss)
    rows: list[dict[str, object]] = [
        {"username": "n1", "name": "一", "roles": ["buyer"]},
        {"username": "n2", "name": ""},
    ]
    answer = api.post("/bulk/people?atomic=true", {"rows": rows}).json()
    assert answer["counts"] == {"skipped": 1, "failed": 1}
    assert save(boss, *rows, dry_run=True)[0] == ("created", "")
    assert not User.objects.filter(username__in=["n1", "n2"]).exists()
    assert api.post("/bulk/people", {"rows": rows}).json()["counts"] == {"created": 1, "failed": 1}
    assert api.post("/bulk/people", {"rows": [{"username": "n3", "name": "三", "password": "kuaile-cangku-7"}]}).json()[
        "counts"
    ] == {"failed": 1}
    stranger = api_client(make_actor(make_company(), roles=["admin"]))
    stranger.post("/bulk/departments", {"rows": [{"code": "CG", "name": "变"}]})
    assert Department.objects.get(company_id=boss.company_id, code="CG").name == "采购部"


def test_many_people_cost_as_many_statements_as_few():
    boss = filled()

    def cost(count: int, tag: str) -> int:
        rows: list[dict[str, object]] = [
            {"username": f"{tag}{n}", "name": "x", "roles": "buyer", "department": "CG"} for n in range(count)
        ]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert set(save(boss, *rows)) == {("created", "")}
        return len(seen)

    assert cost(2, "few") == cost(60, "many") <= 22


def test_who_is_new_chooses_a_password_behind_a_link_and_signs_in_with_it():
    boss = filled()
    client, visitor = signed_in_client(boss), Client()
    shown = client.post(reverse("accounts:user_links"), {"ids": ["lina", "zhang"]}).content.decode()
    links = re.findall(r"http://testserver(/password/\S+?)\"", shown)
    mine = links[0]
    page = visitor.get(mine)
    assert page.status_code == 200
    assert "lina" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    weak = visitor.post(mine, {"password": "123", "again": "123"})
    assert weak.status_code == 422
    assert "至少 8 位" in weak.content.decode()
    assert visitor.post(mine, {"password": "kuaile-cangku-9", "again": "x"}).status_code == 422
    assert visitor.post(mine, {"password": "kuaile-cangku-9", "again": "kuaile-cangku-9"}).status_code == 302
    assert visitor.get(mine).status_code == 404  # used
    assert visitor.post(mine, {"password": "kuaile-cangku-8", "again": "kuaile-cangku-8"}).status_code == 404
    user = User.objects.get(username="lina")
    assert user.check_password("kuaile-cangku-9")
    assert visitor.post(reverse("account_login"), {"login": "lina", "password": "kuaile-cangku-9"}).status_code == 302
    told = set(Event.objects.filter(company_id=boss.company_id, subject_id=user.pk).values_list("type", flat=True))
    assert {"accounts.sign_in_link_made", "accounts.password_chosen", "accounts.signed_in"} <= told
    assert "/password/" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_link_is_made_only_for_whom_one_may_and_dies_with_the_place():
    boss = filled()
    clerk = make_actor(_company(boss), permissions={"accounts.reset_password"})
    api, weak = api_client(boss), api_client(clerk)
    made = api.post("/users/zhang/sign-in-link")
    assert made.status_code == 201
    assert made.json()["url"].startswith("http://testserver/password/")
    assert weak.post("/users/chef/sign-in-link").json()["code"] == "accounts.BeyondOwnRights"
    assert weak.post("/users/zhang/sign-in-link").status_code == 201
    assert api.post("/users/gone/sign-in-link").json()["code"] == "accounts.NotIn"
    assert api_client(make_actor(make_company(), roles=["admin"])).post("/users/zhang/sign-in-link").status_code == 404
    path = made.json()["url"].removeprefix("http://testserver")
    commands.deactivate_member(actor=boss, username="zhang")
    assert Client().get(path).status_code == 404
    assert Client().get(path.replace("/password/", "/password/zzzzzzzzzzzzzzzzzz")).status_code == 404
