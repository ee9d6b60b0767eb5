"""The page that describes the API: complete, from the same description, nothing loaded from elsewhere."""

import pytest
from django.test import Client

from gendan.accounts.tests.make import make_company, make_user, signed_in_client
from gendan.config.api import api
from gendan.config.api_page import groups


def test_every_route_is_described_with_its_fields():
    described = {(r.method, r.path): r for routes in groups().values() for r in routes}
    paths = api.get_openapi_schema()["paths"]
    assert set(described) == {(method.upper(), path) for path, methods in paths.items() for method in methods}
    create = {field.name: field for field in described["POST", "/api/v1/purchase-orders"].fields}
    assert create["supplier"].required
    assert create["lines[].required_on"].kind == "date"


@pytest.mark.django_db
def test_the_page_is_for_those_who_are_signed_in():
    page = signed_in_client(make_user(make_company())).get("/settings/api")
    assert page.status_code == 200
    assert "/api/v1/purchase-orders/{number}/confirm" in page.content.decode()
    assert "://" not in page.content.decode().partition("<main")[2].partition("</main>")[0]
    assert Client().get("/settings/api").status_code == 302
