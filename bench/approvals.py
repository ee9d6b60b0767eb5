"""Approvals: what is to do beside a million finished ones, ten thousand deadlines at once; events sealed and proven."""

from __future__ import annotations

import json
import time
from typing import Any

import psycopg

from bench import lists
from bench.http import Client
from bench.system import System

SIZES = (100_000, 1_000_000)  # finished approvals with --quick, and all of them
WAITING = 300
DUE = 10_000
_FLOW = """
WITH f AS (INSERT INTO flow_flow (company_id, kind, transition, name) VALUES (%(company)s, 'bench', 'submit', 'Bench')
  RETURNING id),
 v AS (INSERT INTO flow_flowversion (company_id, flow_id, number, state, definition, published_at)
  SELECT %(company)s, id, 1, 'published', %(definition)s::jsonb, now() FROM f RETURNING id, flow_id)
SELECT v.id FROM v
"""
_INSTANCES = """
WITH i AS (INSERT INTO flow_instance (company_id, version_id, kind, transition, document_id, number, submitter_id,
  facts, state, key, round, started_at, entered_at, ended_at)
 SELECT %(company)s, %(version)s, 'bench', 'submit', n, 'BN-' || n, %(user)s, '{"amount": 100}', %(state)s::text,
  'a', 1, now() - interval '1 day', now() - interval '1 day', CASE WHEN %(state)s::text <> 'running' THEN now() END
 FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n RETURNING id)
INSERT INTO flow_task (company_id, instance_id, key, round, kind, place, user_id, state, source, created_at, due_at,
 decided_at, acted_by_id)
SELECT %(company)s, i.id, 'a', 1, 'approve', 1, %(user)s, %(task)s::text, 'person', now() - interval '1 day',
 now() + make_interval(hours => %(hours)s), CASE WHEN %(task)s::text <> 'waiting' THEN now() END,
 CASE WHEN %(task)s::text <> 'waiting' THEN %(user)s::bigint END FROM i
"""
_DEFINITION = {
    "nodes": [
        {
            "key": "a",
            "type": "approve",
            "assignees": [{"by": "person", "value": "bench"}],
            "deadline": {"hours": 2, "then": "escalate"},
        }
    ]
}
TARGETS = (
    ("my approvals, API", "/api/v1/approvals?limit=50"),
    ("my approvals, page", "/approvals/"),
)


def measure(system: System, finished: int) -> list[dict[str, Any]]:
    """One row per question; times are of one client on a quiet server, so they are the server's."""
    own = {"company": system.company_id, "user": system.user_id}
    with psycopg.connect(system.dsn, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        found = connection.execute(_FLOW, {**own, "definition": json.dumps(_DEFINITION)}).fetchone()
        assert found is not None
        own["version"] = found[0]
        for state, task, hours, first, last in (
            ("approved", "approved", 1, 1, finished),
            ("running", "waiting", 48, finished + 1, finished + WAITING),
        ):
            given = {"state": state, "task": task, "hours": hours, "first": first, "last": last}
            connection.execute(_INSTANCES, {**own, **given})
        connection.execute("VACUUM ANALYZE")
        client = Client(system.port, system.key, system.cookie)
        rows = [{"what": what, "finished": finished, **lists.times(client, path)} for what, path in TARGETS]
        late = {"state": "running", "task": "waiting", "hours": -1, "first": finished + WAITING + 1}
        connection.execute(_INSTANCES, {**own, **late, "last": finished + WAITING + DUE})
        _superior(connection, system)
    rows.append(_timed(f"{DUE:,} deadlines, all escalated", finished, _escalate))
    events = _events()
    rows.append(_timed(f"{events:,} events sealed", finished, _seal))
    rows.append(_timed(f"{events:,} events proven", finished, _prove))
    return rows


def _superior(connection: psycopg.Connection[Any], system: System) -> None:
    """Somebody above the user, to whom what is late goes."""
    connection.execute(
        "WITH u AS (INSERT INTO accounts_user (username, name, password, is_superuser, is_staff, is_active, email,"
        " date_joined, phone, language) VALUES ('above', 'Above', '!', false, false, true, '', now(), '', 'zh-hans')"
        " RETURNING id), m AS (INSERT INTO accounts_membership (company_id, user_id, is_active)"
        " SELECT %(company)s, id, true FROM u RETURNING user_id)"
        " UPDATE accounts_membership SET superior_id = m.user_id FROM m WHERE company_id = %(company)s"
        " AND accounts_membership.user_id = %(user)s",
        {"company": system.company_id, "user": system.user_id},
    )


def _timed(what: str, finished: int, work: Any) -> dict[str, Any]:
    began = time.perf_counter()
    work()
    return {"what": what, "finished": finished, "median_ms": round(1000 * (time.perf_counter() - began)), "p95_ms": ""}


def _escalate() -> None:
    from gendan.flow.tasks import mind_deadlines
    from gendan.kernel import db

    mind_deadlines.func(0)
    moved = db.row(
        "SELECT count(*) FROM flow_task t JOIN accounts_user u ON u.id = t.user_id WHERE u.username = 'above'"
    )
    assert moved == (DUE,), moved


def _events() -> int:
    from gendan.kernel import db

    found = db.row("SELECT count(*) FROM kernel_event")
    assert found is not None
    return int(found[0])


def _seal() -> None:
    from gendan.kernel import db
    from gendan.kernel.audit import seals

    found = db.row("SELECT max(id) FROM kernel_event")
    assert found is not None
    seals.seal(found[0])


def _prove() -> None:
    from gendan.kernel.audit import seals

    assert not list(seals.broken())
