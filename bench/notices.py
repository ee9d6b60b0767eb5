"""100,000 notices of a thousand people: spread to their digests, bundled, and sent as one message each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import psycopg

from bench.system import System

PEOPLE, EACH = 1000, 100
_PEOPLE = """
WITH u AS (INSERT INTO accounts_user (username, name, password, is_superuser, is_staff, is_active, email, date_joined,
  phone, language)
 SELECT 'told' || n, 'Told ' || n, '!', false, false, true, 'told' || n || '@example.com', now(), '', 'zh-hans'
 FROM generate_series(1, %(people)s) AS n RETURNING id)
INSERT INTO accounts_membership (company_id, user_id, is_active) SELECT %(company)s, id, true FROM u
"""
_NOTICES = """
INSERT INTO kernel_notice (company_id, user_id, kind, text, subject_kind, subject_number)
SELECT %(company)s, u.id, 'mention', 'what happened ' || n, 'po', 'PO-' || lpad(n::text, 6, '0')
FROM accounts_user u CROSS JOIN generate_series(1, %(each)s) AS n WHERE u.username LIKE 'told%%'
"""
_POLICY = """
INSERT INTO notices_policy (company_id, kinds, version) VALUES (%(company)s, %(kinds)s::jsonb, 1)
ON CONFLICT (company_id) DO UPDATE SET kinds = excluded.kinds
"""
_CHANNEL = """
INSERT INTO notices_channel (company_id, code, name, means, service, sealed, shared, needs_own, is_active, version)
VALUES (%(company)s, 'email', 'E-mail', 'email', '', '', false, false, true, 1) ON CONFLICT DO NOTHING
"""


def measure(system: System) -> list[dict[str, Any]]:
    """Seconds of one worker on a quiet server; the mail server is one that takes everything at once."""
    from django.test import override_settings

    from gendan.notices import sending, spread

    kinds = json.dumps({"*": {"email": "digest"}})
    own = {"company": system.company_id, "people": PEOPLE, "each": EACH, "kinds": kinds}
    with psycopg.connect(system.dsn, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        for statement in (_PEOPLE, _CHANNEL, _POLICY, _NOTICES):
            connection.execute(statement, own)
        rows = [_timed("spread", lambda: spread.spread(system.company_id))]
        connection.execute("UPDATE notices_delivery SET due_at = now() WHERE company_id = %(company)s", own)
        rows.append(_timed("bundled", lambda: spread.release(system.company_id)))
        with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
            rows.append(_timed("sent", lambda: len(sending.send_due(system.company_id, 600))))
        left = connection.execute(
            "SELECT count(*) FROM notices_delivery WHERE company_id = %(company)s AND state NOT IN ('sent', 'bundled')",
            own,
        ).fetchone()
    assert left == (0,), left
    total = sum(row["seconds"] for row in rows)
    return [*rows, {"what": "in all", "count": PEOPLE * EACH, "seconds": round(total, 2)}]


def _timed(what: str, work: Callable[[], int]) -> dict[str, Any]:
    began = time.perf_counter()
    count = work()
    return {"what": what, "count": count, "seconds": round(time.perf_counter() - began, 2)}
