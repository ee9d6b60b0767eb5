"""Contents of files by their hash, in the folder of this installation; what they belong to is in the database."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings

CHUNK = 1 << 20


class Stored(NamedTuple):
    """A content that lies in the store."""

    sha256: str
    size: int


def store(chunks: Iterable[bytes]) -> Stored:
    """Keep a content; the same content twice is kept once. It appears under its name only when it is complete."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    descriptor, draft = tempfile.mkstemp(dir=folder, prefix="draft-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        target = path_of(digest.hexdigest())
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(draft, target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return Stored(digest.hexdigest(), size)


def is_stored(chunks: Iterable[bytes]) -> bool:
    """Whether a content lies in the store already."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return path_of(digest.hexdigest()).exists()


def store_file(file: BinaryIO) -> Stored:
    """Keep the content of an open file, from where it stands."""
    return store(iter(lambda: file.read(CHUNK), b""))


def path_of(sha256: str) -> Path:
    """Where a content lies."""
    if len(sha256) != 64 or not all(c in "0123456789abcdef" for c in sha256):
        raise ValueError("not a SHA-256")
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def open_stored(sha256: str) -> BinaryIO:
    """A stored content, open for reading; FileNotFoundError when it is gone."""
    return path_of(sha256).open("rb")


def untouched_since(moment: float) -> Iterator[str]:
    """The contents that were last stored before then (a time as ``time.time()`` has it)."""
    for path in Path(settings.MEDIA_ROOT).glob("??/*"):
        if len(path.name) == 64 and path.stat().st_mtime < moment:
            yield path.name


def remove(sha256: str, moment: float) -> None:
    """Remove a content, unless it was stored again since then."""
    path = path_of(sha256)
    if path.exists() and path.stat().st_mtime < moment:
        path.unlink(missing_ok=True)


def remove_drafts(moment: float) -> None:
    """Remove what was begun before then and never completed: its process was killed."""
    for path in Path(settings.MEDIA_ROOT).glob("draft-*"):
        if path.stat().st_mtime < moment:
            path.unlink(missing_ok=True)
