"""A whole installation of its own for the benchmark: database, company, products, web server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class System:
    """A running installation."""

    dsn: str
    port: int
    key: str
    cookie: str
    company_id: int
    user_id: int


@contextmanager
def running(home: Path, port: int) -> Iterator[System]:
    """Start from nothing in ``home``; stop and remove everything afterwards."""
    shutil.rmtree(home, ignore_errors=True)
    os.environ.update(GENDAN_HOME=str(home), GENDAN_PORT=str(port), DJANGO_SETTINGS_MODULE="gendan.config.settings")
    from gendan.config.postgres import Embedded

    server = Embedded(home / "pg")
    server.start()
    try:
        company_id, user_id, key, cookie = _fill()
        web = subprocess.Popen([str(Path(sys.executable).parent / "gendan"), "web"], cwd=ROOT)
        try:
            _wait(port)
            yield System(server.url, port, key, cookie, company_id, user_id)
        finally:
            web.terminate()
            web.wait(30)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _fill() -> tuple[int, int, str, str]:
    """A company BENCH with 1,000 products, 50 suppliers and 50 customers; its id, its administrator's id, API key and
    session cookie.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.test import Client

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from gendan.accounts import queries, steps
    from gendan.accounts.models import ApiKey
    from gendan.catalog import steps as catalog

    with transaction.atomic():
        company = steps.create_company("BENCH", "Benchmark", "CNY")
        catalog.create_defaults(company.pk)
        user = steps.add_member(company, "bench", "Bench", "bench-pass-1", ["admin"])
        catalog.ensure_products(
            company.pk, [{"code": f"P{n:04d}", "name": f"Product {n}", "unit": "PCS"} for n in range(1, 1001)]
        )
        catalog.ensure_partners(
            company.pk, [{"code": f"S{n:03d}", "name": f"Supplier {n}", "is_supplier": True} for n in range(1, 51)]
        )
        catalog.ensure_partners(
            company.pk,
            [
                {"code": f"C{n:03d}", "name": f"Customer {n}", "is_supplier": False, "is_customer": True}
                for n in range(1, 51)
            ],
        )
        _sell(company.pk)
        key = "gd_benchmark-key"
        ApiKey.objects.create(company=company, user=user, name="bench", hint="gd_b", digest=queries.digest_of(key))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    connection.close()
    return company.pk, user.pk, key, cookie


def _sell(company_id: int) -> None:
    """Plenty of stock, addresses, and reservation as a request of its own, as the yardstick has it."""
    from gendan.kernel import db

    db.execute("UPDATE catalog_partner SET address = 'Somewhere 1' WHERE company_id = %s", [company_id])
    db.execute(
        "INSERT INTO inventory_balance (company_id, product_id, location_id, on_hand, reserved, allow_negative)"
        " SELECT p.company_id, p.id, w.default_location_id, 1e9, 0, false FROM catalog_product p"
        " JOIN catalog_warehouse w ON w.company_id = p.company_id AND w.code = 'MAIN' WHERE p.company_id = %s",
        [company_id],
    )
    db.execute(
        "INSERT INTO sales_salessettings (company_id, reserve_on_review, peg_incoming, request_shortage,"
        " request_safety_stock, handling_days, back_order, discount_limit, version)"
        " VALUES (%s, false, true, false, false, 0, 'partial', 10, 1)",
        [company_id],
    )


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the web server did not start")
