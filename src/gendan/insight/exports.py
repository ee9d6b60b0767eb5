"""Scorecards and the rows behind their figures as Excel files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.insight.queries.behind import Narrow, behind
from gendan.insight.queries.display import advice_shown, reasons, rows_of
from gendan.insight.queries.scorecard import VIEW_PRICE, ranking, scorecard
from gendan.insight.queries.words import LABELS, Text
from gendan.insight.rules.figures import FIGURES
from gendan.kernel.actor import Actor
from gendan.kernel.exports import Columns, Export, all_pages, register
from gendan.kernel.paging import MAX_LIMIT

RANKING, CARD = "insight.scorecards", "insight.scorecard"
Row = dict[str, Any]


def narrow(asked: Mapping[str, str]) -> Narrow:
    """What an address of rows behind a figure asks for."""
    return Narrow(
        asked.get("figure", "") or "on_time_first",
        asked.get("supplier", "")[:64],
        asked.get("period", "") or "year",
        asked.get("category", "")[:64],
        asked.get("only", ""),
    )


def _ranking(actor: Actor, asked: Mapping[str, str]) -> Iterator[Row]:
    found = ranking(actor, asked.get("period", "") or "year", asked.get("category", "")[:64])
    for place, card in enumerate(found.cards, 1):
        yield {
            "place": place if card.score.grade else None,
            "supplier": card.code,
            "supplier_name": card.name,
            "score": card.total,
            "grade": card.score.grade,
            "covered": card.score.covered,
            "advice": advice_shown(card),
            "reasons": " ".join(reasons(actor, card)),
            **{one.code: one.value for one in card.score.figures},
        }


def _ranking_columns(actor: Actor) -> Columns:
    prices = actor.may(VIEW_PRICE)
    return [
        ("place", _("名次")),
        ("supplier", _("供应商编码")),
        ("supplier_name", _("供应商")),
        ("score", _("得分")),
        ("grade", _("等级")),
        ("covered", _("有数据的权重 %")),
        *((code, LABELS[code]) for code, figure in FIGURES.items() if prices or not figure.priced),
        ("advice", _("建议")),
        ("reasons", _("理由")),
    ]


def _card(actor: Actor, asked: Mapping[str, str]) -> Iterator[Row]:
    category = asked.get("category", "")[:64]
    _found, card = scorecard(actor, asked.get("supplier", ""), asked.get("period", "") or "year", category)
    yield from rows_of(actor, card, category)


_CARD: Columns = [
    ("group", _("类别")),
    ("label", _("指标")),
    ("value", _("数值")),
    ("shown", _("显示")),
    ("goal_shown", _("目标")),
    ("points", _("得分")),
    ("weight", _("权重")),
    ("share", _("占总分 %")),
    ("n", _("记录数")),
    ("definition", _("定义")),
    ("origin", _("出处")),
]
_HEAD: tuple[tuple[str, Text], ...] = (
    ("supplier", _("供应商编码")),
    ("supplier_name", _("供应商")),
    ("document", _("单据")),
)
_PRODUCT: tuple[tuple[str, Text], ...] = (("line", _("行")), ("product", _("产品编码")), ("product_name", _("产品")))
_HOURS: Columns = [*_HEAD, ("asked_at", _("发出")), ("answered_at", _("答复")), ("hours", _("小时"))]
COLUMNS: Mapping[str, Columns] = {
    "lines": [
        *_HEAD,
        *_PRODUCT,
        ("ordered_on", _("下单日期")),
        ("due_on", _("首次承诺")),
        ("promised_on", _("最后承诺")),
        ("completed_on", _("收齐")),
        ("days", _("周期（天）")),
        ("days_late", _("晚几天")),
        ("wanted", _("应交")),
        ("done", _("入库")),
        ("bad", _("拒收或退货")),
        ("unit_name", _("单位")),
        ("value", _("货款（本位币）")),
    ],
    "prices": [
        *_HEAD,
        *_PRODUCT,
        ("completed_on", _("收齐")),
        ("price", _("单价（本位币）")),
        ("measure", _("对照价（本位币）")),
        ("unit_name", _("单位")),
        ("value", _("货款（本位币）")),
    ],
    "lots": [
        *_HEAD,
        *_PRODUCT,
        ("day", _("到货日期")),
        ("wanted", _("检验数量")),
        ("done", _("接收")),
        ("bad", _("拒收")),
        ("conceded", _("让步接收")),
        ("unit_name", _("单位")),
    ],
    "actions": [
        *_HEAD,
        ("product_name", _("产品")),
        ("note", _("问题")),
        ("due_on", _("答复期限")),
        ("answered_at", _("答复")),
    ],
    "orders": _HOURS,
    "changes": _HOURS,
    "urges": _HOURS,
    "papers": [
        *_HEAD,
        ("note", _("证号")),
        ("valid_from", _("生效日")),
        ("expires_on", _("到期日")),
        ("day", _("查看日")),
    ],
}


def export_of(figure: str) -> str:
    """The name of the export of the rows behind a figure."""
    return f"insight.behind_{FIGURES[figure].lines if figure in FIGURES else 'lines'}"


def _behind(actor: Actor, asked: Mapping[str, str]) -> Iterator[Row]:
    return all_pages(lambda after: behind(actor, narrow(asked), after, MAX_LIMIT))


def _columns(kind: str) -> Any:
    def columns(actor: Actor) -> Columns:
        return [one for one in COLUMNS[kind] if one[0] != "value" or actor.may(VIEW_PRICE)]

    return columns


register(Export(RANKING, _("供应商评分"), _ranking, _ranking_columns))
register(Export(CARD, _("供应商评分卡"), _card, lambda actor: _CARD))
for _kind in COLUMNS:
    register(Export(f"insight.behind_{_kind}", _("评分明细"), _behind, _columns(_kind)))
