"""Many clients at once, each a process of its own, for a fixed time."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Rate:
    """Units per second over all clients, and the latency of a unit in milliseconds."""

    per_second: float
    median_ms: float
    p95_ms: float
    units: int


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def run(open_: Callable[[], Any], unit: Callable[[Any, random.Random], None], clients: int, seconds: float) -> Rate:
    """``open_`` makes a client's connection in its own process; ``unit`` does one unit of work on it."""
    context = multiprocessing.get_context("fork")
    results: Any = context.Queue()
    start = context.Barrier(clients)
    workers = [
        context.Process(target=_client, args=(open_, unit, seconds, seed, start, results)) for seed in range(clients)
    ]
    for worker in workers:
        worker.start()
    outcomes = [results.get(timeout=seconds + 60) for _ in workers]
    for worker in workers:
        worker.join()
    failures = [outcome for outcome in outcomes if isinstance(outcome, str)]
    if failures:
        raise RuntimeError(failures[0])
    times = [t for outcome in outcomes for t in outcome[0]]
    elapsed = max(outcome[1] for outcome in outcomes)
    return Rate(len(times) / elapsed, 1000 * median(times), 1000 * percentile(times, 0.95), len(times))


def _client(open_: Any, unit: Any, seconds: float, seed: int, start: Any, results: Any) -> None:
    try:
        connection, rng, times = open_(), random.Random(seed), []
        for _ in range(20):
            unit(connection, rng)
        start.wait(60)
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            before = time.perf_counter()
            unit(connection, rng)
            times.append(time.perf_counter() - before)
        results.put((times, time.perf_counter() - began))
    except Exception as error:  # the parent must hear of any failure
        results.put(f"{type(error).__name__}: {error}")
