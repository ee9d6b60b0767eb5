"""Departments and superiors: a tree without circles, and who stands above whom."""

from __future__ import annotations

import pytest

from gendan.accounts import commands, queries
from gendan.accounts.errors import DepartmentInUse
from gendan.accounts.models import Company, Department, Membership, User
from gendan.accounts.tests.make import api_client, make_actor, make_company, make_stranger, make_user, signed_in_client
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale
from gendan.kernel.verify import CHECKS

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def admin(company: Company) -> Actor:
    return make_actor(company, roles=["admin"], username="boss")


def person(company: Company, username: str, superior: User | None = None, department: str = "") -> User:
    """A member below a superior, in a department."""
    user = make_user(company, username=username)
    found = Membership.objects.get(company=company, user=user)
    found.superior = superior
    found.save()
    if department:
        boss = make_actor(company, permissions=["accounts.update_user"])
        commands.update_user(actor=boss, username=username, department=department)
    return user


def made(actor: Actor, code: str, name: str = "部门", parent: str = "", head: str = "") -> str:
    return commands.save_department(actor=actor, code=code, name=name, parent=parent, head=head).number


def test_departments_are_a_tree_with_heads_and_people(company: Company, admin: Actor) -> None:
    made(admin, "buy", "采购部", head="boss")
    made(admin, "BUY-E", "电子采购组", parent="BUY")
    made(admin, "SELL", "销售部")
    person(company, "li", department="buy-e")
    shown = [(d["code"], d["depth"], d["head"], d["people"]) for d in queries.departments(admin)]
    assert shown == [("BUY", 0, "boss", 0), ("BUY-E", 1, "", 1), ("SELL", 0, "", 0)]
    assert [m["username"] for m in queries.members(admin, department="BUY-E").items] == ["li"]
    with pytest.raises(Stale):
        commands.save_department(actor=admin, code="BUY", name="采购中心", version=7)


def test_a_department_is_not_below_itself(admin: Actor) -> None:
    made(admin, "A")
    made(admin, "B", parent="A")
    made(admin, "C", parent="B")
    for parent in ("A", "C"):
        with pytest.raises(Invalid, match="下级部门"):
            made(admin, "A", parent=parent)
    with pytest.raises(Invalid, match="在用成员"):
        made(admin, "D", head=User.objects.get(pk=make_stranger().user_id or 0).username)
    with pytest.raises(Invalid, match="没有部门"):
        made(admin, "D", parent="NONE")


def test_a_department_with_people_or_departments_stays(company: Company, admin: Actor) -> None:
    made(admin, "A")
    made(admin, "B", parent="A")
    person(company, "li", department="A")
    with pytest.raises(DepartmentInUse, match="1 位成员、1 个下级部门"):
        commands.delete_department(actor=admin, code="A")
    commands.delete_department(actor=admin, code="B")
    commands.update_user(actor=admin, username="li", department="")
    commands.delete_department(actor=admin, code="A")
    with pytest.raises(NotFound):
        queries.department(admin, "A")


def test_nobody_is_above_themselves(company: Company, admin: Actor) -> None:
    top = person(company, "top")
    middle = person(company, "middle", top)
    person(company, "low", middle)
    with pytest.raises(Invalid, match="下属"):
        commands.update_user(actor=admin, username="top", superior="low")
    commands.update_user(actor=admin, username="low", superior="top")


def test_superiors_so_many_levels_up(company: Company, admin: Actor) -> None:
    top = person(company, "top")
    middle = person(company, "middle", top)
    low, other = person(company, "low", middle), person(company, "other", top)
    everybody = [low.pk, other.pk, top.pk]
    assert queries.superiors_of(company.pk, everybody) == {low.pk: middle.pk, other.pk: top.pk}
    assert queries.superiors_of(company.pk, everybody, 2) == {low.pk: top.pk}
    Membership.objects.filter(user=middle).update(is_active=False)
    assert queries.superiors_of(company.pk, [low.pk]) == {low.pk: top.pk}  # who is shut out is passed over


def test_the_head_is_the_nearest_other_who_is_there(company: Company, admin: Actor) -> None:
    chief, head, clerk = person(company, "chief"), person(company, "head"), person(company, "clerk")
    made(admin, "ALL", head="chief")
    made(admin, "BUY", parent="ALL", head="head")
    made(admin, "BUY-E", parent="BUY")
    for username, department in (("clerk", "BUY-E"), ("head", "BUY"), ("chief", "ALL")):
        commands.update_user(actor=admin, username=username, department=department)
    people = [clerk.pk, head.pk, chief.pk, admin.user_id or 0]
    assert queries.heads_of(company.pk, people) == {clerk.pk: head.pk, head.pk: chief.pk}
    Membership.objects.filter(user=head).update(is_active=False)
    assert queries.heads_of(company.pk, [clerk.pk]) == {clerk.pk: chief.pk}


def test_departments_by_page_and_api(company: Company, admin: Actor) -> None:
    page, api = signed_in_client(admin), api_client(admin)
    page.post("/departments/new", {"code": "BUY", "name": "采购部", "head": "boss"})
    assert api.put("/departments/BUY-E", {"name": "电子组", "parent": "BUY"}).status_code == 200
    api.patch("/users/boss", {"department": "BUY-E"})
    assert api.get("/users/boss").json()["department"] == "BUY-E"
    shown = page.get("/departments/").content.decode()
    assert "采购部" in shown
    assert "电子组" in shown
    assert "采购部" in page.get("/departments/BUY-E").content.decode()
    below = page.get("/departments/BUY").content.decode()
    assert 'value="BUY-E"' not in below  # it cannot be put below itself
    assert "电子组" in page.get("/users/?department=BUY-E").content.decode()
    assert api.delete("/departments/BUY").status_code == 409
    clerk = make_actor(company, permissions=["accounts.view"])
    assert signed_in_client(clerk).get("/departments/").status_code == 200
    with pytest.raises(Forbidden):
        made(clerk, "X")


def test_verify_finds_circles_and_strangers(company: Company, admin: Actor) -> None:
    def wrong() -> list[str]:
        return [row.what for row in CHECKS["accounts.departments"].find(company.pk)]

    made(admin, "A")
    made(admin, "B", parent="A")
    li = person(company, "li", department="B")
    assert wrong() == []
    Department.objects.filter(code="A", company=company).update(
        parent=Department.objects.get(code="B", company=company), head=make_user(make_company())
    )
    Membership.objects.filter(user=li).update(superior=li)
    assert wrong() == ["department A", "department A", "department B", f"user {li.pk}"]
