"""The second wall: what the application's role sees of companies that it was not told."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from gendan.accounts.tests.make import ApiClient, make_api_key, signed_in_client
from gendan.catalog.models import Contact, Partner
from gendan.catalog.tests.make import make_actor
from gendan.kernel import db, wall, walls
from gendan.purchasing.tests.make import confirm, make_order, make_world, receive

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    "purchasing_purchaseorder", "purchasing_orderline", "purchasing_promise", "purchasing_receiptline",
    "inventory_balance", "catalog_product", "kernel_event", "accounts_membership", "accounts_membership_roles",
    "accounts_role",
)  # fmt: skip


def seen(table: str) -> int:
    found = db.row(f"SELECT count(*) FROM {table}")
    return int(found[0]) if found else 0


def test_a_query_that_forgets_its_company_gets_nothing_of_another_by_raw_sql() -> None:
    mine, others = make_world(), make_world()
    for world in (mine, others):
        order = make_order(world, 10, 20)
        confirm(world, order.number, (1, "10", "2030-01-01"))
        receive(world, order.number, (1, "10"))
    everything = {table: seen(table) for table in TABLES}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {wall.ROLE}")
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table
        cursor.execute("SELECT set_config('gendan.company', %s, true)", [str(mine.actor.company_id)])
        for table in TABLES:
            cursor.execute(f"SELECT count(*), count(DISTINCT company_id) FROM {table}")
            count, companies = cursor.fetchone() or (0, 0)
            assert 0 < count < everything[table]
            assert companies == 1
        cursor.execute("UPDATE catalog_product SET name = 'x' WHERE company_id = %s", [others.actor.company_id])
        assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError):
            cursor.execute(
                "INSERT INTO kernel_event (company_id, via, type, subject_kind, subject_id, subject_number, refs, data)"
                " VALUES (%s, 'page', 'x', 'x', 1, 'x', '{}', '{}')",
                [others.actor.company_id],
            )


def test_every_table_of_companies_rows_stands_behind_the_wall() -> None:
    open_ = tuple(walls.OPEN)
    found = db.rows(
        "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid) ORDER BY 1"
    )
    assert [name for (name,) in found if not name.startswith(open_)] == []


def test_inside_a_door_and_a_command_the_application_works_as_its_role() -> None:
    actor = make_actor()
    with wall.within(actor.company_id):
        assert db.row("SELECT current_user, current_setting('gendan.company')") == (wall.ROLE, str(actor.company_id))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (wall.ROLE,)
    assert db.row("SELECT current_user <> %s", [wall.ROLE]) == (True,)
    assert signed_in_client(actor).get("/").status_code in (200, 302)
    with wall.within(actor.company_id), transaction.atomic():
        assert db.row("SELECT current_user") == (wall.ROLE,)
        transaction.set_rollback(True)
    with wall.within(actor.company_id):
        assert db.row("SELECT current_user") == (wall.ROLE,), "what was told in an undone transaction is told again"


def test_a_line_written_outside_of_all_companies_gets_its_parents() -> None:
    world = make_world()
    Contact.objects.create(partner=Partner.objects.get(code="S001"), name="王")
    assert db.rows("SELECT company_id FROM catalog_contact") == [(world.actor.company_id,)]


def test_a_repeated_request_is_known_though_the_connection_served_another_company_in_between() -> None:
    mine, others = (ApiClient(make_api_key(make_actor())) for _ in "ab")
    body = {"code": "W1", "name": "一号仓"}
    first = mine.post("/warehouses", body, key="k1")
    assert first.status_code in (200, 201), first.content
    others.get("/warehouses")
    again = mine.post("/warehouses", body, key="k1")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
