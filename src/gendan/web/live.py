"""Live updates: a small process that tells open pages what has changed, as server-sent events. Free of Django.

`GET /live?ticket=…` answers with a stream of

    event: ready    data: {}                                  after every (re)connection: fetch anew what is shown
    event: change   data: {"type","refs","number","by"}       something with these references changed

A change says no content: the page fetches what its user may see. More than MANY changes of a company at once are told
as one change of type "kernel.many" without references.

Who sees only a part of the company (kernel/scope.py) is told that something changed, never what. Who is no member any
more hears nothing more. Both are asked of the database while anyone listens, not of the ticket.

The event log is read in commit order by polling while anyone listens. LISTEN/NOTIFY is not used: a NOTIFY makes all
commits wait for one global lock.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import psycopg
from psycopg.rows import TupleRow

from gendan.kernel import ticket

POLL_SECONDS = 0.3
HEARTBEAT_SECONDS = 20
CHECK_SECONDS = 10
STREAMS_PER_USER = 20
WAITING_MESSAGES = 200
MANY = 50
BATCH = 2000
LOOK_BACK = 10_000

log = logging.getLogger("gendan.live")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the event log, as far as listeners are told."""

    id: int
    company_id: int
    type: str
    refs: tuple[str, ...]
    number: str
    by: str


@dataclass
class Tail:
    """Reads the event log so that nobody who commits late is missed.

    Ids are given before commit, so a lower id may become visible after a higher one. Every id up to `floor` is settled;
    above it, `seen` says what was told already. `floor` moves to an id that was visible when `mark` was taken, once all
    transactions that were running then have ended.
    """

    floor: int = 0
    highest: int = 0
    seen: set[int] = field(default_factory=set)
    mark: tuple[int, int] | None = None

    START = "SELECT coalesce(max(id), 0) FROM kernel_event"
    READ = """
        SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint,
               e.id, e.company_id, e.type, e.refs, e.subject_number, coalesce(u.name, '')
        FROM pg_current_snapshot() s
        LEFT JOIN (kernel_event e LEFT JOIN accounts_user u ON u.id = e.user_id)
          ON e.id > %s AND e.id <> ALL (%s::bigint[])
        ORDER BY e.id LIMIT %s
    """

    async def start(self, connection: psycopg.AsyncConnection[TupleRow]) -> None:
        """Begin with what is visible now; it is not told."""
        row = await (await connection.execute(self.START)).fetchone()
        self.floor = self.highest = max(0, (row[0] if row else 0) - LOOK_BACK)
        self.seen, self.mark = set(), None
        while len(await self.read(connection)) == BATCH:
            pass

    async def read(self, connection: psycopg.AsyncConnection[TupleRow]) -> list[Change]:
        """What has become visible since the last call."""
        rows = await (await connection.execute(self.READ, [self.floor, list(self.seen), BATCH])).fetchall()
        oldest_running, next_transaction = rows[0][0], rows[0][1]
        previous = self.highest
        changes = [Change(row[2], row[3], row[4], tuple(row[5]), row[6], row[7]) for row in rows if row[2] is not None]
        self.seen.update(change.id for change in changes)
        self.highest = max([previous, *(change.id for change in changes)])
        if self.mark is not None and oldest_running >= self.mark[0]:
            self.floor = self.mark[1]
            self.seen = {id_ for id_ in self.seen if id_ > self.floor}
            self.mark = None
        if self.mark is None and len(changes) < BATCH:
            # The highest id of the poll before: an id may be drawn a moment before its transaction gets its number.
            self.mark = (next_transaction, previous)
        return changes


