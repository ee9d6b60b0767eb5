"""Making the wall between companies: the role, what it may do, and a policy for every table that holds companies' rows.

A table shows the rows whose ``company_id`` is the company that was told; lines have one of their own, which the
database fills (the migrations ``company_of_lines``). Tables in OPEN stand before the wall: who people are,
their sessions, the queue. Made anew after every migration; where everything is there, it only looks.

Under row security PostgreSQL uses an index only for conditions that cannot leak values through errors (LEAKPROOF). Most
operators of numbers, arrays and text search are not declared so, though they are within one company: they are declared
here, which needs a superuser. Where the product has none, there is no wall (the queries' own conditions remain).
"""

from __future__ import annotations

import logging
import re
from typing import Any

from django.db import connection, transaction
from django.db.models.signals import post_migrate

from gendan.kernel import wall
from gendan.kernel.wall import POLICY, ROLE

log = logging.getLogger("gendan.kernel")
OPEN: list[str] = ["auth_", "django_", "procrastinate_", "kernel_cache", "kernel_limit", "kernel_seal"]
LOCK = 0x77616C6C  # "wall"
_GIVEN = f"""
GRANT USAGE ON SCHEMA public TO {ROLE};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO {ROLE}
"""
_TABLES = """
SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'company_id'
  AND NOT a.attisdropped),
 EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = %s)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
_OPERATORS = """
SELECT DISTINCT p.oid::regprocedure::text FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace
CROSS JOIN LATERAL unnest(i.indclass::oid[]) AS k(class) JOIN pg_opclass oc ON oc.oid = k.class
JOIN pg_amop ao ON ao.amopfamily = oc.opcfamily JOIN pg_operator o ON o.oid = ao.amopopr
JOIN pg_proc p ON p.oid = o.oprcode WHERE NOT p.proleakproof
"""
_FUNCTIONS = """
SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
 AND p.proname = ANY (%s) AND NOT p.proleakproof AND p.prokind = 'f' AND p.provolatile = 'i'
"""
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
_OWN = "company_id = nullif(current_setting('gendan.company', true), '')::bigint"
_WORD = re.compile(r"(\w+)\(")
_SEARCHES = ["textlike", "texticlike", "ts_match_vq", "ts_match_qv"]


def build() -> bool:
    """Make what is missing; whether the wall stands now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not (found := cursor.fetchone()) or not found[0]:
            log.warning("no row security: the product's database user is not a superuser")
            return False
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _role(cursor)
        cursor.execute(_GIVEN)
        _policies(cursor)
        _declare(cursor)
    wall.look(connection.connection)
    return True


def _role(cursor: Any) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
    if cursor.fetchone() is None:
        cursor.execute(
            f"DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN END $$"
        )


def _policies(cursor: Any) -> None:
    cursor.execute(_TABLES, [POLICY])
    for name, has_company, is_done in cursor.fetchall():
        if has_company and not is_done and not name.startswith(tuple(OPEN)):
            cursor.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"CREATE POLICY {POLICY} ON {name} TO {ROLE} USING ({_OWN})")


def _declare(cursor: Any) -> None:
    """Declare leakproof what indexes are searched by."""
    cursor.execute(_INDEXES)
    names = {word.lower() for (text,) in cursor.fetchall() for word in _WORD.findall(text)}
    cursor.execute(_OPERATORS)
    found = [row[0] for row in cursor.fetchall()]
    cursor.execute(_FUNCTIONS, [[*names, *_SEARCHES]])
    for function in sorted({*found, *(row[0] for row in cursor.fetchall())}):
        cursor.execute(f"ALTER FUNCTION {function} LEAKPROOF")


def _after_migrations(**_: Any) -> None:
    build()


def install(sender: Any) -> None:
    """Make the wall after migrations."""
    post_migrate.connect(_after_migrations, sender=sender, dispatch_uid="gendan.kernel.walls")
