"""What a flow costs: at most two statements more, nothing where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from gendan.accounts.tests.make import actor_for, make_user
from gendan.flow import commands
from gendan.flow.models import Task
from gendan.flow.tests.make import approve, draw
from gendan.inventory.tests.make import statements
from gendan.kernel.actor import Actor
from gendan.purchasing import commands as purchasing
from gendan.purchasing.tests import make as buying
from gendan.purchasing.tests.test_requisitions import make_requisition
from gendan.sales import commands as sales
from gendan.sales.tests import make as selling

pytestmark = pytest.mark.django_db


def costs(call: Callable[[], Any]) -> int:
    with statements() as found:
        call()
    return len(found)


def clerk(actor: Actor) -> Actor:
    """Who may approve no amount: what is submitted waits, with a flow and without."""
    return replace(actor, amount_limit=Decimal(0))


def asked_about(kind: str, actor: Actor) -> None:
    """The submitter is asked about every document of the kind, informs one and has a deadline."""
    draw(actor, approve("boss", {"by": "submitter"}, then="remind"), kind=kind, own="allow")


def of_orders() -> tuple[Actor, dict[str, Callable[[], int]]]:
    world = buying.make_world()
    actor = clerk(world.actor)

    def submit() -> int:
        number = buying.make_order(world, 10, submit=False).number
        return costs(lambda: purchasing.submit_order(actor=actor, number=number))

    return actor, {"create": lambda: costs(lambda: buying.make_order(world, 10, actor=actor)), "submit": submit}


def of_requisitions() -> tuple[Actor, dict[str, Callable[[], int]]]:
    world = buying.make_world()

    actor = clerk(world.actor)

    def submit() -> int:
        number = make_requisition(world, 10, submit=False).number
        return costs(lambda: purchasing.submit_requisition(actor=actor, number=number))

    return actor, {"submit": submit}


def of_sales() -> tuple[Actor, dict[str, Callable[[], int]]]:
    world = selling.make_world()
    actor = clerk(world.actor)

    def submit() -> int:
        number = selling.make_order(world, 10, submit=False).number
        return costs(lambda: sales.submit_order(actor=actor, number=number))

    return actor, {"create": lambda: costs(lambda: selling.make_order(world, 10, actor=actor)), "submit": submit}


@pytest.mark.parametrize(("kind", "build"), [("po", of_orders), ("requisition", of_requisitions), ("so", of_sales)])
def test_submitting_into_a_flow_costs_two_statements_more(kind: str, build: Any) -> None:
    actor, calls = build()
    without = {name: call() for name, call in calls.items()}
    asked_about(kind, actor)
    for name, call in calls.items():
        assert call() <= without[name] + 2, name


def test_deciding_costs_one_statement_more() -> None:
    world = buying.make_world()
    actor = world.actor

    def decide(verb: Any, **more: str) -> int:
        number = buying.make_order(world, 10, actor=clerk(actor)).number
        return costs(lambda: verb(actor=actor, number=number, **more))

    plain = decide(purchasing.approve_order), decide(purchasing.reject_order, reason="不")
    asked_about("po", actor)
    assert decide(purchasing.approve_order) == plain[0] + 1
    assert decide(purchasing.reject_order, reason="不") == plain[1] + 1


def test_deciding_does_not_depend_on_how_many_are_asked() -> None:
    world = buying.make_world()
    found = []
    for kind, count in (("few", 2), ("many", 20)):
        people = [make_user(world.warehouse.company, permissions=[], username=f"{kind}{n}") for n in range(count)]
        named = [{"by": "person", "value": person.username} for person in people]
        node = approve("n", *named, mode="all", then="escalate")
        if kind == "few":
            draw(world.actor, node)
        else:
            commands.save_draft(actor=world.actor, kind="po", definition={"nodes": [node]}, version=0)
            commands.publish_flow(actor=world.actor, kind="po")
        number = buying.make_order(world, 10).number
        task = Task.objects.get(user=people[0], state="waiting").pk
        one = actor_for(people[0])
        found.append(costs(partial(commands.approve_task, actor=one, task_id=task)))
        assert Task.objects.filter(instance__number=number, state="waiting").count() == count - 1
    assert found[0] == found[1]
