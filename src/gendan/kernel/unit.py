"""The unit of work: commands open the one transaction, steps run inside it.

A command is declared once with its permission and label; page, API, import and job all call the same function.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, ParamSpec, TypeVar, cast

from django.db import IntegrityError, OperationalError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DeadlockDetected

from gendan.kernel import db, fields, scope, wall
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError, IdempotencyKeyReused, LookingOnly
from gendan.kernel.log import Answer, Entry, write

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., "Done"])


@dataclass(frozen=True, slots=True)
class Done:
    """What a command answers: the document it left behind. ``data`` is what a caller needs beyond that, as JSON."""

    kind: str
    id: int
    number: str
    state: str = ""
    version: int = 1
    data: dict[str, Any] = field(default_factory=dict)
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    code: str
    label: str | Promise
    run: Callable[..., Done]
    permission: str


@dataclass(slots=True)
class Pending:
    """What a running command, or a batch of them, writes at its end."""

    actor: Actor
    entries: list[Entry] = field(default_factory=list)
    is_batch: bool = False
    refused: bool = False


log = logging.getLogger("gendan.kernel")
ATTEMPTS = 4
_JSON = json.JSONEncoder(default=str, sort_keys=True)
PENDING: ContextVar[Pending | None] = ContextVar("pending", default=None)
COMMANDS: dict[str, Command] = {}
ACROSS: set[Callable[..., Done]] = set()
VIEWS: dict[str, str | Promise] = {}
# Events that are told at once to who caused them, in the answer (``data["warnings"]``): by type, the sentence.
SAID: dict[str, Callable[[Entry], str]] = {}


def view_permission(code: str, label: str | Promise) -> str:
    """Declare a permission to see something (commands declare their own)."""
    VIEWS[code] = label
    return code


def label_of(permission: str) -> str:
    """The name of a permission as users see it."""
    if permission in COMMANDS:
        return str(COMMANDS[permission].label)
    return str(VIEWS.get(permission, permission))


def command(
    code: str, label: str | Promise, permission: str | None = None, *, across: bool = False
) -> Callable[[F], F]:
    """Declare a business verb ``fn(*, actor, …) -> Done``.

    The wrapper checks the permission, opens one durable transaction, and, when the actor carries an idempotency key,
    answers a repetition with the stored result. The permission is ``code`` unless another is named; "" is for what
    everybody may do with their own things. Commands do not nest: what they share are steps. What writes in other
    companies than the actor's works ``across``: outside of the wall between them (kernel/wall.py).
    """
    needed = code if permission is None else permission

    def declare(fn: F) -> F:
        if across:
            ACROSS.add(fn)

        @functools.wraps(fn)
        def run(*, actor: Actor, **kwargs: Any) -> Done:
            if actor.looking_as:
                raise LookingOnly(role=actor.looking_as)
            if needed:
                actor.must(needed)
            if actor.scope is not None:
                scope.demand(actor, kwargs, writing=code)
            if actor.fields:
                fields.check_new(actor, code, kwargs)
            if (pending := PENDING.get()) is not None and pending.is_batch:
                return _run_in(pending, fn, actor, kwargs)
            if actor.idempotency_key is None:
                return _run(fn, actor, kwargs)
            return _run_once(fn, code, actor, kwargs)

        COMMANDS[code] = Command(code, label, run, needed)
        return cast(F, run)

    return declare


def step(fn: Callable[P, R]) -> Callable[P, R]:
    """Mark a write that other contexts may call, but only inside a command's transaction."""

    @functools.wraps(fn)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not db.in_command():
            raise RuntimeError(f"{fn.__qualname__} must run inside a command")
        return fn(*args, **kwargs)

    return run


@dataclass(slots=True)
class Trial:
    """Work that is undone unless it is kept."""

    kept: bool = False

    def keep(self) -> None:
        """Let what was written stand."""
        self.kept = True


@contextmanager
def tentative() -> Iterator[Trial]:
    """What a command writes inside is undone at the end, with its events, unless the trial is kept; a refusal undoes
    it, too. For finding out what would become of something by doing it.
    """
    pending = PENDING.get()
    known = len(pending.entries) if pending else 0
    trial = Trial()
    db.flush()
    try:
        with transaction.atomic():
            try:
                yield trial
                db.flush()
            except BaseException:
                trial.kept = False
                db.discard()
                raise
            if not trial.kept:
                transaction.set_rollback(True)
    finally:
        if pending and not trial.kept:
            del pending.entries[known:]


