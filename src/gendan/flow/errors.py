from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class AmountLimitExceeded(AppError):
    status = 403
    message = _("%(number)s 的金额超过您的审批上限 %(limit)s，请由额度更高的人审批。")


class UnknownSubject(AppError):
    status = 404
    message = _("没有为「%(kind)s」准备审批流程。")
