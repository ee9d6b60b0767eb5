"""Units per second: raw SQL, and the product over HTTP, in one run on one server."""

from __future__ import annotations

import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from bench import http, load, yardstick
from bench.system import System, running

CLIENTS = 4


def measure(system: System, seconds: float) -> list[dict[str, Any]]:
    """The yardstick and our own path in turn (A B A B), so that a drift of the machine hits both."""
    yardstick.prepare(system.dsn)
    load.run(partial(yardstick.connect, system.dsn), yardstick.unit, CLIENTS, 2)
    load.run(partial(http.Client, system.port, system.key), http.unit, CLIENTS, 2)
    with psycopg.connect(system.dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # a running database has statistics; seconds after its birth it has none
    raw: list[load.Rate] = []
    own: list[load.Rate] = []
    for _ in range(2):
        raw.append(load.run(partial(yardstick.connect, system.dsn), yardstick.unit, CLIENTS, seconds))
        own.append(load.run(partial(http.Client, system.port, system.key), http.unit, CLIENTS, seconds))
    best_raw, best_own = (sum(r.per_second for r in rates) / len(rates) for rates in (raw, own))
    return [
        _row("raw SQL", raw, 1.0),
        _row("gendan over HTTP", own, best_own / best_raw),
    ]


def _row(what: str, rates: list[load.Rate], ratio: float) -> dict[str, Any]:
    return {
        "what": f"purchase units, {CLIENTS} clients: {what}",
        "units_per_second": round(sum(r.per_second for r in rates) / len(rates), 1),
        "median_ms": round(sum(r.median_ms for r in rates) / len(rates), 2),
        "p95_ms": round(max(r.p95_ms for r in rates), 2),
        "ratio_to_yardstick": round(ratio, 3),
    }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "home", 8790) as system:
        for row in measure(system, float(sys.argv[1]) if len(sys.argv) > 1 else 5):
            print(row)
