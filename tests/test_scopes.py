"""Who sees a part of the company: own documents, a department's, a warehouse's, a group of suppliers, a category.

That nothing of the rest is found through any door, is asked of every door by tests/test_access_matrix.py. Here: what is
within is seen, counted, exported and worked on as before, and who is not narrowed pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts import commands as accounts
from gendan.accounts.errors import BeyondOwnScope
from gendan.accounts.models import Company, Role
from gendan.accounts.queries import FieldRight, known_permissions
from gendan.accounts.tests.make import actor_for, api_client, make_user, signed_in_client
from gendan.catalog import queries as catalog
from gendan.catalog.tests import make as catalog_make
from gendan.kernel import scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS
from gendan.kernel.errors import NotFound
from gendan.purchasing import commands as purchasing
from gendan.purchasing.queries import agenda
from gendan.purchasing.queries.lines import open_line_counts, open_lines
from gendan.purchasing.queries.orders import OrderFilter, count_orders, list_orders
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests import make as purchasing_make
from gendan.sales import commands as sales
from gendan.sales.queries.allocation import allocation_of
from gendan.sales.queries.orders import OrderFilter as SalesFilter
from gendan.sales.queries.orders import list_orders as list_sales
from gendan.sales.rules.lines import LineIn as SalesLineIn

pytestmark = pytest.mark.django_db
EVERYTHING = sorted(known_permissions())


@pytest.fixture
def world() -> purchasing_make.World:
    return purchasing_make.make_world()


def company_of(world: purchasing_make.World) -> Company:
    return Company.objects.get(pk=world.actor.company_id)


def narrowed(world: purchasing_make.World, name: str, permissions: Iterable[str] = EVERYTHING, **scope_: Any) -> Actor:
    """A colleague who may do all this, of a role that is narrowed."""
    user = make_user(company_of(world), permissions=permissions, limit=None, username=name)
    role = user.memberships.get().roles.get()
    accounts.save_role_scope(actor=world.actor, code=role.code, **scope_)
    return actor_for(user)


def ordered(world: purchasing_make.World, actor: Actor, **more: Any) -> str:
    given = {"supplier": "S001", "warehouse": "MAIN", "lines": [LineIn("BOLT", Decimal(5), Decimal(1))]} | more
    return purchasing.create_order(actor=actor, **given).number


def seen(actor: Actor) -> set[str]:
    return {row["number"] for row in list_orders(actor, OrderFilter(state="all")).items}


def test_own_orders_through_list_count_lines_search_page_and_api(world: purchasing_make.World) -> None:
    li = narrowed(world, "li", documents={"purchasing": "own"})
    mine, other = ordered(world, li), ordered(world, world.actor)
    for number in (mine, other):
        purchasing.submit_order(actor=world.actor, number=number)
    assert seen(world.actor) == {mine, other}
    assert seen(li) == {mine}
    assert sum(count_orders(li, OrderFilter()).values()) == 1
    assert open_line_counts(li)["all"] == 1
    assert {row["order_number"] for row in open_lines(li).items} == {mine}
    assert [row["number"] for row in agenda.waiting(li, "orders_to_confirm").rows] == [mine]
    assert [row["number"] for row in agenda.documents_by_number(li, [mine, other])] == [mine]
    page, api = signed_in_client(li), api_client(li)
    assert page.get(f"/po/{mine}").status_code == 200
    assert page.get(f"/po/{other}").status_code == 404
    assert other not in page.get("/po/").content.decode()
    assert api.get(f"/purchase-orders/{other}").status_code == 404
    assert api.get(f"/documents/po/{other}/comments").status_code == 404
    assert [row["number"] for row in api.get("/purchase-orders?state=all").json()["items"]] == [mine]


def test_nobody_changes_what_they_do_not_see(world: purchasing_make.World) -> None:
    li = narrowed(world, "li", documents={"purchasing": "own"})
    mine, other = ordered(world, li), ordered(world, world.actor)
    with pytest.raises(NotFound):
        purchasing.submit_order(actor=li, number=other)
    with pytest.raises(NotFound):
        purchasing.create_shipment(actor=li, orders=[mine, other])
    answer = api_client(li).post(f"/purchase-orders/{other}/cancel", {"reason": "x"})
    assert answer.status_code == 404
    purchasing.submit_order(actor=li, number=mine)
    purchasing.cancel_order(actor=li, number=mine, reason=f"{other}")  # a reason names nothing


def test_a_department_sees_what_is_below_it_and_follows_its_people(world: purchasing_make.World) -> None:
    for code, parent in (("BUY", ""), ("BUY-E", "BUY"), ("SELL", "")):
        accounts.save_department(actor=world.actor, code=code, name=code, parent=parent)
    head = narrowed(world, "head", documents={"purchasing": "department"})
    clerk = narrowed(world, "clerk", documents={"purchasing": "department"})
    numbers = ordered(world, head), ordered(world, clerk), ordered(world, world.actor)
    assert seen(head) == {numbers[0]}  # without a department: their own
    for name, department in (("head", "BUY"), ("clerk", "BUY-E")):
        accounts.update_user(actor=world.actor, username=name, department=department)
    assert seen(head) == set(numbers[:2])
    assert seen(clerk) == {numbers[1]}
    accounts.update_user(actor=world.actor, username="clerk", department="SELL")
    assert seen(head) == {numbers[0]}


def test_warehouse_supplier_group_and_category_narrow_together_and_roles_add_up(world: purchasing_make.World) -> None:
    company = company_of(world)
    catalog_make.make_warehouse(company, "EAST2", "东二")
    catalog_make.make_supplier(company, "S002")
    from gendan.catalog import commands

    for row in ({"code": "S001", "supplier_group": "五金"}, {"code": "S002", "supplier_group": "化工"}):
        commands.save_rows(actor=world.actor, resource="partners", rows=[row], atomic=True)
    a = ordered(world, world.actor)
    b = ordered(world, world.actor, supplier="S002")
    c = ordered(world, world.actor, warehouse="EAST2")
    metal = narrowed(world, "metal", supplier_groups=["五金"])
    east = narrowed(world, "east", warehouses=["EAST2"])
    both = narrowed(world, "both", supplier_groups=["五金"], warehouses=["EAST2"])
    assert (seen(metal), seen(east), seen(both)) == ({a, c}, {c}, {c})
    assert {row["code"] for row in catalog.rows(metal, "partners").items} >= {"S001"}
    assert "S002" not in {row["code"] for row in catalog.rows(metal, "partners").items}
    with pytest.raises(NotFound):
        ordered(world, metal, supplier="S002")
    with pytest.raises(NotFound):
        ordered(world, east)
    roles = [user.memberships.get().roles.get().code for user in _users("metal", "east")]
    accounts.set_member_roles(actor=world.actor, username="both", roles=roles)
    assert seen(actor_for(_users("both")[0])) == {a, c}
    del b


def test_a_role_for_something_else_opens_nothing(world: purchasing_make.World) -> None:
    li = narrowed(world, "li", ["purchasing.view", "purchasing.create_order", "sales.view"],
                  documents={"purchasing": "own"})  # fmt: skip
    number = ordered(world, world.actor)
    user = _users("li")[0]
    Role.objects.create(company=company_of(world), code="helper", name="x", permissions=["accounts.view"])
    accounts.set_member_roles(
        actor=world.actor, username="li", roles=[user.memberships.get().roles.get().code, "helper"]
    )
    assert seen(actor_for(user)) == set()
    Role.objects.create(company=company_of(world), code="viewer", name="x", permissions=["purchasing.view"])
    accounts.set_member_roles(actor=world.actor, username="li", roles=["helper", "viewer"])
    assert seen(actor_for(user)) == {number}
    assert scope.condition(li, "so", "o") == ""  # the documents of sales are not narrowed


def test_sales_documents_belong_to_their_salespeople(world: purchasing_make.World) -> None:
    catalog_make.make_customer(company_of(world), "C001")
    seller = narrowed(world, "seller", documents={"sales": "own"})

    def sold(actor: Actor) -> str:
        lines = [SalesLineIn("BOLT", Decimal(2), Decimal(3))]
        return sales.create_order(actor=actor, customer="C001", warehouse="MAIN", lines=lines).number

    mine, other = sold(seller), sold(world.actor)
    assert {row["number"] for row in list_sales(seller, SalesFilter(state="all")).items} == {mine}
    with pytest.raises(NotFound):
        sales.submit_order(actor=seller, number=other)
    for number in (mine, other):
        sales.submit_order(actor=world.actor, number=number)
    shown = {row["number"]: row["customer"] for row in allocation_of(seller, "BOLT").demand}
    assert shown.keys() == {mine, other}  # what others need counts, too
    assert shown[mine]
    assert not shown[other]


def test_who_sees_a_part_sets_no_rights(world: purchasing_make.World) -> None:
    li = narrowed(world, "li", documents={"purchasing": "own"})
    role = _users("li")[0].memberships.get().roles.get().code
    for call in (
        lambda: accounts.save_role_scope(actor=li, code=role),
        lambda: accounts.set_member_roles(actor=li, username="li", roles=["buyer"]),
        lambda: accounts.update_user(actor=li, username="li", department=""),
    ):
        with pytest.raises(BeyondOwnScope):
            call()


def test_the_audit_of_who_sees_a_part_is_about_that_part(world: purchasing_make.World) -> None:
    li = narrowed(world, "li", documents={"purchasing": "own"})
    mine, other = ordered(world, li), ordered(world, world.actor)
    page, api = signed_in_client(li), api_client(li)
    seen = {row["number"] for row in api.get("/audit?limit=200").json()["items"]}
    assert mine in seen
    assert other not in seen
    assert "li" not in seen  # how people and roles were set is nobody's part
    assert api.get(f"/audit?number={other}").status_code == 404
    shown = page.get("/audit").content.decode()
    assert mine in shown
    assert other not in shown
    book = b"".join(page.get("/audit?export=csv").streaming_content).decode()  # type: ignore[attr-defined]
    assert mine in book
    assert other not in book
    assert api.get("/duties").status_code == 403  # is about the whole company
    blind = narrowed(world, "wang", ["purchasing.view"], documents={"purchasing": "own"})
    assert api_client(blind).get("/audit").status_code == 403
    accounts.save_field_rights(
        actor=world.actor,
        code=_users("li")[0].memberships.get().roles.get().code,
        rights=[FieldRight("po", "note", "hidden")],
    )
    assert api.get("/audit").status_code == 403  # what was written of a field stands in more than its changes


def test_every_kind_of_document_says_how_it_is_narrowed() -> None:
    """A new kind without a reach would be seen by everybody."""
    models = {kind: model for kind, model in KINDS.items() if not model._meta.abstract}
    without = {kind for kind in models if kind not in scope.kinds() and not kind.startswith("test")}
    assert without == set()


def test_who_is_not_narrowed_pays_nothing(world: purchasing_make.World, django_assert_num_queries: Any) -> None:
    number = ordered(world, world.actor)
    assert world.actor.scope is None
    assert all(scope.condition(world.actor, kind, "x") == "" for kind in scope.kinds())
    with django_assert_num_queries(0):
        scope.demand(world.actor, {"number": number})
    li = replace(narrowed(world, "li", documents={"purchasing": "own"}))
    with django_assert_num_queries(1), pytest.raises(NotFound):
        scope.demand(li, {"number": number, "order": number, "lines": [{"order": number}]})


def _users(*names: str) -> list[Any]:
    from gendan.accounts.models import User

    return [User.objects.get(username=name) for name in names]
