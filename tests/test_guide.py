"""The guide: every «?» leads to a page that exists, and every link and picture in it, too."""

import re
from pathlib import Path

import pytest

from gendan.config import env
from gendan.web import guide

SOURCE = env.CHECKOUT / "src" / "gendan"
HELP = re.compile(r"{%-?\s*block\s+help\s*-?%}(.*?){%-?\s*endblock")
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
PAGES = sorted(guide.FOLDER.glob("*.md"))
DOCUMENTS = [*PAGES, *sorted(env.CHECKOUT.glob("*.md")), *sorted((env.CHECKOUT / "docs").rglob("*.md"))]


def slugs_in_templates() -> dict[str, str]:
    """Each help slug with one template that names it."""
    return {
        slug.strip(): path.name
        for path in SOURCE.rglob("templates/**/*.html")
        for slug in HELP.findall(path.read_text(encoding="utf-8"))
    }


def test_every_help_button_leads_to_a_page():
    slugs = slugs_in_templates()
    assert len(slugs) > 10
    assert {slug: where for slug, where in slugs.items() if guide.render(slug) is None} == {}


@pytest.mark.parametrize("path", sorted(set(DOCUMENTS)), ids=lambda path: str(path.relative_to(env.CHECKOUT)))
def test_links_and_pictures_exist(path: Path):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = [
        target
        for _, target in LINK.findall(text)
        if not target.startswith(("http://", "https://", "#", "mailto:"))
        and not (path.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


def test_every_picture_is_shown():
    shown = {name for path in DOCUMENTS for name in re.findall(r"img/([\w.-]+)", path.read_text(encoding="utf-8"))}
    assert {path.name for path in (guide.FOLDER / "img").glob("*")} - shown == set()


def test_chapters_start_with_the_index_and_have_titles():
    chapters = guide.chapters()
    assert chapters[0].slug == "index"
    assert [chapter.slug for chapter in chapters if chapter.title == chapter.slug] == []


def test_pictures_are_served_by_their_type():
    for path in (guide.FOLDER / "img").glob("*.png"):
        assert guide.image(path.name) == (path, "image/png")
        assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_no_two_chapters_claim_the_same_place():
    places = [chapter.order for chapter in guide.chapters()]
    assert [order for order in set(places) if places.count(order) > 1] == []
