"""The user guide: Markdown files of docs/guide, shown inside the shell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

import gendan

FOLDER = Path(gendan.__file__).resolve().parents[2] / "docs" / "guide"
LINK = re.compile(r'href="(?!https?:|/|#)([\w-]+)\.md(#[^"]*)?"')
IMAGE = re.compile(r'src="(?!https?:|/)(?:img/)?([\w.-]+)"')
IMAGE_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One page of the guide."""

    slug: str
    title: str
    order: int


def _title(path: Path) -> str:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            return line[2:].strip()
    return path.stem


def _order(text: str) -> int:
    found = re.search(r"<!--\s*order:\s*(\d+)\s*-->", text)
    return int(found.group(1)) if found else 50


def chapters() -> list[Chapter]:
    """Every chapter, the start page first; a file says its place with <!-- order: 10 -->."""
    if not FOLDER.is_dir():
        return []
    found = [
        Chapter(path.stem, _title(path), 0 if path.stem == "index" else _order(path.read_text(encoding="utf-8")))
        for path in FOLDER.glob("*.md")
    ]
    return sorted(found, key=lambda chapter: (chapter.order, chapter.slug))


@lru_cache(maxsize=64)
def _render(path: Path, changed: float) -> Markup:
    html = (
        MarkdownIt("commonmark", {"html": False})
        .enable(["table", "strikethrough"])
        .render(re.sub(r"<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL))
    )
    html = LINK.sub(lambda m: f'href="/guide/{m.group(1)}{m.group(2) or ""}"', html)
    html = IMAGE.sub(r'src="/guide/img/\1" loading="lazy"', html)
    return Markup(html)


def render(slug: str) -> Markup | None:
    """The text of a chapter, None where there is none."""
    path = FOLDER / f"{slug}.md"
    return _render(path, path.stat().st_mtime) if path.is_file() else None


def image(name: str) -> tuple[Path, str] | None:
    """The file and media type of a picture of the guide."""
    path = FOLDER / "img" / name
    kind = IMAGE_TYPES.get(path.suffix.lower())
    if kind is None or path.parent != FOLDER / "img" or not path.is_file():
        return None
    return path, kind
