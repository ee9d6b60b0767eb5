"""The product as an operator has it: started, killed, started again, beside another, on another server, restored."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from gendan.config import processes
from gendan.config.postgres import Embedded
from gendan.config.tests import server as test_server

pytestmark = pytest.mark.slow
GENDAN = [sys.executable, "-m", "gendan.config.cli"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Installation:
    """One home with its own ports."""

    def __init__(self, home, **variables):
        self.home = home
        self.port = free_port()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GENDAN_", "DJANGO_"))}
        self.environment = clean | {
            "GENDAN_HOME": str(home),
            "GENDAN_PORT": str(self.port),
            "GENDAN_LIVE_PORT": str(free_port()),
            "GENDAN_WORKERS": "1",
            **variables,
        }
        self.server = Embedded(home / "pg")

    def run(self, *arguments, given=""):
        return subprocess.run(
            [*GENDAN, *arguments],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    @contextmanager
    def up(self):
        """The running product; it must end with code 0 when it is interrupted."""
        with subprocess.Popen(
            [*GENDAN, "up", "--no-demo"], env=self.environment, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout is not None
                assert any("Ctrl-C" in line for line in process.stdout), "it did not start"
                yield process
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
                    assert process.wait(60) == 0
            finally:
                if process.poll() is None:
                    process.kill()

    def status(self, path="/health"):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return None

    def processes(self):
        """What runs with this home, apart from this test."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if f"GENDAN_HOME={self.home}\0".encode() in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return [pid for pid in found if processes.is_alive(pid)]


def seeded(home):
    """An installation whose tables exist already, to save the time."""
    installation = Installation(home)
    test_server.seed(installation.server)
    return installation


@pytest.fixture
def installation(tmp_path):
    return Installation(tmp_path / "home")


def test_killed_and_started_again_beside_another_installation(tmp_path):
    installation, other = seeded(tmp_path / "home"), seeded(tmp_path / "other")
    with installation.up() as process, other.up():
        assert (installation.status(), other.status()) == (200, 200)
        assert installation.run("up").returncode == 2  # one at a time for one home
        process.kill()
        process.wait()
        with installation.up():
            assert installation.status() == 200
            assert other.status() == 200
        assert installation.status() is None
        assert installation.server.pid() is None
        if processes.LINUX:
            deadline = time.monotonic() + 10
            while installation.processes() and time.monotonic() < deadline:
                time.sleep(0.1)
            assert installation.processes() == []
        assert other.status() == 200
    assert other.server.pid() is None


def test_backup_and_restore_by_command(tmp_path):
    installation = seeded(tmp_path / "home")
    archive = tmp_path / "saved.tar"
    saved = installation.run("backup", str(archive))
    assert (saved.returncode, saved.stderr) == (0, "")
    assert installation.server.pid() is None

    refused = installation.run("restore", str(archive))
    assert refused.returncode == 2
    assert re.search(r"^gendan: .*--force", refused.stderr)
    assert installation.run("restore", str(archive), "--force").returncode == 0

    fresh = Installation(tmp_path / "fresh")
    assert fresh.run("restore", str(archive)).returncode == 0
    assert fresh.run("migrate").returncode == 0


def test_a_company_its_people_and_their_keys_by_command(tmp_path):
    installation = seeded(tmp_path / "home")
    run = installation.run
    made = run("company", "create", "ACME", "顶点贸易", "--admin", "chen", "--password-stdin", given="Ein-Wort-77\n")
    assert (made.returncode, made.stderr) == (0, "")
    assert run("company", "create", "ACME", "again", "--admin", "chen").returncode == 2
    assert run("user", "create", "wang", "--role", "buyer", "--as", "chen", "--password-stdin", given="1\n").stderr
    made = run("user", "create", "wang", "--role", "buyer", "--as", "chen", "--password-stdin", given="Zwei-Wort-88\n")
    assert (made.returncode, made.stderr) == (0, "")
    assert "wang" in run("user", "list", "--as", "chen").stdout

    key = run("apikey", "create", "--company", "ACME", "--user", "chen")
    assert re.fullmatch(r"gd_[\w-]{40,}\n", key.stdout)
    assert key.stdout.strip() not in run("apikey", "list", "--as", "chen").stdout
    assert run("apikey", "create", "--company", "ACME", "--user", "nobody").returncode == 2
    assert run("verify").returncode == 0


def test_another_postgresql_server(tmp_path):
    port = str(free_port())
    server = Embedded(tmp_path / "pg", {"fsync": "off", "listen_addresses": "127.0.0.1", "port": port})
    installation = Installation(
        tmp_path / "home", GENDAN_DATABASE_URL=f"postgresql://gendan@127.0.0.1:{port}/elsewhere"
    )
    server.start()
    try:
        with psycopg.connect(f"postgresql://gendan@127.0.0.1:{port}/gendan", autocommit=True) as connection:
            connection.execute("CREATE DATABASE elsewhere")
        with installation.up():
            assert installation.status() == 200
        assert not (tmp_path / "home" / "pg").exists()
    finally:
        server.stop()


def test_a_port_in_use_and_a_misspelt_variable_are_said_in_one_line(installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        refused = installation.run("up", "--no-demo")
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"gendan: Port {installation.port} ")
    installation.environment["GENDAN_PROT"] = "1"
    refused = installation.run("up", "--no-demo")
    assert refused.returncode == 2
    assert refused.stderr.startswith("gendan: GENDAN_PROT")


def test_every_command_has_help():
    listed = subprocess.run([*GENDAN, "--help"], capture_output=True, text=True, check=True).stdout
    commands = re.findall(r"^  (\w+) +\S", listed.split("Commands:")[1], re.M)
    assert {"up", "web", "worker", "live", "migrate", "backup", "restore"} <= set(commands)
    for command in commands:
        assert subprocess.run([*GENDAN, command, "--help"], capture_output=True, check=True).stdout
