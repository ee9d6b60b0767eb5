"""Settings of the tests: a server and a home of their own for each run, a fast password hash, plain static files."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

from gendan.config import env
from gendan.config.postgres import Embedded

FOLDER_PREFIX = "gendan-test-"

_given = env.current()
TEST_HOME = Path(tempfile.gettempdir()) / f"{FOLDER_PREFIX}{os.getpid()}"
# Counted between two tests, after everything was rolled back, tables look empty to the planner of the next.
QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
TEST_SERVER = (
    None
    if _given.test_database_url  # a worker of a parallel run, or a server that the developer chose
    else Embedded(TEST_HOME / "pg", QUICK)
)
env.use(
    replace(
        env.read({}),
        home=TEST_HOME,
        secret_key="tests-only-" + "x" * 50,
        database_url=_given.test_database_url or (TEST_SERVER.url if TEST_SERVER else ""),
    )
)

from gendan.config.settings import *  # noqa: E402, F403
from gendan.config.settings import DATABASES  # noqa: E402

if FOLDER_PREFIX in env.current().database_url:
    DATABASES["default"]["TEST"] = {"TEMPLATE": "gendan"}  # migrated already: see gendan.config.tests.server

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = False
