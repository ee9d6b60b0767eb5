"""What follows from what carriers say: the parcel's status, when to ask again, what is the same event."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

STATUSES = (
    "unknown", "announced", "picked_up", "in_transit", "out_for_delivery", "exception", "delivered", "returned",
)  # fmt: skip
FINAL = frozenset({"delivered", "returned"})
NUMBER_LENGTH, NUMBERS_AT_ONCE = 64, 20
LONGEST_WAIT = timedelta(hours=12)
GIVE_UP = timedelta(days=60)  # as the carriers' services do
_RANK = {status: rank for rank, status in enumerate(STATUSES)}
_SEPARATORS = re.compile(r"[,，、;；/|\n]+")
_NOT_IN_A_NUMBER = re.compile(r"[^\w.\-]+")


@dataclass(frozen=True, slots=True)
class ScanIn:
    """One event as a carrier or a person tells it; ``status`` may be "" where it says none."""

    at: datetime
    text: str
    place: str = ""
    status: str = ""
    code: str = ""

    @property
    def key(self) -> str:
        """What makes it the same event when it is told again."""
        said = "\n".join((self.at.astimezone(UTC).isoformat(timespec="seconds"), self.place, self.text))
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Update:
    """What a carrier says of one number. ``status`` is what it says of the parcel as a whole."""

    tracking_number: str
    scans: Sequence[ScanIn] = ()
    status: str = ""
    expected_on: date | None = None
    signed_by: str = ""

    def stamped(self) -> Sequence[ScanIn]:
        """The scans; the newest bears the parcel's status where the carrier gave it none of its own."""
        if not self.status or not self.scans:
            return self.scans
        newest = max(range(len(self.scans)), key=lambda n: (self.scans[n].at, -n))
        return [
            ScanIn(scan.at, scan.text, scan.place, scan.status or (self.status if n == newest else ""), scan.code)
            for n, scan in enumerate(self.scans)
        ]


@dataclass(frozen=True, slots=True)
class State:
    """Where a parcel is, by all its events."""

    status: str
    last_event_at: datetime | None
    delivered_at: datetime | None


def state_of(seen: Sequence[tuple[datetime, str]]) -> State:
    """The newest status counts; what was delivered can only come back or be disputed afterwards."""
    status, delivered_at = "unknown", None
    for at, said in sorted(seen, key=lambda entry: (entry[0], _RANK.get(entry[1], -1))):
        if not said or (status == "delivered" and said not in {"returned", "exception"}):
            continue
        if said == "delivered":
            delivered_at = at
        elif said == "returned":
            delivered_at = None
        status = said
    return State(status, max((at for at, _said in seen), default=None), delivered_at)


def next_check(
    status: str, quiet: int, failures: int, shortest: timedelta, last_news: datetime, now: datetime
) -> datetime | None:
    """When to ask again: later and later while there is no news or no answer; not any more at the end."""
    if status in FINAL or now - last_news > GIVE_UP:
        return None
    patience = failures if failures else quiet
    longest = timedelta(hours=2) if status == "out_for_delivery" and not failures else LONGEST_WAIT
    return now + min(shortest * (1 << min(patience, 10)), max(longest, shortest))


def name_key(text: str) -> str:
    """A carrier's code or name, however it is typed: case, blanks and full width do not matter."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


def normal_number(text: str) -> str:
    """A tracking number in the form in which it is kept and compared."""
    return _NOT_IN_A_NUMBER.sub("", unicodedata.normalize("NFKC", text).upper())[:NUMBER_LENGTH]


def numbers_in(text: str) -> list[str]:
    """The tracking numbers in a field, in which people write several with commas or slashes between."""
    found = (normal_number(part) for part in _SEPARATORS.split(unicodedata.normalize("NFKC", text)))
    return list(dict.fromkeys(number for number in found if len(number) >= 4))[:NUMBERS_AT_ONCE]
