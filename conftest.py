"""One private PostgreSQL per test run, shared by the workers of a parallel run, gone afterwards."""

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from gendan.config.messages import compile_changed
from gendan.config.tests import server as test_server
from gendan.kernel import wall

# The suite draws the same examples each time, so that a failure is that of a change; `make explore` draws new ones.
hypothesis.settings.register_profile("suite", derandomize=True)
hypothesis.settings.register_profile("explore", derandomize=False)
hypothesis.settings.load_profile(os.environ.get("GENDAN_TEST_EXAMPLES", "suite"))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the server in the process that distributes the tests; workers are told its address."""
    if settings.TEST_SERVER is None or session.config.option.collectonly:
        return
    compile_changed()
    test_server.start(settings.TEST_SERVER, settings.TEST_HOME)
    os.environ["GENDAN_TEST_DATABASE_URL"] = settings.TEST_SERVER.url


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it when everything has ended."""
    if settings.TEST_SERVER is not None:
        settings.TEST_SERVER.stop()
    shutil.rmtree(settings.TEST_HOME, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Say at once what failed: a run that is ended from outside prints no summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(
            f"\n{report.when} of {report.nodeid} failed:\n{report.longreprtext[-3000:]}",
            file=sys.__stderr__,
            flush=True,
        )


@pytest.fixture(autouse=True, scope="session")
def _append_only_tables_can_be_emptied_between_tests() -> Iterator[None]:
    """Tests with real transactions end with a TRUNCATE, which the triggers of the append-only tables refuse."""
    flush = DatabaseOperations.execute_sql_flush

    def without_triggers(self: DatabaseOperations, statements: list[str]) -> Any:
        queue = "TRUNCATE procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers CASCADE"
        return flush(self, ["SET LOCAL session_replication_role = 'replica'", queue, *statements])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", without_triggers)
        yield


@pytest.fixture(autouse=True)
def _every_test_begins_as_if_no_request_had_been() -> Iterator[None]:
    """A request leaves its language in the thread that served it; one whose answer nobody closed, its company, too."""
    with translation.override("zh-hans"), wall.within(None):
        yield
