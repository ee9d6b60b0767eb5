"""The private server survives what happens to servers."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from gendan.config import processes
from gendan.config.postgres import Embedded


@pytest.fixture
def server(tmp_path):
    server = Embedded(tmp_path / "pg", {"fsync": "off"})
    yield server
    server.stop()


def ask(server, sql):
    with psycopg.connect(server.url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else None


def test_start_stop_and_start_again_keep_the_data(server):
    assert server.pid() is None
    assert server.start() is True
    assert server.start() is False
    ask(server, "CREATE TABLE kept (x text); INSERT INTO kept VALUES ('留')")
    assert server.stop() is True
    assert server.stop() is False
    assert server.start() is True
    assert ask(server, "SELECT x, lower('ÄÖ'), current_setting('server_encoding') FROM kept") == ("留", "äö", "UTF8")


def test_a_killed_server_starts_again_with_what_was_committed(server):
    server.start()
    ask(server, "CREATE TABLE kept AS SELECT 1 AS x")
    pid = server.pid()
    os.kill(pid, signal.SIGKILL)
    assert server.start() is True
    assert server.pid() != pid
    assert ask(server, "SELECT x FROM kept") == (1,)


def test_a_process_id_that_now_belongs_to_another_program_does_not_count(server):
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n")
    (server.socket_folder / ".s.PGSQL.5432.lock").write_text(f"{os.getppid()}\n{server.data}\n")
    assert server.pid() is None
    assert server.start() is True


def test_a_start_that_was_killed_in_initdb_is_repeated(server):
    (server.folder / "data.new").mkdir(parents=True)
    (server.folder / "data.new" / "PG_VERSION").write_text("18")
    assert server.start() is True


def test_two_starts_at_once_start_one_server(server):
    other = Embedded(server.folder, {"fsync": "off"})
    with ThreadPoolExecutor() as pool:
        started = list(pool.map(lambda one: one.start(), [server, other]))
    assert sorted(started) == [False, True]
    server.stop()
    assert other.stop() is False


def test_a_long_path_gets_a_short_socket(tmp_path):
    server = Embedded(tmp_path / ("long" * 30) / "pg", {"fsync": "off"})
    assert len(str(server.socket_folder)) < 80
    assert server.socket_folder != Embedded(tmp_path / ("lang" * 30) / "pg").socket_folder
    try:
        server.start()
        assert ask(server, "SELECT 1") == (1,)
    finally:
        server.stop()
        server.socket_folder.rmdir()


def test_the_server_ends_with_the_program_that_started_it(server):
    code = (
        "import sys, time; from pathlib import Path; from gendan.config.postgres import Embedded;"
        "Embedded(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    )
    program = subprocess.Popen([sys.executable, "-c", code, str(server.folder)], stdout=subprocess.PIPE)
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"up\n"
        assert server.pid() is not None
        program.kill()
    if processes.LINUX:
        deadline = time.monotonic() + 20
        while server.pid() is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert server.pid() is None


def test_folders_are_closed_to_others(server):
    server.start()
    for folder in (server.folder, server.data, server.socket_folder):
        assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="root only")
def test_as_root_the_server_runs_as_another_user_even_in_a_closed_folder(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = Embedded(closed / "pg", {"fsync": "off"})
    try:
        server.start()
        assert os.stat(f"/proc/{server.pid()}").st_uid != 0
        assert ask(server, "SELECT 1") == (1,)
    finally:
        server.stop()
