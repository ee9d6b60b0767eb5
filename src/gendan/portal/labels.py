"""How the events of customers' and suppliers' links are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "portal.link_created": _("生成了客户链接"),
    "portal.link_revoked": _("撤销了客户链接"),
    "portal.question_asked": _("提了问题"),
    "portal.question_answered": _("回复了客户"),
    "portal.order_answered": _("供应商作了答复"),
    "portal.progress_reported": _("报了生产进度"),
    "portal.person_invited": _("邀请了供应商的人"),
    "portal.person_saved": _("修改了供应商账号"),
    "portal.person_reset": _("给供应商账号重发了链接"),
    "portal.person_joined": _("设置了供应商账号的密码"),
    "portal.person_password_changed": _("修改了供应商账号的密码"),
    "portal.person_signed_in": _("登录了供应商页面"),
    "portal.person_signed_out": _("退出了供应商页面"),
    "portal.person_sign_in_failed": _("供应商页面登录失败"),
    "portal.key_created": _("新建了供应商 API 密钥"),
    "portal.key_revoked": _("撤销了供应商 API 密钥"),
}
