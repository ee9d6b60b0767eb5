"""Units per second: raw SQL, and the product over HTTP, in one run on one server."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from bench import http, load, sales_yardstick, yardstick
from bench.system import System, running

CLIENTS = 4


Unit = Callable[[Any, random.Random], None]


def measure(system: System, seconds: float) -> list[dict[str, Any]]:
    """Both chains, each against its yardstick."""
    yardstick.prepare(system.dsn)
    sales_yardstick.prepare(system.dsn)
    return [
        *compare(system, "purchase", yardstick.unit, http.unit, seconds),
        *compare(system, "sales", sales_yardstick.unit, http.sales_unit, seconds),
    ]


def compare(system: System, what: str, yard: Unit, ours: Unit, seconds: float) -> list[dict[str, Any]]:
    """The yardstick and our own path in turn (A B A B), so that a drift of the machine hits both."""
    load.run(partial(yardstick.connect, system.dsn), yard, CLIENTS, 2)
    load.run(partial(http.Client, system.port, system.key), ours, CLIENTS, 2)
    with psycopg.connect(system.dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # a running database has statistics; seconds after its birth it has none
    raw: list[load.Rate] = []
    own: list[load.Rate] = []
    for _ in range(2):
        raw.append(load.run(partial(yardstick.connect, system.dsn), yard, CLIENTS, seconds))
        own.append(load.run(partial(http.Client, system.port, system.key), ours, CLIENTS, seconds))
    best_raw, best_own = (sum(r.per_second for r in rates) / len(rates) for rates in (raw, own))
    return [
        _row(f"{what} units, {CLIENTS} clients: raw SQL", raw, 1.0),
        _row(f"{what} units, {CLIENTS} clients: gendan over HTTP", own, best_own / best_raw),
    ]


def _row(what: str, rates: list[load.Rate], ratio: float) -> dict[str, Any]:
    return {
        "what": what,
        "units_per_second": round(sum(r.per_second for r in rates) / len(rates), 1),
        "median_ms": round(sum(r.median_ms for r in rates) / len(rates), 2),
        "p95_ms": round(max(r.p95_ms for r in rates), 2),
        "ratio_to_yardstick": round(ratio, 3),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "home", 8790) as system:
        for row in measure(system, float(sys.argv[1]) if len(sys.argv) > 1 else 5):
            print(row)
