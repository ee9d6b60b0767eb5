"""Keep child processes running: restart one that dies, stop all in order, leave nothing behind."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue

from gendan.config import processes

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 30.0


class AlreadyRunning(Exception):
    """Another supervisor has this home."""


@dataclass
class Child:
    """One program that has to run all the time."""

    name: str
    command: Sequence[str]
    stop_seconds: float = 15
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    due_at: float = 0
    pause: float = FIRST_PAUSE

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it in a session of its own: Ctrl-C reaches the supervisor only, which then stops all in order."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            env=dict(environment),
            start_new_session=True,
            preexec_fn=processes.before_exec(parent=os.getpid()),
        )

    def stop(self) -> None:
        """Ask it to end, wait, then end what is left of it and of its own children."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                say(f"{self.name} does not end and is killed")
        end_group(self.process.pid)
        self.process.wait()
        self.process = None


@dataclass
class Supervisor:
    """Runs children until told to stop."""

    children: Sequence[Child]
    record: Path
    guard: Callable[[], bool] = lambda: True  # keeps up what is no child; False: it did not work, try again soon
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    # Unlike an Event, a SimpleQueue may be written to by a signal handler that interrupts its reader.
    _wake: SimpleQueue[None] = field(default_factory=SimpleQueue)
    _stopping: bool = False

    def run(self, when_started: Callable[[], None] = lambda: None) -> None:
        """Start all, restart those that die, and stop all on SIGINT, SIGTERM or SIGHUP."""
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {kind: signal.signal(kind, self._stop) for kind in signals}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: self._wake.put(None))
        try:
            for child in self.children:
                child.start(self.environment)
            self._write_record()
            when_started()
            well = True
            while not self._stopping:
                self._wait(min(self._restart_dead(), 60.0 if well else FIRST_PAUSE))
                well = self._stopping or self.guard()
        finally:
            for child in self.children:
                child.stop()
            self.record.unlink(missing_ok=True)
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def _stop(self, *_: object) -> None:
        self._stopping = True
        self._wake.put(None)

    def _wait(self, seconds: float) -> None:
        """Sleep until a signal comes or the time is over."""
        try:
            self._wake.get(timeout=seconds)
            while True:
                self._wake.get_nowait()
        except Empty:
            return

    def _restart_dead(self) -> float:
        """Restart what is due; the seconds until there is something to do again."""
        now = time.monotonic()
        wait = 60.0
        for child in self.children:
            if child.process is not None and child.process.poll() is not None and not self._stopping:
                end_group(child.process.pid)
                steady = now - child.started_at > STEADY_SECONDS
                child.pause = FIRST_PAUSE if steady else min(child.pause * 2, LONGEST_PAUSE)
                child.due_at = now + child.pause
                say(f"{child.name} ended ({_reason(child.process.returncode)}), again in {child.pause:.0f} s")
                child.process = None
            if child.process is None:
                if child.due_at <= now:
                    child.start(self.environment)
                    self._write_record()
                else:
                    wait = min(wait, child.due_at - now)
        return wait

    def _write_record(self) -> None:
        running = {child.name: child.process.pid for child in self.children if child.process is not None}
        self.record.write_text(json.dumps(running), encoding="ascii")


@contextmanager
def sole(lock: Path) -> Iterator[None]:
    """Hold the lock of a home; the kernel frees it when the holder dies, however it dies."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as refusal:
            raise AlreadyRunning(f"gendan is running already with {lock.parent}.") from refusal
        yield


def sweep(record: Path) -> None:
    """End what a killed supervisor left: its children die with it, their children may not."""
    try:
        left: dict[str, int] = json.loads(record.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    deadline = time.monotonic() + 15
    for pid in left.values():
        while processes.is_alive(pid) and _is_ours(pid) and time.monotonic() < deadline:
            time.sleep(0.1)
    for pid in left.values():
        end_group(pid)
    record.unlink(missing_ok=True)


def end_group(leader: int) -> None:
    """Kill what is left of a child's process group, if it is ours."""
    members = [pid for pid in processes.group(leader) if _is_ours(pid)]
    for pid in members:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _is_ours(pid: int) -> bool:
    """Whether the process runs this installation's Python; ids are used again by others."""
    return sys.prefix.encode() in processes.command_line(pid)


def _reason(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def say(text: str) -> None:
    """One line on the terminal."""
    print(f"gendan: {text}", file=sys.stderr, flush=True)
