"""What keeps the product from starting is said in one line that names the remedy."""

import os
import socket
import subprocess
import sys

import pytest


def up(**environment):
    given = {name: value for name, value in os.environ.items() if not name.startswith("GENDAN_")}
    command = [sys.executable, "-m", "gendan.config.cli", "up"]
    return subprocess.run(command, env=given | environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("kind", ["a file", "nowhere"])
def test_a_home_that_cannot_be_written(tmp_path, kind):
    home = tmp_path / "home"
    home.write_text("")
    refused = up(GENDAN_HOME=str(home if kind == "a file" else home / "deeper"))
    assert refused.returncode == 2
    assert refused.stderr.startswith("gendan: ")
    assert "GENDAN_HOME" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_port_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = up(GENDAN_HOME=str(tmp_path), GENDAN_PORT=str(port), GENDAN_LIVE_PORT="1")
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"gendan: Port {port} ")
    assert "GENDAN_PORT" in refused.stderr
    assert not (tmp_path / "pg").exists()