def _run(
    fn: Callable[..., Done], actor: Actor, kwargs: dict[str, Any], answer: Callable[[Done], Answer] | None = None
) -> Done:
    """Run in one durable transaction, and anew when the database ended it because it waited crosswise for another.

    Commands lock in one order (docs/decisions/0015), but rows that come into being while they wait can cross it, a new
    balance between two that are held. Nothing of the attempt remains, so it may simply begin again.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            return _attempt(fn, actor, kwargs, answer)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            log.warning("%s waited crosswise for another command, attempt %s", fn.__qualname__, attempt)
            time.sleep(random.uniform(0, 0.05) * attempt)
    return _attempt(fn, actor, kwargs, answer)


def _attempt(
    fn: Callable[..., Done], actor: Actor, kwargs: dict[str, Any], answer: Callable[[Done], Answer] | None
) -> Done:
    """Run in one durable transaction; the command's events are written at its end, in one statement."""
    inside = None if fn in ACROSS else actor.company_id
    with wall.within(inside), transaction.atomic(durable=True), db.queueing():
        pending = Pending(actor)
        token = PENDING.set(pending)
        try:
            done = fn(actor=actor, **kwargs)
        finally:
            PENDING.reset(token)
        if actor.fields:
            fields.check_written(actor, pending.entries)
        if said := [SAID[entry.type](entry) for entry in pending.entries if entry.type in SAID]:
            done = replace(done, data={**done.data, "warnings": said})
        write(actor, pending.entries, answer(done) if answer else None)
        return done


BULK = ("import", "cli", "supplier")  # who brings many documents in one file


@contextmanager
def batch(actor: Actor) -> Iterator[None]:
    """Run the commands called inside as steps of one transaction, all of them or none; events are written at its end.

    For bringing in many documents, where a commit for each costs more than the command itself, or a file is taken as a
    whole: only an actor that imports, sits at the command line or brings a supplier's file may, in its own name,
    without an idempotency key. Every command still checks its
    permission. The first refusal ends the batch; one that is caught inside does not save the rest (RuntimeError).
    """
    if actor.via not in BULK or actor.idempotency_key is not None:
        raise RuntimeError(f"a batch is for {' and '.join(BULK)}, not for {actor.via} or a keyed request")
    with wall.within(actor.company_id), transaction.atomic(durable=True), db.queueing():
        pending = Pending(actor, is_batch=True)
        token = PENDING.set(pending)
        try:
            yield
        finally:
            PENDING.reset(token)
        if pending.refused:
            raise RuntimeError("a command of this batch was refused, the batch cannot be kept")
        write(actor, pending.entries)


def _run_in(pending: Pending, fn: Callable[..., Done], actor: Actor, kwargs: dict[str, Any]) -> Done:
    """Run inside a batch; a command called by this one is refused as it is outside of one."""
    if actor != pending.actor:
        raise RuntimeError("all commands of a batch have the actor of the batch")
    token = PENDING.set(Pending(actor, pending.entries))
    known = len(pending.entries)
    try:
        done = fn(actor=actor, **kwargs)
        if actor.fields:
            fields.check_written(actor, pending.entries[known:])
        return done
    except BaseException:
        pending.refused = True
        raise
    finally:
        PENDING.reset(token)


def _run_once(fn: Callable[..., Done], code: str, actor: Actor, kwargs: dict[str, Any]) -> Done:
    """Run under an idempotency key: look first, store the result last, and on any refusal look again.

    Two simultaneous repetitions both pass the first look; the loser then fails (on the document's state or on the key's
    primary key), is rolled back, and finds the winner's result in the second look.
    """
    fingerprint = hashlib.sha256(_JSON.encode([code, kwargs]).encode()).digest()
    if (earlier := _replay(actor, code, fingerprint)) is not None:
        return earlier
    try:
        return _run(fn, actor, kwargs, lambda done: Answer(code, fingerprint, _dump(done)))
    except (AppError, IntegrityError):
        if (earlier := _replay(actor, code, fingerprint, again=True)) is not None:
            return earlier
        raise


def _dump(done: Done) -> str:
    return json.dumps([done.kind, done.id, done.number, done.state, done.version, done.data])


def _replay(actor: Actor, code: str, fingerprint: bytes, *, again: bool = False) -> Done | None:
    """The stored answer, as it came with the actor unless it must be looked up ``again``."""
    if actor.looked_up and not again:
        found = actor.earlier
    else:
        found = db.row(
            "SELECT command, fingerprint, result::text FROM kernel_idempotency"
            " WHERE company_id = %s AND user_id = %s AND key = %s",
            [actor.company_id, actor.user_id or 0, actor.idempotency_key],
        )
    if found is None:
        return None
    if found[0] != code or bytes(found[1]) != fingerprint:
        raise IdempotencyKeyReused(key=actor.idempotency_key)
    kind, id_, number, state, version, data = json.loads(found[2])
    return Done(kind, id_, number, state, version, data, replayed=True)


COMMENT = view_permission("kernel.comment", _("评论与附件"))
