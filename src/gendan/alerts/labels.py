"""How the events, fields and notices of exceptions are called."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "alerts.case_opened": _("发现了异常"),
    "alerts.case_reopened": _("异常再次出现"),
    "alerts.case_gone": _("原因已消除，异常自动关闭"),
    "alerts.case_taken": _("开始处理异常"),
    "alerts.case_assigned": _("把异常转交给别人"),
    "alerts.case_snoozed": _("推迟了异常"),
    "alerts.case_resolved": _("把异常标为已解决"),
    "alerts.case_dismissed": _("忽略了异常"),
    "alerts.case_put_back": _("把异常放回待处理"),
    "alerts.case_escalated": _("把异常升级给上级"),
    "alerts.remedy_done": _("处理了异常"),
    "alerts.supplier_urged": _("催了供应商"),
    "alerts.urge_answered": _("供应商答复了催货"),
    "alerts.urge_unanswered": _("供应商没有答复，升级给上级"),
    "alerts.rule_saved": _("修改了异常规则"),
    "alerts.own_rule_made": _("新建了自定义规则"),
    "alerts.own_rule_saved": _("修改了自定义规则"),
    "alerts.own_rule_rested": _("自定义规则检查太慢，停了下来"),
    "alerts.proposal_applied": _("采纳了规则调整建议"),
    "alerts.proposal_undone": _("撤销了规则调整"),
    "alerts.report_told": _("发送了异常周报"),
    "alerts.scanned": _("检查了异常"),
}
FIELDS = {
    "owner": _("负责人"),
    "snoozed_until": _("推迟到"),
    "severity": _("级别"),
    "is_active": _("启用"),
    "condition": _("条件"),
    "message": _("提示文字"),
    "trigger": _("什么时候检查"),
    "field": _("哪个日期"),
    "offset": _("几天后"),
    "working": _("按工作日"),
    "events": _("哪些动作"),
    "channels": _("提醒渠道"),
    "repeat_hours": _("多久再提醒一次（工作小时）"),
    "quiet_from": _("免打扰开始"),
    "quiet_to": _("免打扰结束"),
    "ladder": _("升级"),
    "remedies": _("可以怎么办"),
    "answer_hours": _("多久没人处理就升级"),
    "subject": _("检查什么"),
}
REPORT, RESTED = "case_report", "case_rule_rested"
OPENED, ESCALATED, ASSIGNED, ANSWERED = "case", "case_escalated", "case_assigned", "urge_answered"
NOTICES = {
    OPENED: _("异常"),
    ESCALATED: _("异常升级"),
    ASSIGNED: _("异常转交"),
    ANSWERED: _("供应商答复"),
    REPORT: _("异常周报"),
    RESTED: _("异常规则停了下来"),
}
