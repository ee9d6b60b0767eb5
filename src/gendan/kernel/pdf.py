"""Printed documents and labels: a template becomes a PDF with our fonts, and nothing is fetched from anywhere.

A context registers a ``Print`` for each kind of paper in ``ready()``::

    register(Print("purchasing.order", _("采购订单"), "purchasing/print/order.html", orders_on_paper))

Its template extends ``kernel/print/document.html`` or ``kernel/print/label.html``; pages link to
``pdf.address("purchasing.order", number)``, routes of the API answer ``pdf.for_program(…)``. How a print comes to
who asked for it (at once, or by a job) is in ``kernel/prints.py``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.kernel import codes
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError

log = logging.getLogger("gendan.pdf")
PDF = "application/pdf"
A4 = "A4"
LABELS = ("100x150", "100x70", "60x40")
MILLIMETRES: dict[str, tuple[int, int]] = {
    A4: (210, 297),
    "100x150": (100, 150),
    "100x70": (100, 70),
    "60x40": (60, 40),
}
MOST_PAGES = 5_000
# Debian's packages; scripts/setup.py installs the same.
REMEDY = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
FONTS = {
    "zh-hans": '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei", sans-serif',
    "zh-hant": '"Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "Noto Sans CJK SC", sans-serif',
    "en": '"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei", sans-serif',
}
HTML_LANGUAGE = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
_PROBE = "跟单"
_one_at_a_time = threading.Lock()  # the layout holds much memory and a whole core

Content = Mapping[str, Any]


class PrintingNotInstalled(AppError):
    status = 503
    message = gettext_lazy(
        "这台服务器还不能生成 PDF：缺少%(missing)s。请管理员执行「%(remedy)s」后重新启动 gendan；"
        "在此之前可以用浏览器打印页面。"
    )


class TooManyPages(AppError):
    status = 422
    message = gettext_lazy("一次最多打印 %(most)s 页，请减少单据或份数后分几次打印。")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: at the head of documents and on labels. ``logo`` is a data: address."""

    name: str = ""
    address: str = ""
    phone: str = ""
    tax_id: str = ""
    logo: str = ""
    language: str = ""


# Accounts registers here where the letterhead of an actor's company comes from.
LETTERHEADS: list[Callable[[Actor], Letterhead]] = []


@dataclass(frozen=True, slots=True)
class Print:
    """A kind of paper.

    ``read`` gives what the template shows for numbers, in their order, in a number of statements that does not depend
    on how many they are where it can; it asks for the permission and refuses what is not there. Each content has its
    ``number``, what it is called (``title``, shown where copies are chosen), and ``lines`` if it has any; where one
    number asks for several (a delivery for its parcels), ``asked`` is that number.
    ``sees`` names what of it the actor may see: who may see less later cannot download what was written with more.
    """

    name: str
    label: str | Promise
    template: str
    read: Callable[[Actor, Sequence[str]], list[dict[str, Any]]]
    sizes: tuple[str, ...] = (A4,)
    sees: Callable[[Actor], Iterable[str]] = lambda actor: ()

    @property
    def has_copies(self) -> bool:
        """Whether it is asked how many: of labels."""
        return self.sizes != (A4,)


PRINTS: dict[str, Print] = {}


def register(paper: Print) -> None:
    """Offer a kind of paper."""
    PRINTS[paper.name] = paper


def letterhead_of(actor: Actor) -> Letterhead:
    """The head of the paper of the actor's company."""
    return next((find(actor) for find in LETTERHEADS), Letterhead())


def render(template: str, content: Content, *, language: str, size: str = A4) -> bytes:
    """One document as a PDF."""
    return render_all(template, [(content, 1)], language=language, size=size)


def render_all(
    template: str,
    contents: Iterable[tuple[Content, int]],
    *,
    language: str,
    size: str = A4,
    progress: Callable[[int], None] = lambda done: None,
) -> bytes:
    """Many documents in one file, each with its copies and with its own page numbers."""
    pages: list[Any] = []
    first: Any = None  # gives the file its title and author
    for done, (content, copies) in enumerate(contents, 1):
        with _one_at_a_time:
            document = _lay_out(template, content, language, size)
        first = first or document
        pages += (document.pages if size == A4 else document.pages[:1]) * copies
        if len(pages) > MOST_PAGES:
            raise TooManyPages(most=MOST_PAGES)
        progress(done)
    with _one_at_a_time:
        found: bytes = first.copy(pages).write_pdf()
    return found


def _lay_out(template: str, content: Content, language: str, size: str) -> Any:
    weasyprint = _weasyprint()
    with translation.override(language):
        html = render_to_string(template, {**_surroundings(language, size), **content}, using="jinja2")
    # a template carries all it needs: no address of the network or of a file is ever opened
    fetcher = weasyprint.URLFetcher(allowed_protocols=("data",))
    return weasyprint.HTML(string=html, base_url=None, url_fetcher=fetcher).render()


def _surroundings(language: str, size: str) -> dict[str, Any]:
    """What every print template has beside its content."""
    width, height = MILLIMETRES[size]
    return {
        "language": HTML_LANGUAGE[language],
        "fonts": FONTS[language],
        "paper": size,
        "width": width,
        "height": height,
        "page_of": _counters(_("第 {page} / {pages} 页")),
        "printed_at": timezone.localtime(),
        "codes": codes,
    }


def _counters(text: str) -> str:
    """A text with page numbers, as the value of CSS ``content``."""
    quoted = '"' + text.replace('"', "") + '"'
    return quoted.replace("{page}", '" counter(page) "').replace("{pages}", '" counter(pages) "')


@cache
def _weasyprint() -> Any:
    """The library, when it finds what it needs on this machine; a refusal that names the remedy otherwise."""
    try:
        import weasyprint  # takes most of a second, and fails without Pango
    except (ImportError, OSError) as error:
        log.warning("weasyprint cannot be loaded: %s", error)
        raise PrintingNotInstalled(missing="Pango", remedy=REMEDY) from error
    probe = weasyprint.HTML(string=_PROBE).render()
    probe.write_pdf()
    if any(font.missing for font in probe.fonts.values()):
        raise PrintingNotInstalled(missing=_("中文字体"), remedy=REMEDY)
    return weasyprint
