"""What an adapter to a carrier's service has to be able to do. It talks; it reads and writes nothing of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.functional import Promise

from gendan.carriers.rules import Update


@dataclass(frozen=True, slots=True)
class Field:
    """A setting of an adapter. A ``secret`` one is kept encrypted and never shown again."""

    name: str
    label: str | Promise
    help: str | Promise = ""
    required: bool = False
    secret: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A carrier as its adapter sees it: settings and secrets in one, and where it is reached when it pushes."""

    settings: Mapping[str, str]
    push_url: str = ""

    def __getitem__(self, name: str) -> str:
        return self.settings.get(name, "")


@dataclass(frozen=True, slots=True)
class Asked:
    """A parcel to ask about."""

    id: int
    tracking_number: str
    phone: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """No news of a parcel, and why: not_found, phone, refused, busy, unreachable, unreadable."""

    tracking_number: str
    problem: str


class Adapter(Protocol):
    """The interface to a carrier's service."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str | Promise: ...
    @property
    def fields(self) -> Sequence[Field]: ...
    @property
    def pushes(self) -> bool: ...
    @property
    def shortest(self) -> timedelta:
        """The same number is not asked for more often."""
        ...

    def poll(self, account: Account, parcels: Sequence[Asked], now: datetime) -> Iterator[Update | Failed]:
        """Ask about parcels, one answer each; a failure of one does not keep the others."""
        ...

    def subscribe(self, account: Account, parcel: Asked) -> str:
        """Ask the carrier to push what happens to a parcel; "" when it will, else the problem."""
        ...

    def read_push(self, account: Account, posted: Mapping[str, str]) -> list[Update]:
        """What a push says; PushRefused unless its signature is right."""
        ...

    def answer_push(self, problem: str = "") -> dict[str, object]:
        """What the carrier wants to hear: that all is well, or why not (it tries again)."""
        ...
