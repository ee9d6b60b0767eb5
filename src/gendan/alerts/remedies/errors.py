"""Why a remedy is refused."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class UnknownRemedy(AppError):
    status = 404
    message = _("没有办法「%(remedy)s」。")


class NotOffered(AppError):
    message = _("%(number)s 现在不能用「%(remedy)s」，请刷新查看还可以怎么办。")


class CaseClosed(AppError):
    message = _("%(number)s 已经关闭，不需要再处理。")


class AlreadyUrged(AppError):
    message = _("%(number)s 已经催过，正在等供应商答复到 %(until)s。")


class OtherSupplier(AppError):
    status = 422
    message = _("%(number)s 是另一家供应商的，请分开催。")


class NothingToUrge(AppError):
    message = _("%(number)s 没有还在等的采购订单行，不用催供应商。")


class AnswerEnded(AppError):
    status = 410
    message = _("这个链接已失效，请直接联系采购员。")


class NothingAnswered(AppError):
    status = 422
    message = _("请至少答复一行。")
