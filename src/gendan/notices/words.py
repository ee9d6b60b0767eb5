"""The words of messages: what a template may name, and the built-in templates of every kind."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel.notices import NOTICE_LABELS
from gendan.notices.outward import OCCASIONS, Variable

LANGUAGES = ("zh-hans", "zh-hant", "en")
OWN = (
    Variable("company", _("公司名称"), _("示例公司")),
    Variable("person", _("收件人"), _("陈采购")),
    Variable("kind", _("提醒的种类"), _("订单要晚发")),
    Variable("number", _("单据号"), "PO-000123"),
    Variable("text", _("内容"), _("第 2 行预计 11-30 发货，晚于承诺。")),
    Variable("next", _("下一步"), _("查看并处理")),
    Variable("link", _("链接"), "https://gendan.example.com/po/PO-000123"),
    Variable("why", _("为什么收到"), _("您负责这张单据，或它等您处理。")),
    Variable("settings", _("提醒设置的网址"), "https://gendan.example.com/notices/settings"),
)
OWN_TITLE = "[{{ company }}] {{ kind }} {{ number }}"
OWN_BODY = _("{{ text }}\n\n{{ next }}：{{ link }}\n\n为什么收到：{{ why }}\n不想再收到：在 {{ settings }} 中调整。")


def kinds() -> dict[str, str | Promise]:
    """Every kind that has words: notices of people, messages to partners."""
    return {**NOTICE_LABELS, **{one.kind: one.label for one in OCCASIONS.values()}}


def variables_of(kind: str) -> Sequence[Variable]:
    """What templates of a kind may name."""
    occasion = next((one for one in OCCASIONS.values() if one.kind == kind), None)
    return occasion.variables if occasion else OWN


def built_in(kind: str, language: str) -> tuple[str, str]:
    """Title and body of a kind in a language, as long as a company has no words of its own."""
    occasion = next((one for one in OCCASIONS.values() if one.kind == kind), None)
    with translation.override(language):
        return (str(occasion.title), str(occasion.body)) if occasion else (OWN_TITLE, str(OWN_BODY))


def samples(kind: str, language: str) -> dict[str, str]:
    """What stands for the variables in a preview."""
    with translation.override(language):
        found = {variable.name: str(variable.sample) for variable in variables_of(kind)}
        if kind in NOTICE_LABELS:
            found["kind"] = str(NOTICE_LABELS[kind])
        return found
