"""From lines in any order to whole orders with their shipments and receipts, oldest first.

The lines of an order may be anywhere in the file, so they are sorted on disk: in SQLite's private temporary
database, which vanishes with its connection. Memory holds one order at a time, however long the file.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from types import TracebackType
from typing import Self

from gendan.integrations.history.records import HistoryLine, Kind, Named, Outside, Reason, Rejected, Remark, Tally


@dataclass(frozen=True, slots=True)
class HistoryReceipt:
    """What arrived of a shipment on one day. ``lines`` are positions in the order's lines."""

    key: str
    delivered_on: date
    recorded_on: date
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HistoryShipment:
    """One advance shipping notice; weight and freight are those of the whole shipment, where the file states them.

    ``base`` is the number in the file; ``key`` differs from it where several orders of the file share the number.
    """

    key: str
    base: str
    carrier_mode: str
    weight: Decimal | None
    freight: Decimal | None
    lines: tuple[int, ...]
    receipts: tuple[HistoryReceipt, ...]


@dataclass(frozen=True, slots=True)
class HistoryOrder:
    """One order: one supplier or customer, one place of ours, one currency."""

    key: str
    partner: Named
    warehouse: Named
    currency: str
    ordered_on: date
    lines: tuple[HistoryLine, ...]
    shipments: tuple[HistoryShipment, ...]

    @property
    def remarks(self) -> Iterator[tuple[HistoryLine, Remark]]:
        """Every remark on every line."""
        return ((line, remark) for line in self.lines for remark in line.remarks)


