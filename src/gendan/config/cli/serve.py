"""gendan up, web, worker, live: the processes that serve."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gendan.config import env
from gendan.config.env import Environment
from gendan.config.postgres import Embedded, PostgresFailed
from gendan.config.supervise import Child, Supervisor, say, sole, sweep

READY_SECONDS = 60


class CannotServe(Exception):
    """The product cannot be served; the text says why."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("up")(up)
    app.command("web")(web)
    app.command("worker")(worker)
    app.command("live")(live)


def up(
    demo: Annotated[bool, typer.Option(help="Build the demonstration company on the first start.")] = True,
) -> None:
    """Run everything: database, web, worker, live. Ctrl-C stops it."""
    environment = env.current()
    environment.home.mkdir(parents=True, exist_ok=True)
    record = environment.home / "children.json"
    with sole(environment.home / "up.lock"):
        sweep(record)
        for name, port in (("GENDAN_PORT", environment.port), ("GENDAN_LIVE_PORT", environment.live_port)):
            _must_be_free(environment.bind, port, name)
        with database(environment) as guard:
            _prepare(demo=demo)
            children = [
                Child("web", web_command(), stop_seconds=20),
                Child("worker", worker_command(), stop_seconds=20),
                Child("live", live_command(), stop_seconds=5),
            ]
            Supervisor(children, record, guard).run(lambda: _announce(environment))
        say("stopped · 已停止")


def web() -> None:
    """Serve the pages and the API (the database must be running)."""
    os.execv(sys.executable, web_command())


def worker() -> None:
    """Do the jobs that are waiting (the database must be running)."""
    os.execv(sys.executable, worker_command())


def live() -> None:
    """Tell open pages what changes (the database must be running)."""
    os.execv(sys.executable, live_command())


def web_command() -> list[str]:
    """The web server with its workers."""
    return [sys.executable, "-m", "gendan.config.serve_web"]


def worker_command() -> list[str]:
    """The worker process."""
    return [sys.executable, "-m", "gendan.config.work"]


def live_command() -> list[str]:
    """The live process."""
    return [sys.executable, "-m", "gendan.config.serve_live"]


@contextmanager
def database(environment: Environment) -> Iterator[Callable[[], bool]]:
    """The private server for as long as this takes, unless it runs already or another server was named.

    Gives a function that starts the server again if it has died; False if it does not start for now.
    """
    server = None if environment.database_url else Embedded(environment.home / "pg")
    started = server.start() if server else False

    def guard() -> bool:
        if server and started and server.pid() is None:
            say("the database has ended and is started again")
            try:
                server.start()
            except PostgresFailed as failure:
                say(str(failure))
                return False
        return True

    try:
        yield guard
    finally:
        if server and started:
            server.stop()


def _prepare(*, demo: bool) -> None:
    arguments = ["--demo"] if demo else []
    done = subprocess.run([sys.executable, "-m", "gendan.config.prepare", *arguments], check=False)
    if done.returncode != 0:
        raise CannotServe("The database could not be prepared; the lines above say why.")


def _announce(environment: Environment) -> None:
    """Wait until the pages answer, then say where they are and who can sign in."""
    own = environment.bind if environment.bind not in {"0.0.0.0", "::"} else "127.0.0.1"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not _answers(own, environment.port):
        time.sleep(0.1)
    print(f"\n  gendan 跟单   {environment.origin}\n", flush=True)
    for line in _sign_ins(environment):
        print(f"  {line}", flush=True)
    print("\n  Ctrl-C stops it · 按 Ctrl-C 停止\n", flush=True)


def _sign_ins(environment: Environment) -> list[str]:
    """The demonstration company's sign-ins by role, written when it was built."""
    try:
        return (environment.home / "sign-ins.txt").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _answers(host: str, port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/health", timeout=2):
            return True
    except OSError:
        return False


def _must_be_free(host: str, port: int, name: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as failure:
            raise CannotServe(f"Port {port} on {host} cannot be used ({failure.strerror}). Set {name}.") from failure


def default_backup(environment: Environment) -> Path:
    """Where a backup goes when no file is named."""
    return environment.home / "backups" / f"gendan-{time.strftime('%Y%m%d-%H%M%S')}.tar"
