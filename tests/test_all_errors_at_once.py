"""Whoever sends a form or a body learns at once of everything that is wrong with it, not in rounds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from gendan.accounts.models import User
from gendan.accounts.tests.make import make_api_key, signed_in_client
from gendan.sales.models import Quotation, SalesOrder
from gendan.sales.tests.make import World, make_world

pytestmark = pytest.mark.django_db
PARTNERS = {"/po/new": "supplier", "/so/new": "customer", "/qu/new": "customer", "/pr/new": ""}


def browser(world: World) -> Client:
    return signed_in_client(User.objects.get(pk=world.actor.user_id or 0))


@pytest.mark.parametrize("path", PARTNERS)
def test_a_form_is_refused_with_all_that_is_wrong(path: str) -> None:
    world = make_world()
    late = "required_on" if path in {"/po/new", "/pr/new"} else "requested_on"
    rows = [
        {"product": "BOLT", "quantity": "zwei", "unit_price": "1"},  # cannot be read
        {"product": "SCREW", "quantity": "1", "unit_price": "1"},  # unknown
        {"product": "BOLT", "quantity": "0", "unit_price": "1", late: "2026-13-01"},
        {"product": "BOLT", "quantity": "5", "unit_price": "1"},
    ]
    head = {"warehouse": "ELSEWHERE", "required_on": "1890-01-01", "ordered_on": "1890-01-01"}
    answer = browser(world).post(path, {**head, "lines": json.dumps(rows)}, headers={"Accept": "application/json"})
    partner = {PARTNERS[path]} - {""}
    day = {"required_on"} if path == "/pr/new" else {"ordered_on"}
    lines = {"lines.0.quantity", "lines.1.product", "lines.2.quantity", f"lines.2.{late}"}
    assert answer.status_code == 422
    assert set(answer.json()["data"]["fields"]) == {"warehouse"} | partner | day | lines
    assert (SalesOrder.objects.count(), Quotation.objects.count()) == (0, 0)


def test_what_can_be_read_is_checked_at_once_too_by_page_and_api() -> None:
    world = make_world()
    lines: list[dict[str, Any]] = [
        {"product": "SCREW", "quantity": "1"},
        {"product": "BOLT", "quantity": "0.5", "unit_price": "1"},
        {"product": "NUT", "quantity": "1"},
    ]
    body = {"customer": "C001", "warehouse": "MAIN", "ship_to": "X", "requested_on": "1890-01-01"}
    key = make_api_key(world.actor)
    answer = Client().post(
        "/api/v1/sales-orders",
        {**body, "lines": lines},
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    wrong = {"requested_on", "ship_to", "lines.0.product", "lines.1.quantity", "lines.2.unit_price"}
    assert set(answer.json()["data"]["fields"]) == wrong
    page = browser(world).post("/so/new", {**body, "lines": json.dumps(lines)}, headers={"Accept": "application/json"})
    assert set(page.json()["data"]["fields"]) == wrong


def test_an_empty_order_says_that_it_needs_a_line_beside_what_else_it_needs() -> None:
    world = make_world()
    answer = browser(world).post("/so/new", {"lines": "[]"}, headers={"Accept": "application/json"})
    assert set(answer.json()["data"]["fields"]) == {"customer", "warehouse", "lines"}
