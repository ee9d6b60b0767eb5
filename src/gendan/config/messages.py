"""Compile the catalogs (.po) that gettext reads as .mo: only those that changed."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parents[1]


def catalogs(source: Path = SOURCE) -> list[Path]:
    """Every catalog of every context."""
    return sorted(source.glob("*/locale/*/LC_MESSAGES/django.po"))


def compile_changed(source: Path = SOURCE) -> int:
    """Write the .mo files that are missing or older than their .po; the number written."""
    written = 0
    for path in catalogs(source):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parents[1].name)
        draft = target.with_suffix(f".mo.{os.getpid()}")
        with draft.open("wb") as out:
            write_mo(out, catalog)
        draft.replace(target)
        written += 1
    return written
