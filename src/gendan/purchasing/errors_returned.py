"""Why returns to suppliers and decisions about rejected goods are refused."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class OverSentBack(AppError):
    message = _("%(number)s 第 %(line)s 行 %(product)s 还可退 %(open)s，本次填写了 %(quantity)s。")


class NotReturnable(AppError):
    message = _("%(number)s 已冲销或是冲销单，没有可退的货物。")


class DifferentSources(AppError):
    status = 422
    message = _("一张采购退货单只能包含同一供应商、同一仓库、同一币种的货物；%(number)s 不同。")


class ReceiptHasReturns(AppError):
    message = _("%(number)s 的货物已在采购退货单 %(rtv)s 中，不能冲销；请先取消或冲销 %(rtv)s。")


class RejectsSettled(AppError):
    message = _("%(number)s 的不良品已报废或降价接收，不能冲销。")


class OverReplaced(AppError):
    message = _("%(number)s 第 %(line)s 行待补 %(open)s，本次填写了 %(quantity)s。")


class HasReplacements(AppError):
    message = _("%(number)s 已收到补货，不能冲销；请先冲销补货的入库单。")


class NotWanted(AppError):
    message = _("%(number)s 的处理方式是「%(settlement)s」，不能这样办理。")


class CreditTooHigh(AppError):
    message = _("退货 %(number)s 的货值是 %(worth)s %(currency)s，退款不能超过它。")


class OverSettled(AppError):
    message = _("%(number)s 第 %(line)s 行不良品还有 %(open)s，本次填写了 %(quantity)s。")
