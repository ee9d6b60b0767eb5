"""The worker: `python -m gendan.config.work` does the jobs that commands have deferred."""

import logging
import os
import sys
from typing import Any

import django

# Two long jobs at a time; those that run at the end may finish; what went well leaves the queue at once.
OPTIONS: dict[str, Any] = {"concurrency": 2, "shutdown_graceful_timeout": 15, "delete_jobs": "successful"}


def main() -> None:
    """Work until told to stop; jobs that run then may finish for a while."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gendan.config.settings")
    django.setup()
    logging.getLogger("procrastinate").setLevel(logging.ERROR)

    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    try:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
            worker.run_worker(**OPTIONS)
    except ConnectorException as failure:  # started again by the supervisor; what ran is found again by the queue
        sys.exit(f"gendan: the worker has lost the database: {failure.__cause__ or failure}".strip())


if __name__ == "__main__":
    main()
