"""``python -m bench [--quick]``: print a table and write it as JSON into bench/results/."""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import alerts, approvals, lists, memory, notices, promises, throughput
from bench.system import running

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure gendan against raw SQL on the same server.")
    parser.add_argument("--quick", action="store_true", help="three seconds a run, lists up to 100,000 orders")
    parser.add_argument("--port", type=int, default=8790)
    asked = parser.parse_args()
    seconds, sizes = (3.0, lists.SIZES[:2]) if asked.quick else (10.0, lists.SIZES)
    orders = promises.SIZES[0] if asked.quick else promises.SIZES[-1]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with running(home, asked.port) as system:
            rates = throughput.measure(system, seconds)
            _table(rates)
            found = lists.measure(system, sizes)
            grown = lists.growth(found)
            _table(found)
            _table(grown)
            promised = promises.measure(system, orders)
            _table(promised)
            approved = approvals.measure(system, approvals.SIZES[0 if asked.quick else -1])
            _table(approved)
            looked = alerts.measure(system, sizes[-1], sizes[-1] // 2)
            _table(looked)
            told = notices.measure(system)
            _table(told)
            time.sleep(5)
            idle = memory.measure(home)
            _table([idle])
    report = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()},
        "throughput": rates,
        "lists": found,
        "growth": grown,
        "promises": promised,
        "approvals": approved,
        "alerts": looked,
        "notices": told,
        "memory": idle,
    }
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{time.strftime('%Y%m%d-%H%M%S')}.json"
    target.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written: {target}")


def _table(rows: list[dict[str, Any]]) -> None:
    columns = list(rows[0])
    widths = [max(len(str(c)), *(len(str(row.get(c, ""))) for row in rows)) for c in columns]
    for cells in [columns, *([row.get(c, "") for c in columns] for row in rows)]:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
    print()


if __name__ == "__main__":
    main()
