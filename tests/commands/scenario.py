"""What a test of every command needs to know of each: how to get into the situation in which it can be called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gendan.accounts.models import Company, User
from gendan.accounts.tests import make as people
from gendan.catalog.tests import make as catalog
from gendan.inventory.tests import make as inventory
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.purchasing.tests import make as purchasing

Arguments = dict[str, Any]


@dataclass(slots=True)
class World:
    """A company with BOLT, NUT, GLUE (by lot), S001, the warehouses MAIN and EAST; a colleague; another company."""

    stock: inventory.World
    buy: purchasing.World
    colleague: User
    stranger: Actor

    @property
    def admin(self) -> Actor:
        return self.stock.actor

    @property
    def company(self) -> Company:
        return Company.objects.get(pk=self.admin.company_id)


def make_world() -> World:
    """See World. The other company has what every company begins with, and nothing else."""
    stock = inventory.make_world()
    company = Company.objects.get(pk=stock.company_id)
    supplier = catalog.make_supplier(company, "S001")
    buy = purchasing.World(stock.actor, supplier, stock.bolt, stock.nut, stock.main)
    colleague = people.make_user(company, permissions=[], limit=None)
    return World(stock, buy, colleague, catalog.make_actor(company=catalog.make_company()))


def _admin(world: World) -> Actor:
    return world.admin


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command's situation; exceptions from the rule carry their reason.

    ``build`` brings a world about and returns the arguments of a call that succeeds for ``actor``.
    ``asks``: permissions that it asks for inside, beside its own; without any of them it is Forbidden.
    ``refusal``: what an administrator of another company meets with the same arguments; ``own``: why there is none,
    and the call only touches what is theirs.
    ``elsewhere``: why the call writes in another company than the actor's.
    ``silent``: why it writes no event. ``passing``: why it leaves nothing but its event.
    """

    build: Callable[[World], Arguments]
    actor: Callable[[World], Actor] = _admin
    asks: tuple[str, ...] = ()
    refusal: type[Exception] = NotFound
    own: str = ""
    elsewhere: str = ""
    silent: str = ""
    passing: str = ""


SCENARIOS: dict[str, Scenario] = {}


def scenario(code: str, **exceptions: Any) -> Callable[[Callable[[World], Arguments]], Callable[[World], Arguments]]:
    """Declare the situation of a command."""

    def declare(build: Callable[[World], Arguments]) -> Callable[[World], Arguments]:
        assert code not in SCENARIOS, f"{code} has two scenarios"
        SCENARIOS[code] = Scenario(build, **exceptions)
        return build

    return declare