@dataclass(eq=False)
class Stream:
    """One open page."""

    ticket: ticket.Ticket
    messages: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(WAITING_MESSAGES))

    @property
    def who(self) -> tuple[int, int]:
        """Company and user."""
        return self.ticket.company_id, self.ticket.user_id

    def put(self, message: bytes | None) -> None:
        """Queue a message; a page that does not read loses its stream, reconnects and fetches anew."""
        try:
            self.messages.put_nowait(message)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """Close the stream; what was queued is not sent any more."""
        while not self.messages.empty():
            self.messages.get_nowait()
        self.messages.put_nowait(None)


class Hub:
    """Knows who listens and tells them."""

    # Of the given pairs of company and user, those who do not work there (any more).
    GONE = """
        SELECT asked.company_id, asked.user_id FROM unnest(%s::bigint[], %s::bigint[]) AS asked (company_id, user_id)
        WHERE NOT EXISTS (
            SELECT FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id AND u.is_active
            WHERE m.company_id = asked.company_id AND m.user_id = asked.user_id AND m.is_active
        )
    """

    # Of those, the ones with a role that narrows what they see.
    NARROWED = """
        SELECT DISTINCT m.company_id, m.user_id FROM unnest(%s::bigint[], %s::bigint[]) AS asked (company_id, user_id)
        JOIN accounts_membership m ON m.company_id = asked.company_id AND m.user_id = asked.user_id
        JOIN accounts_membership_roles mr ON mr.membership_id = m.id
        JOIN accounts_role r ON r.id = mr.role_id AND r.scope <> '{}'
    """

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self.streams: set[Stream] = set()
        self.gone: set[tuple[int, int]] = set()
        self.narrowed: set[tuple[int, int]] = set()
        self.checked: set[tuple[int, int]] = set()
        self.wanted = asyncio.Event()
        self.is_following = False

    def join(self, stream: Stream) -> tuple[int, str] | None:
        """Add a listener, or say why not: they are no member any more, or have too many pages open."""
        if stream.who in self.gone:
            self.wanted.set()  # have it asked again, even when nobody else listens: they may be back
            return 403, "no member of the company"
        if sum(1 for other in self.streams if other.ticket.user_id == stream.ticket.user_id) >= STREAMS_PER_USER:
            return 429, "too many open pages"
        self.streams.add(stream)
        self.wanted.set()
        return None

    def leave(self, stream: Stream) -> None:
        """Remove a listener."""
        self.streams.discard(stream)
        if not self.streams:
            self.wanted.clear()

    def close(self) -> None:
        """End all streams, for the process stops."""
        for stream in self.streams:
            stream.end()

    def tell(self, changes: Iterable[Change]) -> None:
        """Queue the changes for the listeners of their companies."""
        changes = list(changes)
        count = Counter(change.company_id for change in changes)
        wanted = {stream.ticket.company_id for stream in self.streams}
        messages: dict[int, list[bytes]] = {company: [SOMETHING] for company in wanted if count[company] > MANY}
        for change in changes:
            if change.company_id in wanted and count[change.company_id] <= MANY:
                data = {"type": change.type, "refs": change.refs, "number": change.number, "by": change.by}
                messages.setdefault(change.company_id, []).append(_event("change", data))
        for stream in self.streams:
            heard = messages.get(stream.ticket.company_id, [])
            for message in [SOMETHING] if heard and stream.who in self.narrowed else heard:
                stream.put(message)

    async def run(self) -> None:
        """Poll while anyone listens; survive the database's restarts."""
        pause = POLL_SECONDS
        while True:
            await self.wanted.wait()
            try:
                await self._follow()
                pause = POLL_SECONDS
            except psycopg.Error as failure:
                log.warning("the event log cannot be read: %s", str(failure).strip())
                pause = min(pause * 2, 10)
                await asyncio.sleep(pause)
            finally:
                self.is_following = False

    async def _follow(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self.database_url, autocommit=True, prepare_threshold=0, application_name="gendan live"
        )
        async with connection:
            tail = Tail()
            await tail.start(connection)
            self.is_following = True
            for stream in self.streams:  # what happened while nobody read is not known
                stream.put(READY)
            check = 0.0
            while self.wanted.is_set():
                if time.monotonic() >= check:
                    await self._check(connection)
                    check = time.monotonic() + CHECK_SECONDS
                await asyncio.sleep(POLL_SECONDS)
                changes = await tail.read(connection)
                if not {stream.who for stream in self.streams} <= self.checked:
                    await self._check(connection)
                self.tell(changes)

    async def _check(self, connection: psycopg.AsyncConnection[TupleRow]) -> None:
        """End the streams of those who are no member any more; let those in again who are back."""
        asked = sorted({stream.who for stream in self.streams} | self.gone)
        companies, users = [company for company, _ in asked], [user for _, user in asked]
        self.gone = {
            (row[0], row[1]) for row in await (await connection.execute(self.GONE, [companies, users])).fetchall()
        }
        narrowed = await (await connection.execute(self.NARROWED, [companies, users])).fetchall()
        self.narrowed, self.checked = {(row[0], row[1]) for row in narrowed}, set(asked)
        for stream in self.streams:
            if stream.who in self.gone:
                stream.end()
        if not self.streams:
            self.wanted.clear()


