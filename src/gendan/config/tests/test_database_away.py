"""While the database is away programs and people are told to come back, and afterwards all goes on as before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from gendan.config.postgres import Embedded

# Its own process with its own server: that of the tests has to stay.
ASK = """
import json, sys
from pathlib import Path
import gendan.config.settings_test as chosen
from gendan.config.postgres import Embedded
from gendan.config.tests import server as test_server
server = Embedded(Path(sys.argv[1]), chosen.QUICK)
test_server.seed(server)
server.start()
import django
from django.conf import settings
django.setup(set_prefix=False)
settings.ALLOWED_HOSTS = ["*"]
from django.test import Client
client = Client(raise_request_exception=False)

def ask(path, **headers):
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32  # of nobody: each answer takes it away
    answer = client.get(path, headers=headers)
    return [answer.status_code, answer.headers.get("Retry-After", ""), answer.content.decode()]

def every():
    return [ask("/api/v1/me", Authorization="Bearer gd_x"), ask("/users/"), ask("/health"),
            ask("/users/", Accept="application/json")]

found = [every()]
server.stop()
found.append(every())
server.start()
found.append(every())
server.stop()
print(json.dumps(found))
"""


def test_a_database_that_is_stopped_is_answered_with_503_and_comes_back(tmp_path: Path):
    folder = tmp_path / "gendan-test-away"
    address = Embedded(folder).url
    result = subprocess.run(
        [sys.executable, "-c", ASK, str(folder)],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "gendan.config.settings_test",
            "GENDAN_TEST_DATABASE_URL": address,
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    before, away, after = json.loads(result.stdout.splitlines()[-1])
    assert [status for status, _retry, _text in before] == [401, 302, 200, 401]
    assert [(status, retry) for status, retry, _text in away] == [(503, "5")] * 4
    assert json.loads(away[0][2])["code"] == "kernel.DatabaseAway"
    assert "系统正在恢复" in away[1][2]
    assert '<meta http-equiv="refresh" content="5">' in away[1][2]
    assert json.loads(away[3][2])["code"] == "kernel.DatabaseAway"
    assert [status for status, _retry, _text in after] == [401, 302, 200, 401]
