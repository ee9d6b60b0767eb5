"""Lists of inspections and corrective actions as Excel files, filtered as their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gendan.kernel.actor import Actor
from gendan.kernel.exports import Export, all_pages, register
from gendan.kernel.paging import MAX_LIMIT
from gendan.kernel.values import day_or_none
from gendan.quality.models import Inspection, InspectionLine
from gendan.quality.queries.actions import ActionFilter, action_list
from gendan.quality.queries.inspections import InspectionFilter, inspected_lines

INSPECTIONS, ACTIONS = "quality.inspections", "quality.actions"
STATES = dict(Inspection.State.choices)
ACTION_STATES = frozenset({"answered", "verified", "closed", "all", "waiting"})
Columns = list[tuple[str, str | Promise]]
Filters = Mapping[str, str]


def inspection_filter(asked: Filters) -> InspectionFilter:
    """What the address of the list of inspections asks for."""
    state, verdict = asked.get("state", ""), asked.get("verdict", "")
    return InspectionFilter(
        state if state in STATES or state == "all" else "open",
        asked.get("supplier", ""),
        verdict if verdict in InspectionLine.Verdict.values else "",
        asked.get("q", ""),
        asked.get("view") == "wished",
        asked.get("warehouse", ""),
        day_or_none(asked.get("from")),
        day_or_none(asked.get("to")),
    )


def action_filter(asked: Filters) -> ActionFilter:
    """What the address of the list of corrective actions asks for."""
    state = asked.get("state", "")
    return ActionFilter(
        state if state in ACTION_STATES else "open",
        asked.get("supplier", ""),
        overdue=asked.get("view") == "overdue",
        q=asked.get("q", ""),
    )


def _inspection_columns(actor: Actor) -> Columns:
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("source_number", _("入库单")),
        ("came_on", _("到货日期")),
        ("supplier", _("供应商编码")),
        ("supplier_name", _("供应商")),
        ("warehouse", _("仓库")),
        ("line", _("行")),
        ("product", _("产品编码")),
        ("product_name", _("产品")),
        ("lot", _("批次")),
        ("plan", _("检验方案")),
        ("method_label", _("检验方式")),
        ("stage_label", _("检验严格度")),
        ("sample", _("样本量")),
        ("accept", _("接收数 Ac")),
        ("reject", _("拒收数 Re")),
        ("defective", _("不合格件数")),
        ("quantity", _("数量")),
        ("accepted", _("合格")),
        ("conceded", _("让步接收")),
        ("rejected", _("不合格")),
        ("waiting", _("待检数量")),
        ("unit_name", _("单位")),
        ("verdict_label", _("判定")),
        ("bad", _("缺陷")),
        ("line_note", _("说明")),
        ("inspected_by", _("检验员")),
        ("inspected_at", _("检验时间")),
    ]


def _inspection_rows(actor: Actor, filters: Filters) -> Iterator[dict[str, Any]]:
    wanted = inspection_filter(filters)
    return all_pages(lambda after: inspected_lines(actor, wanted, after=after, limit=MAX_LIMIT))


def _action_columns(actor: Actor) -> Columns:
    return [
        ("number", _("单号")),
        ("state_label", _("状态")),
        ("supplier", _("供应商编码")),
        ("supplier_name", _("供应商")),
        ("product", _("产品编码")),
        ("inspection", _("检验单")),
        ("problem", _("问题")),
        ("due_on", _("答复期限")),
        ("late_days", _("晚几天")),
        ("contact", _("供应商负责人")),
        ("cause", _("原因")),
        ("measure", _("纠正措施")),
        ("done_by", _("完成日期")),
        ("answered_by", _("答复人")),
        ("answered_at", _("答复时间")),
        ("verdict_note", _("验证说明")),
        ("verified_at", _("验证时间")),
        ("closed_at", _("关闭时间")),
        ("owner", _("跟进人")),
    ]


def _action_rows(actor: Actor, filters: Filters) -> Iterator[dict[str, Any]]:
    wanted = action_filter(filters)
    return all_pages(lambda after: action_list(actor, wanted, after=after, limit=MAX_LIMIT))


register(Export(INSPECTIONS, pgettext_lazy("list", "检验单"), _inspection_rows, _inspection_columns))
register(Export(ACTIONS, _("纠正措施"), _action_rows, _action_columns))