class Application:
    """The ASGI application."""

    def __init__(self, *, database_url: str, secret: str, origins: Iterable[str]) -> None:
        self.hub = Hub(database_url)
        self.secret = secret
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        task = asyncio.create_task(self.hub.run())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        task.cancel()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = dict(scope["headers"]).get(b"origin", b"").decode("latin-1")
        if scope["path"] == "/health":
            await _refuse(send, 200, "ok")
            return
        if scope["path"] != "/live" or scope["method"] != "GET":
            await _refuse(send, 404, "not found")
            return
        if origin and origin not in self.origins:
            await _refuse(send, 403, "unknown origin")
            return
        text = parse_qs(scope["query_string"].decode("latin-1")).get("ticket", [""])[0]
        valid = ticket.verify(self.secret, text)
        if valid is None:
            await _refuse(send, 401, "the ticket is not valid", origin)
            return
        stream = Stream(valid)
        if (refused := self.hub.join(stream)) is not None:
            await _refuse(send, *refused, origin)
            return
        try:
            await self._stream(stream, origin, receive, send)
        finally:
            self.hub.leave(stream)

    async def _stream(self, stream: Stream, origin: str, receive: Receive, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
            *_allow(origin),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        # A page fetches anew when it is told «ready»: not before the log is read, or it would miss what comes between.
        stream.put(b"retry: 2000\n\n" + (READY if self.hub.is_following else b""))
        gone = asyncio.create_task(_disconnected(receive))
        try:
            with suppress(asyncio.CancelledError):  # the process stops: the answer is complete all the same
                async for message in _messages(stream, gone):
                    await send({"type": "http.response.body", "body": message, "more_body": True})
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()


async def _messages(stream: Stream, gone: asyncio.Task[None]) -> AsyncIterator[bytes]:
    """What is to be sent, a heartbeat when nothing is, until the page has gone or its ticket has expired."""
    loop = asyncio.get_running_loop()
    end = loop.time() + max(0.0, stream.ticket.expires - time.time())
    while not gone.done() and (left := end - loop.time()) > 0:
        waiting = asyncio.create_task(stream.messages.get())
        pause = min(HEARTBEAT_SECONDS, left)
        await asyncio.wait({waiting, gone}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            yield b": still here\n\n"
            continue
        message = waiting.result()
        if message is None:
            return
        yield message


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int, text: str, origin: str = "") -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *_allow(origin)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})


def _allow(origin: str) -> list[tuple[bytes, bytes]]:
    return [(b"access-control-allow-origin", origin.encode("latin-1")), (b"vary", b"Origin")] if origin else []


def _event(kind: str, data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()


READY = _event("ready", {})
SOMETHING = _event("change", {"type": "kernel.many", "refs": [], "number": "", "by": ""})  # fetch anew what is shown
