"""How events and fields of channels are called; why a kind of notice came, what to do next, why one was not sent."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "notices.channel_saved": _("保存了提醒渠道"),
    "notices.channel_tested": _("测试了提醒渠道"),
    "notices.test_answered": _("测试消息有了结果"),
    "notices.delivery_repeated": _("重发了一条提醒"),
    "notices.template_saved": _("修改了提醒的文字"),
    "notices.template_reset": _("恢复了提醒的自带文字"),
    "notices.outward_saved": _("设置了发给客户和供应商的消息"),
    "notices.mail_server_saved": _("设置了公司的邮件服务器"),
    "notices.policy_saved": _("修改了默认的提醒方式"),
}
FIELDS = {"means": _("方式"), "service": _("服务"), "shared": _("群发"), "channel": _("渠道")} | {
    "host": _("服务器"),
    "port": _("端口"),
    "security": _("加密"),
    "username": _("用户名"),
    "sender": _("发件地址"),
    "sender_name": _("发件人名称"),
}
TEST, DIGEST = "test", "digest"

# Why a notice of a kind came to this person; a notice may say it more exactly itself.
WHY = {
    "mention": _("有人在评论中用 @ 提到了您。"),
    "late": _("您是这张销售订单的业务员或制单人。"),
    "return": _("您负责这张销售订单或处理退货。"),
    "question": _("您负责客户提问的这张订单。"),
    "change": _("您负责这张订单，或要处理它的变更。"),
    "approval": _("您是这一步的审批人。"),
    "approval_copied": _("审批流程把这张单据抄送给您。"),
    "approval_ended": _("您提交了这张单据。"),
    "approval_due": _("您是这一步的审批人。"),
    "approval_escalated": _("原审批人没有按时审批，您是他的上级。"),
    "urged": _("您是这一步的审批人，提交人在催办。"),
    "substitute": _("有人请您代为审批。"),
    "duties": _("您做的这件事触及职责分离规则。"),
    "export": _("您发起了这次导出。"),
    "print": _("您发起了这次打印。"),
    "ship": _("您发起了这次批量出库。"),
    "invitation": _("有公司邀请您加入。"),
    "case": _("这个异常归您负责。"),
    "case_assigned": _("有人把这个异常交给了您。"),
    "case_escalated": _("原负责人没有按时处理，您是他的上级。"),
    "urge_answered": _("您催过这家供应商。"),
}
WHY_ANY = _("您负责这张单据，或它等您处理。")
# What to do about it; the link says so.
NEXT = {
    "mention": _("查看并回复"),
    "late": _("查看并处理"),
    "return": _("处理退货"),
    "question": _("回复客户"),
    "change": _("查看变更"),
    "approval": _("去审批"),
    "approval_due": _("去审批"),
    "approval_escalated": _("去审批"),
    "urged": _("去审批"),
    "export": _("下载"),
    "print": _("下载"),
    "invitation": _("查看邀请"),
    "case": _("去处理"),
    "case_assigned": _("去处理"),
    "case_escalated": _("去处理"),
    "urge_answered": _("查看答复"),
}
NEXT_ANY = _("查看")

PROBLEMS = {
    "no_address": _("这个人没有填写可用的地址"),
    "refused": _("目标地址在内部网络，不允许发送"),
    "unreachable": _("连不上对方的服务"),
    "timeout": _("对方的服务没有及时回答"),
    "declined": _("对方的服务没有接受"),
    "unreadable": _("渠道的地址无法使用，请重新填写"),
    "error": _("程序出错，已记录在日志中"),
    "interrupted": _("发送时进程意外终止，不知道是否送达"),
    "too_late": _("多次重试都没有成功，不再发送"),
    "inactive": _("渠道已停用"),
    "read": _("本人已在系统里读过"),
    "gone": _("本人已不在公司"),
    "mail": _("邮件服务器没有接受"),
}
