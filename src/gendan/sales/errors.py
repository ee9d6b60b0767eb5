"""Why the sales chain refuses: each names the document and the remedy."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class ReferenceReused(AppError):
    message = _("客户单号 %(reference)s 已用于 %(number)s，不能重复录入。")


class OverDelivered(AppError):
    message = _("%(number)s 第 %(line)s 行 %(product)s 还可发货 %(open)s，本次填写了 %(quantity)s。")


class NothingToDeliver(AppError):
    message = _("%(number)s 没有可发货的数量：没有待发数量，或仓库没有可用库存。")


class NotEnoughStock(AppError):
    message = _(
        "%(product)s 可用库存只够 %(available)s，本次需要 %(quantity)s；请减少数量，或先补货、释放其他订单的锁定。"
    )


class OrderHasDeliveries(AppError):
    message = _("%(number)s 已有出库，不能取消。")


class NotSigned(AppError):
    message = _("%(number)s 还有未签收的发货，签收后才能完成。")


class ReviewStopped(AppError):
    message = _("%(number)s 未通过审核（%(rule)s）：%(finding)s%(remedy)s")


class FindingsChanged(AppError):
    message = _("%(number)s 有您还没看过的审核提示：%(finding)s请看过后再审核。")
