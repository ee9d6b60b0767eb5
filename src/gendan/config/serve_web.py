"""The web server: `python -m gendan.config.serve_web`, granian with the WSGI application.

The application is loaded once, before the workers are forked, so that they share its memory.
"""

import gc
import multiprocessing

from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.log import LogLevels

from gendan.config import env, processes

BLOCKING_THREADS = 2  # granian's idle threads spin: with four, a fifth of the server's time went there
TARGET = "gendan.config.wsgi:application"


def main() -> None:
    """Serve until told to stop."""
    environment = env.current()
    if processes.LINUX:
        multiprocessing.set_start_method("fork")
        _preload()
    Granian(
        TARGET,
        address=environment.bind,
        port=environment.port,
        interface=Interfaces.WSGI,
        workers=environment.workers,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        # Few threads that live long: each keeps its database connection and prepared statements.
        blocking_threads=BLOCKING_THREADS,
        blocking_threads_idle_timeout=600,
        runtime_mode=RuntimeModes.st,
        http=HTTPModes.http1,
        websockets=False,
        workers_kill_timeout=15,
        log_level=LogLevels.warning,
    ).serve()


def _preload() -> None:
    """Load the application, its addresses and its templates; leave no database connection for children to share."""
    from gendan.config import wsgi  # noqa: F401, I001  (sets Django up)

    from django.db import connections
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018
    connections.close_all()
    gc.collect()
    gc.freeze()  # the collector would otherwise write into every shared page


if __name__ == "__main__":
    main()
