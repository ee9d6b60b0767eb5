"""How events and fields of approval are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gendan.flow.queries.passed import PASSED_ALONE, passed_words
from gendan.flow.queries.words import not_told

LABELS = {
    "flow.started": _("进入了审批流程"),
    "flow.asked": _("交给审批人"),
    "flow.task_approved": _("同意了"),
    "flow.task_rejected": _("驳回了"),
    "flow.task_sent_back": _("退回了"),
    "flow.task_transferred": _("把审批转交给别人"),
    "flow.task_delegated": _("委托别人代为审批"),
    "flow.signer_added": _("增加了审批人"),
    "flow.urged": _("催办了审批"),
    "flow.skipped": _("按流程跳过了一个节点"),
    "flow.informed": _("抄送了"),
    "flow.field_set": _("流程修改了字段"),
    "flow.field_not_set": _("流程没有改成字段"),
    "flow.webhook_answered": _("外部系统已收到通知"),
    "flow.webhook_failed": _("通知外部系统失败，改由人处理"),
    "flow.passed": _("走完了审批流程"),
    "flow.passed_alone": PASSED_ALONE,
    "flow.withdrawn": _("撤回了审批"),
    "flow.voided": _("审批过的内容有变，审批失效"),
    "flow.escalated": _("超过期限，转给了上级审批"),
    "flow.deadline_passed": _("审批超过期限，已提醒"),
    "flow.passed_by_deadline": _("超过期限，自动放行"),
    "flow.sent_back_by_deadline": _("超过期限，自动退回"),
    "flow.substitute_named": _("设置了审批委托"),
    "flow.substitute_ended": _("结束了审批委托"),
    "flow.flow_created": _("新建了审批流程"),
    "flow.renamed": _("修改了审批流程的名称"),
    "flow.draft_saved": _("修改了审批流程的草稿"),
    "flow.published": _("发布了审批流程"),
    "flow.version_restored": _("回到了审批流程的旧版本"),
    "flow.switched_off": _("停用了审批流程"),
    "flow.working_days_set": _("修改了工作日历"),
    "flow.working_time_set": _("修改了工作时间"),
}
FIELDS = {"hours": _("工作时间")}


def _days(data: Mapping[str, Any]) -> str:
    """«2026-11-28 改为上班；…», with the reason."""
    words = {"work": gettext("改为上班"), "rest": gettext("改为休息")}
    days = [f"{day} {words.get(works, works)}" for day, works in sorted((data.get("days") or {}).items())]
    more = [gettext("等 %(n)s 天") % {"n": len(days)}] if len(days) > 5 else []
    return gettext("；").join([*days[:5], *more, *filter(None, [str(data.get("note") or "")])])


def _version(data: Mapping[str, Any]) -> str:
    """«第 3 版：…»."""
    number = gettext("第 %(n)s 版") % {"n": data.get("version", "")}
    return gettext("：").join(filter(None, [number, str(data.get("note") or "")]))


def _step(data: Mapping[str, Any]) -> str:
    """«「主管审批」 王总（代 李经理）：同意»: node, people, for whom, and what was said."""
    parts = [gettext("「%(node)s」") % {"node": data["node"]}] if data.get("node") else []
    parts += [str(data[name]) for name in ("flow", "people", "field", "value", "changed") if data.get(name)]
    if data.get("instead_of"):
        parts.append(gettext("（代 %(person)s）") % {"person": data["instead_of"]})
    if data.get("to"):
        parts.append(gettext("退回到「%(node)s」") % {"node": data["to"]})
    if data.get("side"):
        parts.append(gettext("前加签") if data["side"] == "before" else gettext("后加签"))
    if data.get("split_with"):
        parts.append(gettext("可能与 %(numbers)s 是拆开的一单") % {"numbers": data["split_with"]})
    said = str(data.get("note") or not_told(str(data.get("problem") or "")))
    return gettext("：").join(filter(None, [" ".join(parts), said]))


STEPS = (
    "started",
    "asked",
    "task_approved",
    "task_rejected",
    "task_sent_back",
    "task_transferred",
    "task_delegated",
    "signer_added",
    "urged",
    "skipped",
    "informed",
    "field_set",
    "field_not_set",
    "webhook_answered",
    "webhook_failed",
    "passed",
    "voided",
    "escalated",
    "deadline_passed",
    "passed_by_deadline",
    "sent_back_by_deadline",
)


def _substitute(data: Mapping[str, Any]) -> str:
    """«陈董 2026-11-22 – 2026-11-30»."""
    return " ".join(filter(None, [str(data.get("substitute") or ""), str(data.get("days") or "")]))


REMARKED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"flow.{step}": _step for step in STEPS},
    "flow.working_days_set": _days,
    "flow.passed_alone": passed_words,
    "flow.substitute_named": _substitute,
    "flow.substitute_ended": _substitute,
    "flow.published": _version,
    "flow.version_restored": _version,
}
