"""Situations of the warehouse for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from gendan.catalog.models import Location, Product, Warehouse
from gendan.catalog.tests import make as catalog
from gendan.inventory import commands
from gendan.inventory.models import Balance
from gendan.inventory.rules import AdjustmentLineIn, TransferLineIn
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.kernel.unit import Done


@dataclass(slots=True)
class World:
    """A company with BOLT, NUT and GLUE (by lot), the warehouse MAIN (A-01, A-02) and EAST (E-01)."""

    actor: Actor
    bolt: Product
    nut: Product
    glue: Product
    main: Warehouse
    east: Warehouse

    @property
    def company_id(self) -> int:
        return self.actor.company_id

    def colleague(self, *permissions: str) -> Actor:
        """Somebody else in the company, with exactly these permissions."""
        from gendan.accounts.models import Company

        return catalog.make_actor(
            *(permissions or ("inventory.view",)), company=Company.objects.get(pk=self.company_id)
        )


def make_world() -> World:
    """See World."""
    company = catalog.make_company()
    main = Warehouse.objects.get(company=company, code="MAIN")
    Location.objects.bulk_create(
        Location(company=company, warehouse=main, kind="bin", code=code) for code in ("A-01", "A-02")
    )
    return World(
        catalog.make_actor(company=company),
        catalog.make_product(company, "BOLT", "六角螺栓 M6×20", barcodes=["6900001"]),
        catalog.make_product(company, "NUT", "六角螺母 M6"),
        catalog.make_product(company, "GLUE", "环氧胶", lot_tracked=True),
        main,
        catalog.make_warehouse(company, "EAST", "东仓", bins=("E-01",)),
    )


def stock(world: World, product: str, quantity: int | str, place: str = "A-01", lot: str = "", **fields: Any) -> Done:
    """Opening stock of a product at a bin of MAIN."""
    return commands.create_adjustment(
        actor=fields.pop("actor", world.actor),
        warehouse=fields.pop("warehouse", "MAIN"),
        kind="opening",
        lines=[AdjustmentLineIn(product, Decimal(quantity), place, lot)],
        post=True,
    )


def transfer(world: World, *lines: TransferLineIn, **fields: Any) -> Done:
    """A transfer out of MAIN; 10 BOLT from A-01 to A-02 when nothing else is said."""
    return commands.create_transfer(
        actor=fields.pop("actor", world.actor),
        warehouse=fields.pop("warehouse", "MAIN"),
        lines=list(lines) or [TransferLineIn("BOLT", Decimal(10), "A-01", "A-02")],
        **fields,
    )


def adjust(world: World, *lines: AdjustmentLineIn, kind: str = "lost", **fields: Any) -> Done:
    """An adjustment in MAIN; 3 BOLT lost from A-01 when nothing else is said."""
    return commands.create_adjustment(
        actor=fields.pop("actor", world.actor),
        warehouse="MAIN",
        kind=kind,
        reason=fields.pop("reason", "月末清点"),
        lines=list(lines) or [AdjustmentLineIn("BOLT", Decimal(-3), "A-01")],
        **fields,
    )


def on_hand(world: World, product: str, place: str = "A-01", lot: str = "") -> Decimal:
    """What the books say of a product at a bin (or at ``transit``)."""
    found = Balance.objects.filter(
        company_id=world.company_id, product__code=product, location__code=place, **({"lot__code": lot} if lot else {})
    )
    return sum((b.on_hand for b in found), Decimal(0))


def reserve(world: World, product: str, quantity: int, place: str = "A-01") -> None:
    """Lock a quantity, as the sales side will do."""
    Balance.objects.filter(company_id=world.company_id, product__code=product, location__code=place).update(
        reserved=quantity
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements of a block, without BEGIN, COMMIT and savepoints."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [
        q["sql"]
        for q in captured.captured_queries
        if not q["sql"].startswith(("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET "))
    ]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls in threads that start together; each one's answer, or the refusal it met."""
    barrier = Barrier(len(calls), timeout=60)
    answers: list[Any] = [None] * len(calls)

    def run(n: int, call: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=10)
            answers[n] = call()
        except AppError as error:
            answers[n] = error
        except Exception as error:
            answers[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n, call)) for n, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def moves_of(number: str) -> list[tuple[str, str, str, Decimal]]:
    """The moves of a document: product, from, to, quantity."""
    return db.rows(
        "SELECT p.code, a.code, b.code, m.quantity FROM inventory_stockmove m"
        " JOIN catalog_product p ON p.id = m.product_id"
        " JOIN catalog_location a ON a.id = m.from_location_id JOIN catalog_location b ON b.id = m.to_location_id"
        " WHERE m.source_number = %s ORDER BY m.id",
        [number],
    )
