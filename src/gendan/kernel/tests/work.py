"""Run what waits in the queue, for tests of long work (they need ``django_db(transaction=True)``)."""

from __future__ import annotations

from typing import cast
from unittest import mock

from django.db import connections
from procrastinate.connector import BaseAsyncConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from gendan.config.work import OPTIONS


def worker_connector() -> BaseAsyncConnector:
    """The connector that a worker uses."""
    return cast(DjangoConnector, app.connector).get_worker_connector()


def run_waiting_jobs() -> None:
    """A worker as `gendan` runs it, but it ends when nothing waits any more and leaves no connection behind."""
    with (
        mock.patch.dict(connections.settings["default"], {"CONN_MAX_AGE": 0}),
        app.replace_connector(worker_connector()),
    ):
        app.run_worker(**OPTIONS, wait=False, listen_notify=False, install_signal_handlers=False)