class Sorter:
    """Takes the outcomes of reading, keeps the tally and the rejected rows, and gives the orders back.

    Use as a context manager; ``orders`` may be called any number of times.
    """

    def __init__(self) -> None:
        self.tally = Tally()
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000; BEGIN;"
            "CREATE TABLE line (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, grp TEXT NOT NULL,"
            " body BLOB NOT NULL);"
            "CREATE INDEX line_by_group ON line (grp, row);"
            "CREATE TABLE grp (name TEXT PRIMARY KEY, first TEXT NOT NULL);"
            "CREATE TABLE rejected (row INTEGER PRIMARY KEY, body BLOB NOT NULL);"
            "CREATE TABLE claim (kind TEXT, key TEXT, grp TEXT, place INTEGER, PRIMARY KEY (kind, key, grp));"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def add(self, outcomes: Iterable[HistoryLine | Outside | Rejected]) -> None:
        """Take everything that a reader yields. A line whose id was there before is rejected."""
        for outcome in outcomes:
            self.tally.count(outcome)
            if isinstance(outcome, Rejected):
                self._reject(outcome)
            elif isinstance(outcome, HistoryLine):
                self._keep(outcome)

    def rejected(self) -> Iterator[Rejected]:
        """The rejected rows in the order of the file."""
        for (body,) in self._db.execute("SELECT body FROM rejected ORDER BY row"):
            yield pickle.loads(body)

    def lines(self) -> Iterator[HistoryLine]:
        """Every line that was taken, in the order of the file."""
        for (body,) in self._db.execute("SELECT body FROM line ORDER BY row"):
            yield pickle.loads(body)

    def orders(self) -> Iterator[HistoryOrder]:
        """Whole orders, by the day they were placed, then by key."""
        found = self._db.execute(
            "SELECT g.name, l.body FROM grp g CROSS JOIN line l ON l.grp = g.name ORDER BY g.first, g.name, l.row"
        )
        for group, members in groupby(found, key=lambda pair: pair[0]):
            yield self._order(group, [pickle.loads(body) for _, body in members])

    def _keep(self, line: HistoryLine) -> None:
        group = _group(line)
        first = min(line.days).isoformat()
        body = pickle.dumps(line, protocol=5)
        kept = self._db.execute("INSERT OR IGNORE INTO line VALUES (?, ?, ?, ?)", (line.row, line.line_id, group, body))
        if kept.rowcount == 0:
            self.tally.turn_down(line, Reason.DUPLICATE_ID)
            self._reject(Rejected(line.row, line.line_id, "line_id", Reason.DUPLICATE_ID, line.line_id, line.order_key))
            return
        self._db.execute(
            "INSERT INTO grp VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET first = min(first, excluded.first)",
            (group, first),
        )
        for kind, key in (("order", line.order_key), ("shipment", line.shipment_key)):
            if key:
                self._db.execute(
                    "INSERT OR IGNORE INTO claim SELECT ?1, ?2, ?3, count(*) FROM claim WHERE kind = ?1 AND key = ?2",
                    (kind, key, group),
                )

    def _reject(self, rejected: Rejected) -> None:
        self._db.execute("INSERT INTO rejected VALUES (?, ?)", (rejected.row, pickle.dumps(rejected, protocol=5)))

    def _place(self, kind: str, key: str, group: str) -> int:
        """0 for the first order that uses a key, 1 for the second …"""
        wanted = (kind, key, group)
        found = self._db.execute("SELECT place FROM claim WHERE kind = ? AND key = ? AND grp = ?", wanted).fetchone()
        return int(found[0]) if found else 0

    def _order(self, group: str, lines: Sequence[HistoryLine]) -> HistoryOrder:
        first = lines[0]
        place = self._place("order", first.order_key, group)
        key = first.order_key if place == 0 else f"{first.order_key}/{place + 1}"
        ordered_on = _ordered_on(lines)
        extra = {line.row: list[Remark]() for line in lines}
        seen: dict[bytes, HistoryLine] = {}
        for line in lines:
            if place:
                extra[line.row].append(Remark(Kind.ORDER_SPLIT, "order_key", key))
            if line.sent_on and line.sent_on > ordered_on:
                extra[line.row].append(Remark(Kind.ORDERED_EARLIER, "sent_on", f"{line.sent_on} → {ordered_on}"))
            if (twin := seen.setdefault(line.fingerprint, line)) is not line:
                extra[line.row].append(Remark(Kind.DUPLICATE_ROW, "line_id", twin.line_id))
        shipments = tuple(self._shipments(group, lines, extra))
        remarked = tuple(replace(line, remarks=line.remarks + tuple(extra[line.row])) for line in lines)
        return HistoryOrder(key, first.partner, first.warehouse, first.currency, ordered_on, remarked, shipments)

    def _shipments(
        self, group: str, lines: Sequence[HistoryLine], extra: dict[int, list[Remark]]
    ) -> Iterator[HistoryShipment]:
        by_key: dict[str, list[int]] = {}
        for position, line in enumerate(lines):
            if line.shipment_key:
                by_key.setdefault(line.shipment_key, []).append(position)
        for key, positions in by_key.items():
            place = self._place("shipment", key, group)
            members = {lines[position].line_id for position in positions}
            for position in positions:
                line = lines[position]
                if place:
                    extra[line.row].append(Remark(Kind.SHIPMENT_SPLIT, "shipment_key", key))
                for field, amount in (("weight", line.weight), ("freight", line.freight)):
                    if amount.see_line and amount.see_line not in members:
                        extra[line.row].append(Remark(Kind.REFERENCE_LOST, field, amount.see_line))
            name = key if place == 0 else f"{key}/{place + 1}"
            yield HistoryShipment(
                key=name,
                base=key,
                carrier_mode=next((lines[p].carrier_mode for p in positions if lines[p].carrier_mode), ""),
                weight=_total([lines[position].weight.number for position in positions]),
                freight=_total([lines[position].freight.number for position in positions]),
                lines=tuple(positions),
                receipts=tuple(_receipts(name, lines, positions)),
            )


def _group(line: HistoryLine) -> str:
    """An order has one partner, one place and one currency: where a number has several, they are several orders."""
    return "\x1f".join((line.order_key, line.partner.code, line.warehouse.code, line.currency))


def _ordered_on(lines: Sequence[HistoryLine]) -> date:
    """The day of the order: when it was sent to the supplier, but never after the first date that it promises.

    (The rules refuse a promise for a day before the order.) Where the sending date is not known it is the earliest
    day known of the order; the reader rejects lines without any date.
    """
    sent = [line.sent_on for line in lines if line.sent_on]
    if not sent:
        return min(day for line in lines for day in line.days)
    return min([*sent, *(line.promised_on for line in lines if line.promised_on)])


def _receipts(shipment: str, lines: Sequence[HistoryLine], positions: Sequence[int]) -> Iterator[HistoryReceipt]:
    by_day: dict[date, list[int]] = {}
    for position in positions:
        if day := lines[position].delivered_on:
            by_day.setdefault(day, []).append(position)
    for place, (day, members) in enumerate(sorted(by_day.items())):
        key = shipment if place == 0 else f"{shipment}/{place + 1}"
        recorded = max(lines[position].recorded_on or day for position in members)
        yield HistoryReceipt(key, day, recorded, tuple(members))


def _total(numbers: Sequence[Decimal | None]) -> Decimal | None:
    known = [number for number in numbers if number is not None]
    return sum(known, Decimal(0)) if known else None
