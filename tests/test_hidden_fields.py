"""What a role hides shows behind no door: every field that can be hidden, every page, file and API operation.

Each field holds a value that occurs nowhere else. The administrator finds it somewhere; who may do everything, of a
role that hides all fields, opens every door that reads and finds none of them.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpResponse
from django.urls import reverse
from pypdf import PdfReader

from gendan.accounts.models import Role
from gendan.accounts.queries import known_permissions
from gendan.catalog import commands as catalog
from gendan.config.tests import access, access_world
from gendan.config.tests.access import Door
from gendan.config.tests.access_world import World
from gendan.kernel.fields import FIELDS

from .undoing import begin, undo

_N = iter(range(1, 99))


def _text(table: str, column: str) -> tuple[str, str]:
    """A value of a text column, and the statement that puts it there."""
    mark = f"MARK{next(_N):02d}{column.replace('_', '')}"
    return mark, f"UPDATE {table} SET {column} = '{mark}' || id"


def _day(table: str, *columns: str) -> tuple[str, str]:
    mark = f"2031-{next(_N) % 12 + 1:02d}-{next(_N) % 27 + 1:02d}"
    return mark, f"UPDATE {table} SET {', '.join(f'{column} = DATE {mark!r}' for column in columns)}"


def _number(table: str, column: str, number: str) -> tuple[str, str]:
    return number, f"UPDATE {table} SET {column} = {number}"


# Of every field that can be hidden: values that occur nowhere else, and how they got there.
MARKS: dict[tuple[str, str], list[tuple[str, str]]] = {
    ("po", "payment_terms"): [_text("purchasing_purchaseorder", "payment_terms")],
    ("po", "supplier_reference"): [_text("purchasing_purchaseorder", "supplier_reference")],
    ("po", "required_on"): [_day("purchasing_orderline", "required_on")],
    ("po", "promised_on"): [
        _day("purchasing_orderline", "promised_on", "due_on", "expected_on"),
        _day("purchasing_promise", "promised_on"),
    ],
    ("po", "note"): [_text("purchasing_purchaseorder", "note"), _text("purchasing_orderline", "note")],
    ("requisition", "reason"): [_text("purchasing_requisition", "reason")],
    ("requisition", "required_on"): [
        _day("purchasing_requisition", "required_on"),
        _day("purchasing_requisitionline", "required_on"),
    ],
    ("requisition", "note"): [_text("purchasing_requisitionline", "note")],
    ("so", "customer_reference"): [_text("sales_salesorder", "customer_reference")],
    ("so", "payment_terms"): [_text("sales_salesorder", "payment_terms")],
    ("so", "requested_on"): [_day("sales_salesorder", "requested_on"), _day("sales_salesline", "requested_on")],
    ("so", "promised_on"): [
        _day("sales_salesline", "promised_on", "due_on", "expected_on"),
        _day("sales_salespromise", "promised_on"),
    ],
    ("so", "address"): [
        _text(table, column)
        for table in ("sales_salesorder", "sales_delivery")
        for column in ("ship_to_name", "ship_to_phone", "ship_to_address")
    ],
    ("so", "note"): [_text("sales_salesorder", "note"), _text("sales_salesline", "note")],
    ("quotation", "customer_reference"): [_text("sales_quotation", "customer_reference")],
    ("quotation", "payment_terms"): [_text("sales_quotation", "payment_terms")],
    ("quotation", "requested_on"): [
        _day("sales_quotation", "requested_on"),
        _day("sales_quotationline", "requested_on"),
    ],
    ("quotation", "note"): [_text("sales_quotation", "note"), _text("sales_quotationline", "note")],
    ("bill", "note"): [_text("settlement_bill", "note")],
    ("partner", "payment_terms"): [_text("catalog_partner", "payment_terms")],
    ("partner", "credit_limit"): [_number("catalog_partner", "credit_limit", "87654321")],
    ("partner", "tax_id"): [_text("catalog_partner", "tax_id")],
    ("partner", "address"): [_text("catalog_partner", "address")],
    ("partner", "contacts"): [],
    ("partner", "note"): [_text("catalog_partner", "note")],
    ("product", "safety_stock"): [_number("catalog_product", "safety_stock", "7654321")],
    ("product", "category"): [],
}  # fmt: skip


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        block = begin()
        try:
            world = access_world.make_world()
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")  # past what keeps ledgers as they are
                for told in MARKS.values():
                    for _mark, sql in told:
                        cursor.execute(sql)
                cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            permissions = sorted(known_permissions())
            rights = [[kind, name, "hidden", []] for kind, name in FIELDS if not FIELDS[kind, name].permission]
            Role.objects.filter(pk=world.role.pk).update(permissions=permissions, field_rights=rights)
            yield world
        finally:
            undo(block)


def reading() -> list[Door]:
    return [door for door in access.declared() if door.method == "GET"]


def read(world: World, who: str, door: Door) -> str:
    """All the text that a door shows, of files, too."""
    block = begin()
    try:
        response: HttpResponse = access.ask(world, who, door, access.form_of(door))
        content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    finally:
        undo(block)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return " ".join(book.read(name).decode(errors="ignore") for name in book.namelist())
    if content.startswith(b"%PDF") and len(content) > 100:
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return html.unescape(content.decode(errors="ignore"))


def test_every_field_that_can_be_hidden_is_looked_for():
    assert {key for key, field in FIELDS.items() if not field.permission} == set(MARKS)


@pytest.mark.parametrize("door", reading(), ids=str)
def test_no_door_shows_what_a_role_hides(everything: World, door: Door):
    marks = {mark: ".".join(key) for key, told in MARKS.items() for mark, _sql in told}
    found = read(everything, "colleague", door)
    assert {name for mark, name in marks.items() if mark in found} == set()


def test_who_is_kept_from_nothing_sees_it_all(everything: World):
    """Else nothing would be proven above."""
    doors = (
        "GET /purchase-orders/{number}",
        "GET /bills/{number}",
        "GET /requisitions/{number}",
        "GET /sales-orders/{number}",
        "GET /quotations/{number}",
        "GET /deliveries/{number}",
        "GET /partners/{code}",
        "GET /products/{code}",
        "GET sales:order_promise",
    )
    shown = " ".join(read(everything, "admin", door) for door in reading() if str(door) in doors)
    missing = {mark: key for key, told in MARKS.items() for mark, _sql in told if mark not in shown}
    assert missing == {}


SEARCHES = {
    "purchasing:order_list": ("po.note", "po.supplier_reference"),
    "purchasing:requisition_list": ("requisition.reason",),
    "sales:order_list": ("so.note", "so.customer_reference"),
    "sales:quotation_list": ("quotation.note", "quotation.customer_reference"),
    "web:search": ("so.customer_reference",),
}


@pytest.mark.parametrize(("page", "name"), [(page, name) for page, names in SEARCHES.items() for name in names])
def test_a_search_finds_nothing_by_what_is_hidden(everything: World, page: str, name: str):
    kind, _dot, field = name.partition(".")
    number = everything.names[{"po": "draft", "requisition": "pr", "so": "so", "quotation": "qu"}[kind]]
    table = {"po": "purchasing_purchaseorder", "requisition": "purchasing_requisition", "so": "sales_salesorder",
             "quotation": "sales_quotation"}[kind]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {field} FROM {table} WHERE number = %s", [number])
        text = cursor.fetchone()[0]

    def finds(who: str) -> bool:
        return f">{number}<" in everything.clients[who].get(reverse(page), {"q": text}).content.decode()

    assert finds("admin")
    assert not finds("colleague")


def test_a_search_for_partners_finds_nothing_by_their_hidden_contacts(everything: World):
    values = {"code": "X-SUPPLIER", "contacts": [{"name": "葛海姆"}]}
    catalog.save_partner(actor=everything.admin, values=values, new=False)
    orders = f"/po/{everything.names['draft']}"
    for address, shown in (
        ("/catalog/partners", "X-SUPPLIER"),
        ("/po/?state=all", orders),
        (reverse("catalog:partner_lookup"), "X-SUPPLIER"),
    ):
        page, _mark, query = address.partition("?")
        found = {
            who: shown in everything.clients[who].get(f"{page}?q=葛海姆&{query}").content.decode()
            for who in ("admin", "colleague")
        }
        assert found == {"admin": True, "colleague": False}, address
    found = everything.clients["colleague"].get("/catalog/partners", {"q": "X-SUPP"}).content.decode()
    assert ">X-SUPPLIER<" in found


def test_no_link_opens_what_its_maker_does_not_see(everything: World):
    """The customer's page opens without anybody's rights, so its address is not for who is kept from what it shows."""
    answer = access.ask(everything, "colleague", Door("POST", "/sales-orders/{number}/links"), {})
    assert answer.status_code == 403
    assert answer.json()["code"] == "portal.ShowsWhatIsHidden"
    assert "/c/" not in read(everything, "colleague", Door("GET", "portal:link"))
    assert "/c/" in read(everything, "admin", Door("GET", "portal:link"))
