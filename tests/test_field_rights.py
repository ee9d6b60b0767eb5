"""Fields that a role does not see, does not change, or must fill in: through every door that shows or takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts import commands as accounts
from gendan.accounts.models import Company, Role
from gendan.accounts.queries import FieldRight, known_permissions
from gendan.accounts.tests.make import actor_for, api_client, make_user, signed_in_client
from gendan.catalog import commands as catalog
from gendan.catalog.models import Partner
from gendan.catalog.queries import record
from gendan.changes import commands as changes
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.fields import FIELDS, FieldNotYours
from gendan.kernel.models import Notice
from gendan.kernel.timeline import entries
from gendan.purchasing import commands as purchasing
from gendan.purchasing.change_orders import PurchaseOrders
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.queries.drafts import draft_of
from gendan.purchasing.queries.order_detail import order_detail
from gendan.purchasing.queries.orders import OrderFilter, list_orders
from gendan.purchasing.queries.papers import orders_on_paper
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.tests import make as purchasing_make
from gendan.sales.change_orders import SalesOrders
from gendan.sales.queries.order_paper import orders_on_paper as confirmations
from gendan.sales.tests import make as sales_make

pytestmark = pytest.mark.django_db
EVERYTHING = sorted(known_permissions())
SECRET = "底价条件"


@pytest.fixture
def world() -> purchasing_make.World:
    return purchasing_make.make_world()


def clerk(
    world: purchasing_make.World, *rights: FieldRight, name: str = "li", permissions: Iterable[str] = EVERYTHING
) -> Actor:
    """A colleague with all permissions whose role says this of fields."""
    company = Company.objects.get(pk=world.actor.company_id)
    user = make_user(company, permissions=permissions, limit=None, username=name)
    code = user.memberships.get().roles.get().code
    accounts.save_field_rights(actor=world.actor, code=code, rights=rights)
    return actor_for(user)


def ordered(actor: Actor, **more: Any) -> str:
    given = {"supplier": "S001", "warehouse": "MAIN", "lines": [LineIn("BOLT", Decimal(5), Decimal("7.77"))]} | more
    return purchasing.create_order(actor=actor, **given).number


def test_a_hidden_field_is_hidden_everywhere_and_kept_by_who_edits(world: purchasing_make.World) -> None:
    li = clerk(world, FieldRight("po", "note", "hidden"))
    number = ordered(world.actor, note=SECRET)
    opened = draft_of(world.actor, number)
    purchasing.update_order(actor=world.actor, number=number, draft=replace(opened.draft, note=SECRET + "二"))
    assert list_orders(li, OrderFilter(state="all")).items[0]["note"] == ""
    assert order_detail(li, number).header["note"] == ""
    assert orders_on_paper(li, [number])[0]["note"] == ""
    subject = PurchaseOrder.objects.get(number=number)
    assert "note" not in str([entry["changes"] for entry in entries(li, [("po", subject.pk)])])
    page, api = signed_in_client(li), api_client(li)
    for address in (f"/po/{number}", f"/po/{number}/edit", "/po/?state=all", f"/po/{number}/print"):
        assert SECRET not in page.get(address, follow=True).content.decode()
    assert SECRET not in str(api.get(f"/purchase-orders/{number}").json())
    mine = draft_of(li, number).draft
    assert mine.note == ""
    purchasing.update_order(actor=li, number=number, draft=replace(mine, supplier_reference="R-1"))
    subject.refresh_from_db()
    assert (subject.note, subject.supplier_reference) == (SECRET + "二", "R-1")


def test_hidden_prices_take_the_right_to_see_them_away(world: purchasing_make.World) -> None:
    li = clerk(world, FieldRight("po", "unit_price", "hidden"))
    number = ordered(world.actor)
    assert not li.may("purchasing.view_price")
    assert li.may("purchasing.view")
    assert order_detail(li, number).lines[0]["unit_price"] is None
    assert "7.77" not in signed_in_client(li).get(f"/po/{number}").content.decode()
    assert "7.77" not in str(api_client(li).get(f"/purchase-orders/{number}").json())


def test_a_read_only_field_is_shown_and_refused_by_name(world: purchasing_make.World) -> None:
    li = clerk(world, FieldRight("po", "supplier_reference", "read_only", ("draft",)))
    number = ordered(world.actor, supplier_reference="A-1")
    draft = draft_of(li, number).draft
    assert draft.supplier_reference == "A-1"
    purchasing.update_order(actor=li, number=number, draft=replace(draft, note="x"))
    with pytest.raises(FieldNotYours, match="供应商单号"):
        purchasing.update_order(actor=li, number=number, draft=replace(draft, supplier_reference="B-2"))
    assert PurchaseOrder.objects.get(number=number).supplier_reference == "A-1"
    with pytest.raises(FieldNotYours):
        ordered(li, supplier_reference="C-3")
    lines = [{"product": "BOLT", "quantity": "1", "unit_price": "1"}]
    body = {"supplier": "S001", "warehouse": "MAIN", "supplier_reference": "D-4", "lines": lines}
    answer = api_client(li).post("/purchase-orders", body)
    assert answer.status_code == 403
    assert "供应商单号" in answer.json()["message"]


def test_what_is_required_in_a_state_is_asked_for_beside_its_field(world: purchasing_make.World) -> None:
    li = clerk(world, FieldRight("po", "supplier_reference", "required", ("approved", "confirmed")))
    number = ordered(li)  # a draft may lack it
    with pytest.raises(Invalid) as refusal:
        purchasing.submit_order(actor=li, number=number)
    assert "supplier_reference" in refusal.value.data["fields"]
    draft = draft_of(li, number).draft
    purchasing.update_order(actor=li, number=number, draft=replace(draft, supplier_reference="A-1"))
    assert purchasing.submit_order(actor=li, number=number).state == "approved"


def test_master_data_hides_and_fixes_fields_alike(world: purchasing_make.World) -> None:
    catalog.save_partner(actor=world.actor, values={"code": "S001", "note": SECRET, "address": "路 1 号"}, new=False)
    li = clerk(world, FieldRight("partner", "note", "hidden"), FieldRight("partner", "address", "read_only"))
    seen = record(li, "partners", "S001")
    assert (seen["note"], seen["address"]) == ("", "路 1 号")
    catalog.save_partner(actor=li, values={"code": "S001", "note": "", "short_name": "短"}, new=False)
    assert Partner.objects.get(code="S001", company_id=li.company_id).note == SECRET
    with pytest.raises(FieldNotYours, match="地址"):
        catalog.save_partner(actor=li, values={"code": "S001", "address": "路 2 号"}, new=False)
    assert SECRET not in signed_in_client(li).get("/catalog/partners/S001", follow=True).content.decode()


def test_the_mildest_of_several_roles_counts(world: purchasing_make.World) -> None:
    li = clerk(world, FieldRight("po", "note", "hidden"))
    wang = clerk(world, FieldRight("po", "note", "read_only"), name="wang")
    roles = Role.objects.filter(company_id=li.company_id).exclude(field_rights=[])
    accounts.set_member_roles(actor=world.actor, username="li", roles=[role.code for role in roles])
    number = ordered(world.actor, note=SECRET)
    both = again(li)
    assert order_detail(both, number).header["note"] == SECRET
    with pytest.raises(FieldNotYours):
        purchasing.update_order(actor=both, number=number, draft=replace(draft_of(both, number).draft, note="x"))
    accounts.set_member_roles(actor=world.actor, username="li", roles=[roles[0].code, "buyer"])
    assert again(li).fields == ()
    assert wang.fields


def test_only_what_a_field_knows_can_be_said_of_it(world: purchasing_make.World) -> None:
    for right in (
        FieldRight("po", "unit_price", "required"),
        FieldRight("po", "nothing", "hidden"),
        FieldRight("po", "note", "hidden", ("flying",)),
    ):
        with pytest.raises(Invalid):
            clerk(world, right, name=f"n{right.field}{right.mode}")
    assert all(field.modes for field in FIELDS.values())


def again(actor: Actor) -> Actor:
    """The same person, resolved anew."""
    from gendan.accounts.models import User

    return actor_for(User.objects.get(pk=actor.user_id or 0))


def test_a_read_only_field_is_so_in_new_lines_and_behind_many_changes(world: purchasing_make.World) -> None:
    li = clerk(world, FieldRight("po", "required_on", "read_only"))
    number = ordered(world.actor, lines=[LineIn("BOLT", Decimal(1), Decimal(n + 1)) for n in range(60)])
    draft = draft_of(li, number).draft
    day = date(2026, 12, 24)
    more = [replace(line, quantity=Decimal(2)) for line in draft.lines]
    moved = replace(draft, lines=(*more[:-1], replace(more[-1], required_on=day)))
    added = replace(draft, lines=(*draft.lines, replace(draft.lines[0], id=None, required_on=day)))
    for wanted in (moved, added):
        with pytest.raises(FieldNotYours, match="需求日"):
            purchasing.update_order(actor=li, number=number, draft=wanted)
    added = replace(draft, lines=(*more, replace(draft.lines[0], id=None)))
    purchasing.update_order(actor=li, number=number, draft=added)
    assert PurchaseOrder.objects.get(number=number).lines.count() == 61


def test_what_is_hidden_of_a_sale_is_hidden_on_its_confirmation_and_older_versions_of_it() -> None:
    sale = sales_make.make_world()
    number = sales_make.make_order(sale, 10, note=SECRET).number
    user = make_user(Company.objects.get(pk=sale.actor.company_id), permissions=EVERYTHING, limit=None)
    role = user.memberships.get().roles.get().code
    accounts.save_field_rights(actor=sale.actor, code=role, rights=[FieldRight("so", "note", "hidden")])
    content = SalesOrders().read(sale.actor, number).content
    wanted = {**content, "payment_terms": "月结 30 天"}
    changes.create_change(actor=sale.actor, kind="so", order=number, content=wanted, submit=True)
    for name in (number, f"{number}@1"):
        assert confirmations(sale.actor, [name])[0]["note"] == SECRET
        assert confirmations(actor_for(user), [name])[0]["note"] == ""


def test_what_is_hidden_of_an_order_is_hidden_in_its_changes_and_in_what_they_tell(
    world: purchasing_make.World,
) -> None:
    li = clerk(world, FieldRight("po", "note", "hidden"), FieldRight("po", "required_on", "hidden"))
    number = purchasing_make.make_order(world, 10, note=SECRET).number
    content = PurchaseOrders().read(world.actor, number).content
    wanted = {**content, "note": SECRET + "二", "payment_terms": "月结"}
    change = changes.create_change(actor=world.actor, kind="po", order=number, content=wanted, submit=True)
    page = signed_in_client(li)
    for address in (f"/co/{change.number}", f"/po/{number}/change", f"/po/{number}/versions"):
        assert SECRET not in page.get(address).content.decode(), address
    assert SECRET not in str(entries(li, [("co", change.id)]))
    assert SECRET in str(entries(world.actor, [("co", change.id)]))
    (told,) = Notice.objects.filter(user_id=li.user_id).values_list("text", flat=True)
    assert SECRET not in told
    assert "月结" in told
