"""For each rule, how its cause comes about, goes and comes back; and the days on which it can and cannot be known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from gendan.catalog.tests import make as catalog
from gendan.inventory.tests import make as inventory
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.purchasing.tests import make as buying
from gendan.sales.tests import make as selling

Change = Callable[[], object]
DUE = date(2026, 12, 1)  # of make_order's lines


@dataclass(slots=True)
class World:
    """A company that buys BOLT and NUT of S001, and sells them to C001; GLUE has lots."""

    sell: selling.World
    buy: buying.World

    @property
    def stock(self) -> inventory.World:
        return self.sell.stock

    @property
    def actor(self) -> Actor:
        return self.buy.actor

    @property
    def today(self) -> date:
        return self.actor.today()

    def set(self, sql: str, **params: Any) -> Change:
        """A change of the tables, to be made later."""
        return lambda: db.execute(sql, {"company": self.actor.company_id, **params})

    def now(self, sql: str, **params: Any) -> None:
        """A change of the tables, at once."""
        self.set(sql, **params)()


def make_world() -> World:
    """See World."""
    sell = selling.make_world()
    stock = sell.stock
    supplier = catalog.make_supplier(_company(stock.company_id), "S001")
    return World(sell, buying.World(stock.actor, supplier, stock.bolt, stock.nut, stock.main))


def _company(company_id: int) -> Any:
    from gendan.accounts.models import Company

    return Company.objects.get(pk=company_id)


@dataclass(frozen=True, slots=True)
class Situation:
    """``quiet``: days on which the rule finds nothing although the situation is there; ``found``: one on which it finds
    one case, ``days`` late (None: not asked). ``mend`` takes the cause away, ``spoil`` brings it back. ``says``: what
    the facts must hold.
    """

    mend: Change
    spoil: Change
    found: date
    quiet: tuple[date, ...] = ()
    days: int | None = None
    says: dict[str, Any] = field(default_factory=dict)


Build = Callable[[World], Situation]
SITUATIONS: dict[str, Build] = {}


def situation(code: str) -> Callable[[Build], Build]:
    """Declare the situation of a rule."""

    def declare(build: Build) -> Build:
        SITUATIONS[code] = build
        return build

    return declare


def after(day: date, n: int) -> date:
    """So many days after a day."""
    return day + timedelta(days=n)
