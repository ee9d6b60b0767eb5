"""One private PostgreSQL per test run, shared by the workers of a parallel run, gone afterwards."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

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


def _remove_leftovers() -> None:
    """Folders of runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        pid = folder.name.removeprefix(FOLDER_PREFIX)
        if pid.isdigit() and not processes.is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
