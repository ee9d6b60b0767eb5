"""The API keeps to its own description: whatever is sent, the answers are of the described shape, never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from gendan.accounts.tests.make import make_api_key, make_user
from gendan.catalog.tests import make as catalog
from gendan.config.wsgi import application
from gendan.kernel import wall

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Requests stay inside the test's transaction: Django would close its connection after each."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(db: None, _one_connection: None) -> str:
    company = catalog.make_company()
    catalog.make_supplier(company, "S001")
    catalog.make_product(company, "P0001")
    return make_api_key(make_user(company, ["admin"]))


@contextmanager
def _undone() -> Iterator[None]:
    """What one request did to the test's transaction (a number out of range aborts it) is nothing to the next."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        wall.forget(connection.connection)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case: Any, key: str) -> None:
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {key}"}
    with _undone():
        answer = case.call_and_validate(
            checks=(not_a_server_error, content_type_conformance, response_schema_conformance)
        )
    assert answer.status_code < 500
