"""Promising and giving out with a million sales orders: ATP, the impact of a slip, a reallocation of all open lines."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

import psycopg

from bench import lists, sales_history
from bench.http import Client
from bench.system import System

SIZES = (100_000, 1_000_000)  # --quick, and all of it
REALLOCATION_LIMIT = 600  # seconds to wait for an answer


def measure(system: System, orders: int) -> list[dict[str, Any]]:
    """One row per question; times are of one client on a quiet server, so they are the server's."""
    lines = sales_history.grow(system.dsn, system.company_id, system.user_id, orders)
    client = Client(system.port, system.key, system.cookie)
    rows = []
    for what, path in _targets(system):
        rows.append({"what": what, "orders": orders, **lists.times(client, path)})
    for dry_run in (True, False):
        began = time.perf_counter()
        found = _reallocate(system, dry_run)
        said = "reallocation, dry run" if dry_run else "reallocation"
        row = {"what": f"{said}: {found['lines']:,} open lines, {found['changed']:,} changed", "orders": orders}
        rows.append({**row, "median_ms": round(1000 * (time.perf_counter() - began)), "p95_ms": ""})
    assert lines == found["lines"]
    return rows


def _targets(system: System) -> list[tuple[str, str]]:
    pegged = _pegged(system)
    slips = [
        ("impact: a purchase order ends", f"/api/v1/purchase-orders/{pegged}/impact"),
        ("impact: a line slips by a year", f"/api/v1/purchase-orders/{pegged}/impact?line=1&expected_on=2028-01-05"),
    ]
    return [
        ("ATP of one product, from stock and what is coming", "/api/v1/atp?product=P0001&warehouse=MAIN&quantity=20"),
        ("ATP of one product, beyond all of it", "/api/v1/atp?product=P0002&warehouse=MAIN&quantity=1000000"),
        *(slips if pegged else []),
        ("one customer's open sales orders, API", "/api/v1/sales-orders?state=open&customer=C001&limit=50"),
        ("one customer's open sales orders, page", "/so/?state=open&customer=C001"),
    ]


def _pegged(system: System) -> str:
    """A purchase order for whose lines customers wait; "" when there is none (a small run has none open)."""
    with psycopg.connect(system.dsn) as connection:
        found = connection.execute(
            "SELECT o.number FROM purchasing_purchaseorder o JOIN purchasing_orderline l ON l.order_id = o.id"
            " WHERE o.company_id = %s AND l.pegged > 0 GROUP BY o.id ORDER BY count(*) DESC, o.id LIMIT 1",
            [system.company_id],
        ).fetchone()
    return str(found[0]) if found else ""


def _reallocate(system: System, dry_run: bool) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{system.port}/api/v1/reallocate",
        json.dumps({"dry_run": dry_run}).encode(),
        {"Authorization": f"Bearer {system.key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=REALLOCATION_LIMIT) as answer:
        found: dict[str, Any] = json.load(answer)
    return found
