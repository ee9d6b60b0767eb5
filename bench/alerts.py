"""A full look of all rules beside many finished orders: how long the first takes, one that finds nothing new, and one
at what an event touched; then the same with many more finished orders and no more open ones. For each rule the pages of
the database that it reads at either size: those do not depend on what else the machine does.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

import psycopg
from psycopg import sql

from bench import history, lists, sales_history
from bench.http import Client
from bench.system import System

OPEN = "n %% 20 = 0"
ROUNDS = 10


def measure(system: System, orders: int, more: int) -> list[dict[str, Any]]:
    """One row per question and size, beside ``orders`` that are there (lists.measure) and then ``more`` finished ones;
    seconds of one process on a quiet server.
    """
    rows = [_row("first full look", orders, _full(system)), *_again(system, orders)]
    read = by_rule(system)
    _add_finished(system, orders, more)
    rows += _again(system, orders + more)
    grown = by_rule(system)
    return rows + [
        {
            "what": f"pages read by {code}",
            "orders": orders + more,
            "seconds": grown[code]["ms"] / 1000,
            "cases": grown[code]["found"],
            "slowest": f"{read[code]['pages']} -> {grown[code]['pages']}",
        }
        for code in sorted(grown, key=lambda code: -grown[code]["pages"])
    ]


def by_rule(system: System) -> dict[str, dict[str, int]]:
    """For each rule what a look that finds nothing new reads, by the plan that serves any parameters."""
    from django.utils import timezone

    from gendan.alerts.rules.builtin import BUILTIN
    from gendan.alerts.steps import scan
    from gendan.kernel.unit import tentative

    with tentative():
        plan = scan._plan(_actor(system), timezone.now())
        statements = {code: plan(rule, None) for code, rule in BUILTIN.items()}
    with psycopg.connect(system.dsn) as connection:
        return {code: _explained(connection, *statement) for code, statement in statements.items()}


def _explained(connection: psycopg.Connection[Any], statement: str, params: Any) -> dict[str, int]:
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    text = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", statement).replace("%%", "%")
    given = sql.SQL(", ").join(sql.Literal(params[name]) for name in names).as_string(connection)
    connection.pgconn.exec_(b"BEGIN; SET LOCAL plan_cache_mode = force_generic_plan")
    connection.pgconn.exec_(f"PREPARE look AS {text}".encode())
    answer = connection.pgconn.exec_(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE look({given})".encode())
    plan = json.loads(answer.get_value(0, 0) or b"[]")[0]
    connection.pgconn.exec_(b"ROLLBACK; DEALLOCATE look")
    top = plan["Plan"]
    found = next((part["Actual Rows"] for part in top["Plans"] if part.get("Subplan Name") == "CTE found"), 0)
    pages = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return {"pages": pages, "ms": round(plan["Execution Time"]), "found": round(found)}


def alone(system: System, orders: int) -> list[dict[str, Any]]:
    """The same by itself: ``orders`` and a fifth as many sales orders are written first, then as many finished ones."""
    history.grow(system.dsn, system.company_id, system.user_id, 0, orders)
    sales_history.grow(system.dsn, system.company_id, system.user_id, orders // 5)
    return measure(system, orders, orders)


def _again(system: System, orders: int) -> list[dict[str, Any]]:
    client = Client(system.port, system.key, system.cookie)
    found = _full(system)
    page = lists.times(client, "/api/v1/cases?limit=50")
    return [
        _row("full look, nothing new", orders, found),
        _row("look at one touched order", orders, _narrow(system)),
        {"what": "exceptions, API", "orders": orders, "seconds": page["p95_ms"] / 1000, "cases": 50, "slowest": ""},
    ]


def _full(system: System) -> dict[str, Any]:
    """Every rule once, each in a transaction of its own, as the worker does it."""
    from gendan.alerts import commands
    from gendan.alerts.rules.builtin import BUILTIN

    actor = _actor(system)
    began, found, times = time.perf_counter(), 0, dict[str, float]()
    for code in BUILTIN:
        start = time.perf_counter()
        found += commands.scan(actor=actor, rules=[code]).data["found"]
        times[code] = time.perf_counter() - start
    slowest = ", ".join(f"{code} {times[code]:.2f}" for code in sorted(times, key=lambda c: -times[c])[:4])
    return {"seconds": round(time.perf_counter() - began, 2), "cases": found, "slowest": slowest}


def _narrow(system: System) -> dict[str, Any]:
    """What an event touched: an open order, looked at by all rules that events concern; the median of some."""
    from django.utils import timezone

    from gendan.alerts.steps.scan import look_at
    from gendan.kernel.unit import tentative

    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        with tentative():
            found = look_at(_actor(system), timezone.now(), {"po": ["PB-20"], "product": ["P0001"]}).found
        times.append(time.perf_counter() - began)
    return {"seconds": round(sorted(times)[ROUNDS // 2], 3), "cases": found, "slowest": ""}


def _actor(system: System) -> Any:
    from gendan.accounts.queries import actor_by_user

    return actor_by_user(system.user_id, system.company_id)


def _add_finished(system: System, orders: int, more: int) -> None:
    """So many orders more, none of them open."""
    own = {"company": system.company_id, "user": system.user_id, "lines": history.LINES}
    with psycopg.connect(system.dsn, autocommit=True) as connection:
        connection.execute("SET synchronous_commit TO off")
        for first in range(orders + 1, orders + more + 1, history.STEP):
            found = connection.execute("SELECT coalesce(max(id), 0) FROM purchasing_purchaseorder").fetchone()
            assert found is not None
            last = min(first + history.STEP - 1, orders + more)
            connection.execute(history._ORDERS.replace(OPEN, "false"), {**own, "first": first, "last": last})
            connection.execute(history._LINES, {**own, "after": found[0]})
        connection.execute("VACUUM ANALYZE")


def _row(what: str, orders: int, found: dict[str, Any]) -> dict[str, Any]:
    return {"what": what, "orders": orders, **found}
