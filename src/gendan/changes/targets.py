"""What change orders change: a context with orders registers a Target. Change orders never write its tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise

from gendan.changes.rules import Content
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, NotFound
from gendan.kernel.events import Subject


@dataclass(frozen=True, slots=True)
class Order:
    """An order as a change order meets it; ``own`` is what the target needs of it later.

    ``live``: it is approved and not over, so that it changes by change order. ``answered``: the partner has agreed to
    it once, so that a change is for the partner to agree to. ``amount`` is in company currency.
    """

    subject: Subject
    state: str
    state_label: str
    version: int
    partner_id: int
    partner: str
    partner_name: str
    person_id: int | None
    currency: str
    amount: Decimal
    live: bool
    answered: bool
    content: Content
    own: Any = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A content that passed every check against a locked order: what the order will be worth (company currency), and
    what the target writes.
    """

    content: Content
    amount: Decimal
    own: Any = None


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the order; ``doubts`` is what somebody has to look at before it may stand (see Target.doubts)."""

    state: str
    version: int
    doubts: tuple[Any, ...] = ()


class Target(ABC):
    """A kind of order; permissions are those of its own context."""

    kind: str
    label: str | Promise
    partner_label: str | Promise
    view: str
    edit: str
    approve: str
    price: str
    event: str
    table: str  # of the orders, for what somebody sees of them (kernel.scope)
    origin: str  # who usually asks for changes: own | partner
    names: Mapping[str, str] = MappingProxyType({})  # how events call fields that others than the guarded ones may see
    impact_template: str = ""  # shows what ``impact`` found, "" where nobody can be hit
    impact_style: str = ""
    told: tuple[str, ...] = ()  # permissions whose holders are told of an applied change

    @abstractmethod
    def read(self, actor: Actor, number: str) -> Order:
        """The order as it is. Errors: NotFound."""

    @abstractmethod
    def lock(self, actor: Actor, number: str) -> Order:
        """The same, locked for this transaction."""

    @abstractmethod
    def clean(self, content: Mapping[str, Any], now: Content) -> Content:
        """A content as somebody gives it, in the one way in which values are written. Errors: Invalid."""

    @abstractmethod
    def plan(self, actor: Actor, order: Order, content: Content) -> Plan:
        """Check a content against the locked order; nothing is written. Errors: Invalid, BelowMoved, …"""

    @abstractmethod
    def write(self, actor: Actor, order: Order, plan: Plan, *, agreed: bool, ours: bool, note: str) -> Written:
        """Make the order what the plan says; ``agreed``: the partner has agreed to it, ``ours``: we asked for it.
        Errors: its own refusals.
        """

    @abstractmethod
    def paper(self, actor: Actor, number: str) -> dict[str, Any]:
        """The order as it is printed, with its prices."""

    def doubts(self, actor: Actor, found: Sequence[Any]) -> list[str]:
        """What ``write`` doubted, in words, as far as the reader may know the figures."""
        return [str(each) for each in found]

    def stopped(self, actor: Actor, number: str, refusal: AppError) -> tuple[str, list[Any]]:
        """Why a change cannot apply, fit for everybody's eyes, and what each reader is told in words of their own."""
        return str(refusal), []

    def why(self, actor: Actor, number: str, findings: Sequence[Any]) -> str:
        """What ``stopped`` kept, for this reader; "" when there is nothing but the text."""
        return ""

    def asked(self, actor: Actor, order: Order, change_id: int, change: str, times: int) -> None:
        """A change waits for the partner's consent, for the ``times``-th time: tell the partner."""
        return

    def impact(self, actor: Actor, order: Order, content: Content) -> Any:
        """Who is hit by the change; None where nobody can be."""
        return None


TARGETS: dict[str, Target] = {}


def target_of(kind: str) -> Target:
    """A registered kind of order."""
    if kind not in TARGETS:
        raise NotFound(what=kind)
    return TARGETS[kind]
