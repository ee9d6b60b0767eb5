"""Who acts: resolved once at the door, passed to every command and query."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils import timezone

from gendan.kernel.errors import Forbidden

Via = Literal["page", "api", "import", "job", "cli", "portal", "device", "supplier"]


@dataclass(frozen=True, slots=True)
class Limit:
    """To what one role narrows its holders: their own documents or their department's; some warehouses, groups of
    suppliers, categories of products (the codes stand in the role's row). See kernel/scope.py.
    """

    role: int
    documents: Literal["all", "department", "own"] = "all"
    warehouses: bool = False
    supplier_groups: bool = False
    categories: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """The contexts in which somebody sees not everything: what any of the limits lets through is seen."""

    contexts: tuple[tuple[str, tuple[Limit, ...]], ...]

    def of(self, context: str) -> tuple[Limit, ...]:
        """The limits within a context; none: everything is seen."""
        return next((limits for name, limits in self.contexts if name == context), ())


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or a job for a person) inside one company.

    ``amount_limit`` is the largest order amount, in the company's currency, that the actor may approve; ``None``: any.
    ``idempotency_key`` is the key of the request being served, if it brought one; where its stored answer was looked up
    with the actor, ``looked_up`` is true and ``earlier`` is the answer (command, fingerprint, result), if any.
    ``address`` is where the request came from (IP), None for jobs and the command line. ``duties`` are the company's
    rules about what one person must not do twice (kernel/duties.py). ``second_factor_due``: the person has to set up
    the second step of signing in first. ``looking_as`` is the role in whose place an administrator looks: nothing is
    written.
    """

    company_id: int
    user_id: int | None
    name: str
    permissions: frozenset[str]
    amount_limit: Decimal | None = Decimal(0)
    via: Via = "page"
    language: str = "zh-hans"
    timezone: str = "Asia/Shanghai"
    idempotency_key: str | None = None
    looked_up: bool = False
    earlier: tuple[Any, ...] | None = None
    address: str | None = None
    scope: Scope | None = None
    fields: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()  # rights on fields; see kernel/fields.py
    duties: tuple[tuple[str, str], ...] = ()
    second_factor_due: bool = False
    looking_as: str = ""

    def may(self, permission: str) -> bool:
        """Whether the actor holds the permission; ``*`` is every permission."""
        return permission in self.permissions or "*" in self.permissions

    def must(self, permission: str) -> None:
        """Refuse with Forbidden unless the actor holds the permission."""
        if not self.may(permission):
            from gendan.kernel.unit import label_of  # the registry imports this module

            raise Forbidden(permission=label_of(permission), code=permission)

    @property
    def looking(self) -> Actor:
        """The same, with the rights to see and to comment only."""
        from gendan.kernel.unit import COMMENT, VIEWS  # the registry imports this module

        kept = (code for code in VIEWS if code.partition(".")[2].startswith("view") or code == COMMENT)
        return replace(self, permissions=frozenset(code for code in kept if self.may(code)))

    def may_approve(self, amount: Decimal) -> bool:
        """Whether an amount in company currency lies within the actor's own limit."""
        return self.amount_limit is None or amount <= self.amount_limit

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the company, which says when a day begins."""
        return ZoneInfo(self.timezone)

    def today(self) -> date:
        """The day that it is in the company now."""
        return timezone.localdate(timezone=self.zone)

    def with_key(self, key: str | None) -> Actor:
        """The same actor, serving a request that carries an idempotency key."""
        return replace(self, idempotency_key=key or None, looked_up=False, earlier=None)
