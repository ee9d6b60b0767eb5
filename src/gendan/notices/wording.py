"""What a message says: a subject, the text, why it came and what to do next, in its reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gendan.kernel import db
from gendan.kernel.notices import NOTICE_LABELS, NOTICE_LINKS, address_of
from gendan.notices.labels import DIGEST, NEXT, NEXT_ANY, TEST, WHY, WHY_ANY
from gendan.notices.queue import Inside, Message
from gendan.notices.rules import rendered


@dataclass(frozen=True, slots=True)
class Worded:
    """A message as it is sent; ``html`` for e-mail, ``lead`` (only what happened) where there is little room."""

    title: str
    body: str
    html: str
    url: str
    lead: str = ""


# The words that a company has of its own, by kind and language: title and body.
Words = Mapping[tuple[str, str], tuple[str, str]]


def worded(message: Message, own: Words) -> Worded:
    """A message in the language of who reads it; a place for all is written to in the product's first language."""
    if message.title:
        return Worded(message.title, message.body, _html(message.title, message.body.split("\n"), "", "", []), "")
    language = message.language or settings.LANGUAGE_CODE
    with translation.override(language):
        if message.kind == DIGEST:
            return _digest(message)
        if message.kind == TEST:
            text = _("这是一条测试消息：渠道「%(channel)s」可以使用。") % {"channel": message.channel}
            return _put(message, _("测试消息"), [text], "", "", "")
        return _single(message, own.get((message.kind, language)))


def own_words(company_id: int) -> Words:
    """The words that a company has of its own."""
    found = db.rows(
        "SELECT kind, language, title, body FROM notices_template WHERE company_id = %s::bigint", [company_id]
    )
    return {(kind, language): (title, body) for kind, language, title, body in found}


def absolute(path: str) -> str:
    """An address that can be opened from outside the product, "" where nobody knows it."""
    return f"{settings.ORIGIN}{path}" if path else ""


def _single(message: Message, own: tuple[str, str] | None) -> Worded:
    label = str(NOTICE_LABELS.get(message.kind, message.kind))
    path, link = address_of(message.kind, message.subject_kind, message.subject_number)
    number = message.subject_number if link == message.subject_number else ""
    title = f"{label} {number}".strip()
    why = message.why or str(WHY.get(message.kind, WHY_ANY))
    lines = [message.text]
    if message.user_id is None and message.people:
        lines.append(_("相关人员：%(people)s") % {"people": message.people})
    following = str(NEXT.get(message.kind, NEXT_ANY))
    if own is not None:
        values = {
            "company": message.company,
            "person": message.people,
            "kind": label,
            "number": number,
            "text": message.text,
            "next": following,
            "link": absolute(path),
            "why": why,
            "settings": absolute(reverse("notices:settings")),
        }
        heading, body = " ".join(rendered(own[0], values).split()), rendered(own[1], values)
        mark = _("【重要】") if message.severe else ""
        return Worded(
            f"{mark}{heading}", body, _html(heading, body.split("\n"), "", "", []), absolute(path), message.text
        )
    return _put(message, title, lines, why, absolute(path), following)


def _digest(message: Message) -> Worded:
    title = ngettext("%(count)s 条提醒", "%(count)s 条提醒", message.count) % {"count": message.count}
    lines = [_line(one) for one in message.inside]
    if (left := message.count - len(lines)) > 0:
        lines.append(_("另有 %(count)s 条，请到系统里查看。") % {"count": left})
    why = "" if message.user_id is None else _("您选择了汇总发送，或这些提醒发生在您的免打扰时段。")
    return _put(message, title, lines, why, absolute(reverse("notices:notice_list")), _("查看全部提醒"))


def _line(one: Inside) -> str:
    label = str(NOTICE_LABELS.get(one.kind, one.kind))
    mark = _("【重要】") if one.severe else ""
    number = "" if one.kind in NOTICE_LINKS else f" {one.subject_number}"
    return f"· {mark}{label}{number}：{one.text}"


def _put(message: Message, title: str, lines: list[str], why: str, url: str, following: str) -> Worded:
    title = f"{_('【重要】') if message.severe else ''}{title}"
    parts = list(lines)
    if url:
        parts += ["", f"{following}：{url}"]
    foot = []
    if why:
        foot.append(_("为什么收到：%(why)s") % {"why": why})
    if message.user_id is not None:
        where = absolute(reverse("notices:settings"))
        foot.append(_("不想再收到：在 %(where)s 中调整。") % {"where": where})
    body = "\n".join([*parts, *(["", *foot] if foot else [])])
    html = _html(title, lines, url, following, foot)
    return Worded(f"[{message.company}] {title}", body, html, url, "\n".join(lines))


def _html(title: str, lines: list[str], url: str, following: str, foot: list[str]) -> str:
    """A plain letter: no pictures, nothing from elsewhere."""
    paragraphs = "".join(f'<p style="margin:0 0 8px">{escape(line)}</p>' for line in lines)
    button = ""
    if url:
        style = "display:inline-block;padding:8px 16px;background:#1f6feb;color:#fff;text-decoration:none"
        button = f'<p style="margin:16px 0"><a style="{style}" href="{escape(url)}">{escape(following)}</a></p>'
    small = "".join(f'<p style="margin:0 0 4px;color:#667;font-size:12px">{escape(line)}</p>' for line in foot)
    return (
        '<div style="font-family:sans-serif;font-size:14px;line-height:1.5;color:#1d2433">'
        f'<h1 style="font-size:16px;margin:0 0 12px">{escape(title)}</h1>{paragraphs}{button}{small}</div>'
    )
