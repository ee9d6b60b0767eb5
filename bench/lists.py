"""Lists at ten thousand, a hundred thousand and a million orders: server time, median and p95, pages and API."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

from bench import history, load
from bench.http import Client
from bench.system import System

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 60
TARGETS = (
    ("one supplier's open orders, API", "/api/v1/purchase-orders?state=open&supplier=S001&limit=50"),
    ("one supplier's open orders, page", "/po/?state=open&supplier=S001"),
    ("late lines, API", "/api/v1/order-lines?late=true&limit=50"),
    ("late lines, page", "/lines/?due=late"),
    ("stock of 1,000 products, API", "/api/v1/stock?warehouse=MAIN&limit=1000"),
    ("stock, page", "/stock"),
    ("suppliers by score, a year, API", "/api/v1/supplier-scorecards?period=year"),
    ("one scorecard, a year, page", "/suppliers/scorecard/S001?period=year"),
)


def measure(system: System, sizes: tuple[int, ...] = SIZES) -> list[dict[str, Any]]:
    """One row per list and size. Times are of one client on a quiet server, so they are the server's."""
    rows, have = [], 0
    for size in sizes:
        history.grow(system.dsn, system.company_id, system.user_id, have, size)
        have = size
        client = Client(system.port, system.key, system.cookie)  # an idle one would have been closed while loading
        for what, path in TARGETS:
            rows.append({"what": what, "orders": size, **times(client, path)})
    return rows


def times(client: Client, path: str) -> dict[str, float]:
    """Median and p95 of sixty requests, in milliseconds."""
    for _ in range(10):
        client.get(path)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        client.get(path)
        times.append(1000 * (time.perf_counter() - began))
    return {"median_ms": round(median(times), 2), "p95_ms": round(load.percentile(times, 0.95), 2)}


def growth(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each list, p95 at the largest size over p95 at the smallest."""
    found = []
    for what, _path in TARGETS:
        mine = sorted((row for row in rows if row["what"] == what), key=lambda row: row["orders"])
        found.append({"what": what, "p95_growth": round(mine[-1]["p95_ms"] / mine[0]["p95_ms"], 2)})
    return found
