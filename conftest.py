"""One private PostgreSQL per test run, shared by the workers of a parallel run, gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations

from gendan.config import processes
from gendan.config.settings_test import FOLDER_PREFIX


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server in the process that distributes the tests; workers are told its address."""
    server = settings.TEST_SERVER
    if server is None or session.config.option.collectonly:
        return
    _remove_leftovers()
    server.start()
    os.environ["GENDAN_TEST_DATABASE_URL"] = server.url


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it when everything has ended."""
    server = settings.TEST_SERVER
    if server is not None:
        server.stop()
    if not hasattr(config, "workerinput"):
        shutil.rmtree(settings.TEST_HOME, ignore_errors=True)


@pytest.fixture(autouse=True, scope="session")
def _append_only_tables_can_be_emptied_between_tests() -> Iterator[None]:
    """Tests with real transactions end with a TRUNCATE, which the triggers of the append-only tables refuse."""
    flush = DatabaseOperations.execute_sql_flush

    def without_triggers(self: DatabaseOperations, statements: list[str]) -> Any:
        return flush(self, ["SET LOCAL session_replication_role = 'replica'", *statements])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", without_triggers)
        yield


def _remove_leftovers() -> None:
    """Folders of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        pid = folder.name.removeprefix(FOLDER_PREFIX)
        if pid.isdigit() and not processes.is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
