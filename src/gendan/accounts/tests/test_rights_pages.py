"""What a role sees is set by page and by API, shown as it is, and refused to who may not."""

from __future__ import annotations

import pytest

from gendan.accounts import commands, queries
from gendan.accounts.tests.make import api_client, make_actor, make_company, signed_in_client
from gendan.catalog.tests import make as catalog_make
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db


def test_scope_and_field_rights_by_page_and_api() -> None:
    company = make_company()
    admin = make_actor(company, roles=["admin"])
    catalog_make.make_warehouse(company, "EAST", "东仓")
    page, api = signed_in_client(admin), api_client(admin)
    posted = {"documents.purchasing": "department", "warehouses": ["EAST"], "version": "1"}
    assert page.post("/roles/buyer/scope", posted).status_code == 302
    answer = page.post(
        "/roles/buyer/fields",
        {"mode.po.note": "hidden", "states.po.note": ["draft"], "mode.partner.tax_id": "read_only", "version": "2"},
    )
    assert answer.status_code == 302
    shown = page.get("/roles/buyer/rights").content.decode()
    assert '<option value="department" selected' in shown
    assert 'value="EAST" checked' in shown
    assert "隐藏" in page.get("/settings/field-rights").content.decode()
    assert api.get("/roles/buyer/scope").json()["documents"]["purchasing"] == "department"
    items = api.get("/roles/buyer/field-rights").json()["items"]
    assert {"kind": "po", "field": "note", "mode": "hidden", "states": ["draft"]} in items
    api.put("/roles/buyer/scope", {"documents": {"purchasing": "own"}})
    assert queries.role_scope(admin, "buyer")["documents"]["purchasing"] == "own"
    assert queries.role_scope(admin, "buyer")["warehouses"] == []
    assert api.put("/roles/buyer/field-rights", {"items": []}).status_code == 200
    assert api.put("/roles/admin/scope", {}).status_code == 409
    assert "po" in {field["kind"] for field in api.get("/fields").json()["items"]}
    told = Event.objects.filter(company=company, type__in=["accounts.role_scope_set", "accounts.field_rights_set"])
    assert told.count() == 4


def test_unknown_warehouses_and_scopes_are_refused_beside_their_field() -> None:
    admin = make_actor(roles=["admin"])
    answer = api_client(admin).put("/roles/buyer/scope", {"warehouses": ["NONE"]})
    assert answer.status_code == 422
    assert "warehouses" in answer.json()["data"]["fields"]
    commands.save_role_scope(actor=admin, code="buyer", documents={"purchasing": "all"})
    assert not queries.role_scope(admin, "buyer")["is_narrowed"]
