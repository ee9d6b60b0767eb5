"""Approval flows of purchase orders for tests: who is asked, what the clock says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone

from gendan.accounts.models import Company, Membership, User
from gendan.accounts.tests.make import actor_for, make_user
from gendan.flow import commands
from gendan.flow.models import Task
from gendan.kernel.actor import Actor
from gendan.purchasing.tests import make as purchasing

MAY = ("purchasing.view", "purchasing.view_price", "catalog.view", "accounts.view", "kernel.comment")
SUBMITS = (*MAY, "purchasing.create_order", "purchasing.submit_order", "purchasing.withdraw_order")


@dataclass(slots=True)
class Flowing:
    """A company where 李采购 submits purchase orders, her superior 王总 is asked, and 陈董 is above him."""

    buy: purchasing.World
    buyer: User
    boss: User
    chief: User

    @property
    def admin(self) -> Actor:
        return self.buy.actor

    @property
    def company(self) -> Company:
        return Company.objects.get(pk=self.buy.company_id)

    def actor(self, user: User) -> Actor:
        return actor_for(user, self.company)

    def order(self, *quantities: int) -> str:
        """An order that the buyer submitted; its number."""
        return purchasing.make_order(self.buy, *quantities, actor=self.actor(self.buyer)).number


def make_flowing(*nodes: dict[str, Any], **more: Any) -> Flowing:
    """See Flowing; without ``nodes`` the superior approves."""
    buy = purchasing.make_world()
    company = Company.objects.get(pk=buy.company_id)
    people = [
        make_user(company, permissions=may, limit=0, name=name)
        for may, name in ((SUBMITS, "李采购"), (MAY, "王总"), (MAY, "陈董"))
    ]
    for person, superior in pairwise(people):
        Membership.objects.filter(company=company, user=person).update(superior=superior)
    draw(buy.actor, *(nodes or [approve()]), **more)
    return Flowing(buy, *people)


def draw(actor: Actor, *nodes: dict[str, Any], kind: str = "po", **more: Any) -> None:
    """Publish a flow."""
    commands.create_flow(actor=actor, kind=kind, definition={"nodes": list(nodes), **more})
    commands.publish_flow(actor=actor, kind=kind)


def redraw(actor: Actor, *nodes: dict[str, Any], kind: str = "po", **more: Any) -> None:
    """Publish another version of a flow."""
    commands.save_draft(actor=actor, kind=kind, definition={"nodes": list(nodes), **more})
    commands.publish_flow(actor=actor, kind=kind)


def approve(key: str = "boss", *assignees: dict[str, str], then: str = "", hours: float = 8, **more: Any) -> Any:
    """A node where people decide; with ``then`` it has a deadline."""
    deadline = {"deadline": {"hours": hours, "then": then}} if then else {}
    found = list(assignees) or [{"by": "superior"}]
    return {"key": key, "type": "approve", "name": "主管审批", "assignees": found, **deadline, **more}


def overdue(*numbers: str) -> None:
    """Let the deadlines of these documents, or of all, have passed an hour ago."""
    tasks = Task.objects.filter(state="waiting", due_at__isnull=False)
    if numbers:
        tasks = tasks.filter(instance__number__in=numbers)
    tasks.update(due_at=timezone.now() - timedelta(hours=1))
