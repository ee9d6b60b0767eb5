"""Backup and restore: the database (pg_dump, custom format) and the attachments in one archive with a manifest."""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from gendan.config.postgres import binaries

MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files"
FORMAT = 1
_LIBPQ = {"user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT", "sslmode": "PGSSLMODE"}


class BackupFailed(Exception):
    """A backup or a restore that was refused or did not work; the text says why."""


# What is of the server rather than of the data; the next start makes the wall between companies anew.
WITHOUT = ("--no-owner", "--no-privileges", "--no-policies")


def save(*, database_url: str, files: Path, target: Path) -> dict[str, Any]:
    """Write the archive and return its manifest. The product may run meanwhile; the archive is one moment's state."""
    if target.exists():
        raise BackupFailed(f"{target} exists already.")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            dump = Path(folder) / DUMP
            _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}"], database_url)
            manifest = _manifest(database_url, dump, files)
            with tarfile.open(_private(draft), "w") as archive:
                paper = Path(folder) / MANIFEST
                paper.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
                archive.add(paper, MANIFEST)
                archive.add(dump, DUMP)
                if files.is_dir():
                    archive.add(files, FILES)
        os.link(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def load(*, database_url: str, files: Path, source: Path, force: bool = False) -> dict[str, Any]:
    """Put the archive's content in place of the database's; refuses a database that has tables unless forced."""
    if not source.is_file():
        raise BackupFailed(f"{source} does not exist.")
    with tempfile.TemporaryDirectory(dir=_existing(files.parent)) as name:
        folder = Path(name).resolve()
        manifest = _unpack(source, folder)
        dump = folder / DUMP
        if _tables(database_url) and not force:
            raise BackupFailed("The database is not empty. --force replaces everything in it.")
        _refuse_while_used(database_url)
        _run(["pg_restore", "--list", str(dump)], database_url)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        _run(
            ["pg_restore", "--single-transaction", "--exit-on-error", *WITHOUT, str(dump)],
            database_url,
            into=True,
        )
        _replace_files(folder / FILES, files)
    return manifest


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as archive:
            for member in archive:
                _extract(archive, member, folder)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, tarfile.TarError) as failure:
        raise BackupFailed(f"{source} is not a backup of gendan: {failure}") from failure
    if manifest.get("format") != FORMAT:
        raise BackupFailed(f"{source} has format {manifest.get('format')}; this version reads {FORMAT}.")
    if _sha256(folder / DUMP) != manifest["sha256"]:
        raise BackupFailed(f"{source} is damaged: the checksum of {DUMP} is not the manifest's.")
    return manifest


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write one regular file inside the folder; an archive from elsewhere may contain anything."""
    content = archive.extractfile(member) if member.isfile() else None
    target = folder / member.name
    if content is None:
        return
    if folder not in target.resolve().parents:
        raise BackupFailed(f"{member.name} would be written outside the folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, _private(target).open("wb") as out:
        shutil.copyfileobj(content, out)


def _replace_files(new: Path, place: Path) -> None:
    if place.exists():
        place.rename(place.with_name(f"{place.name}.before-restore-{datetime.now(UTC):%Y%m%d%H%M%S}"))
    if new.is_dir():
        new.rename(place)


def _manifest(database_url: str, dump: Path, files: Path) -> dict[str, Any]:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT current_setting('server_version')").fetchone()
    return {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "server": row[0] if row else "",
        "sha256": _sha256(dump),
        "files": sum(1 for path in files.rglob("*") if path.is_file()) if files.is_dir() else 0,
    }


def _tables(database_url: str) -> int:
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    return int(row[0]) if row else 0


def _refuse_while_used(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND application_name LIKE 'gendan%'"
        ).fetchone()
    if row and row[0]:
        raise BackupFailed("gendan is running on this database. Stop it first.")


def _run(command: list[str], database_url: str, *, into: bool = False) -> None:
    """Run one of PostgreSQL's programs; the password goes through the environment, which other users cannot see."""
    parts = conninfo_to_dict(database_url)
    name = str(parts.get("dbname") or "gendan")
    environment = {**os.environ, **_libpq(parts), "PGDATABASE": name}
    arguments = [str(binaries() / command[0]), *command[1:]]
    if into:
        arguments.insert(1, f"--dbname={name}")
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupFailed(f"{command[0]} failed: {done.stderr.strip()}")


def _libpq(parts: Mapping[str, Any]) -> dict[str, str]:
    return {variable: str(parts[key]) for key, variable in _LIBPQ.items() if parts.get(key)}


def _private(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
