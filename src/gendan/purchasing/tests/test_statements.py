"""From nothing to stock in a number of statements that does not depend on the number of lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.purchasing.tests.make import confirm, make_order, make_world, receive

SAVEPOINT = 2  # only tests run inside a transaction of their own


def statements(run: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        run()
    return len(captured) - SAVEPOINT


@pytest.mark.django_db
@pytest.mark.parametrize("lines", [2, 120])
def test_create_confirm_receive(lines: int) -> None:
    world = make_world()
    make_order(world)
    numbers: list[str] = []
    assert statements(lambda: numbers.append(make_order(world, *[10] * lines).number)) == 4
    assert statements(lambda: confirm(world, numbers[0])) == 5
    assert statements(lambda: receive(world, numbers[0], delivery_note="DN-1")) == 8
