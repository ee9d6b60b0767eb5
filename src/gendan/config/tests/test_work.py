"""The worker is a process of its own: what pages and the API put into its queue must be known there, too."""

from __future__ import annotations

import subprocess
import sys

_WORKER = """
import django
django.setup()
from procrastinate.contrib.django import app
from gendan.kernel.jobs import TASKS
worker = set(TASKS) & set(app.tasks)
import gendan.config.urls
print(" ".join(sorted(set(TASKS) - worker)) or "all known", "kernel.print" in worker)
"""


def test_the_worker_knows_every_job_that_pages_and_the_api_start():
    found = subprocess.run([sys.executable, "-c", _WORKER], capture_output=True, text=True, check=True, timeout=120)
    assert found.stdout.strip() == "all known True"
