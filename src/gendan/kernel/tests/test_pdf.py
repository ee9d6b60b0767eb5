"""Templates as PDF: Chinese is really in it, nothing is fetched, sizes are exact, codes can be scanned."""

import re

import pytest
from django.template import engines

from gendan.kernel import codes, pdf
from gendan.kernel.pdf import Letterhead, PrintingNotInstalled, TooManyPages
from gendan.kernel.tests.paper import fonts, scan, sizes, texts

HEAD = Letterhead("上海跟单有限公司", "浦东新区", "021-5888 0000", "91310115MA1K4ABC2X")


@pytest.fixture
def template(monkeypatch):
    """Templates from text, which extend ours."""

    def render_text(text, context, using):
        return engines["jinja2"].from_string(text).render(context)

    monkeypatch.setattr(pdf, "render_to_string", render_text)


DOCUMENT = """{% extends "kernel/print/document.html" %}{% block title %}单据{% endblock %}
{% block content %}{{ content }}<table><thead><tr><th>#</th></tr></thead><tbody>
{% for n in range(rows) %}<tr><td>{{ n }}</td></tr>{% endfor %}</tbody></table>{% endblock %}"""
LABEL = """{% extends "kernel/print/label.html" %}{% block title %}x{% endblock %}
{% block style %}svg { width: 100%; height: 20mm }{% endblock %}{% block label %}{{ content }}{% endblock %}"""


def document(content="", rows=0, **more):
    return {"letterhead": HEAD, "number": "PO-000001", "content": content, "rows": rows, **more}


@pytest.mark.usefixtures("template")
def test_chinese_glyphs_are_in_the_file():
    made = pdf.render(DOCUMENT, document("简体：门发广；繁體：門發廣；English"), language="zh-hans")
    (page,) = texts(made)
    for words in ("上海跟单有限公司", "门发广", "門發廣", "English", "第 1 / 1 页"):
        assert words in page
    embedded = fonts(made)
    assert embedded
    assert all(len(data) > 500 for data in embedded.values()), {name: len(data) for name, data in embedded.items()}
    assert all(re.match(r"/[A-Z]{6}\+", name) for name in embedded), "only the part that is used"
    assert not re.search("[□�\x00]", page)


@pytest.mark.usefixtures("template")
def test_each_document_counts_its_own_pages_and_labels_are_repeated():
    contents = [(document(rows=40), 1), (document(), 2)]
    made = pdf.render_all(DOCUMENT, contents, language="en")
    first, second, *rest = texts(made)
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second
    assert len(rest) == 2
    assert all("Page 1 of 1" in page for page in rest)


@pytest.mark.usefixtures("template")
@pytest.mark.parametrize("size", pdf.LABELS)
def test_a_label_is_one_page_however_much_stands_on_it(size):
    made = pdf.render(LABEL, document("长" * 3000), language="zh-hans", size=size)
    assert sizes(made) == [pdf.MILLIMETRES[size]]


@pytest.mark.usefixtures("template")
def test_text_is_never_markup_and_no_address_is_opened(monkeypatch, tmp_path):
    opened = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda self, url, *rest, **more: opened.append(url))
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    made = pdf.render(DOCUMENT, document(f'<img src="{secret.as_uri()}">'), language="en")
    assert "<img src=" in texts(made)[0]
    asking = DOCUMENT.replace("{{ content }}", "{{ content|safe }}")
    for tag in (
        f'<img src="{secret.as_uri()}">',
        '<img src="http://127.0.0.1:1/x.png">',
        f'<link rel="stylesheet" href="{secret.as_uri()}">',
        f'<link rel="attachment" href="{secret.as_uri()}">',
        '<style>@import url("http://127.0.0.1:1/x.css")</style>',
    ):
        made = pdf.render(asking, document(tag), language="en")
        assert b"geheim" not in made
        assert b"EmbeddedFile" not in made
    assert opened == []


@pytest.mark.usefixtures("template")
def test_a_parcel_label_can_be_scanned():
    number = codes.sscc("0614141", 123)
    made = pdf.render(LABEL, document(codes.sscc_bars(number) + codes.qr("箱 1/2")), language="zh-hans", size="100x150")
    assert scan(made) == [("Code 128", f"(00){number}"), ("QR Code", "箱 1/2")]


@pytest.mark.usefixtures("template")
def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr(pdf, "MOST_PAGES", 3)
    with pytest.raises(TooManyPages):
        pdf.render_all(LABEL, [(document(), 4)], language="en", size="60x40")


@pytest.fixture
def _forgotten():
    pdf._weasyprint.cache_clear()
    yield
    pdf._weasyprint.cache_clear()


@pytest.mark.usefixtures("template", "_forgotten")
def test_without_pango_the_refusal_names_the_remedy(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(PrintingNotInstalled) as refused:
        pdf.render(LABEL, document(), language="en", size="60x40")
    assert "apt-get install libpango-1.0-0" in str(refused.value)


@pytest.mark.usefixtures("template", "_forgotten")
def test_without_a_chinese_font_nothing_is_printed_with_boxes(monkeypatch):
    monkeypatch.setattr(pdf, "_PROBE", "\U000f0000")  # no font has it
    with pytest.raises(PrintingNotInstalled) as refused:
        pdf.render(LABEL, document(), language="en", size="60x40")
    assert "fonts-noto-cjk" in str(refused.value)
