"""Why the purchase chain refuses: each names the document and the remedy."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class OverReceipt(AppError):
    message = _(
        "%(number)s 第 %(line)s 行 %(product)s 还可入库 %(open)s，本次填写了 %(quantity)s；"
        "超出容差需有「超收」权限并勾选超收。"
    )


class OverConfirmed(AppError):
    message = _("%(number)s 第 %(line)s 行只订了 %(open)s，不能确认 %(quantity)s。")


class OverShipped(AppError):
    message = _("%(number)s 第 %(line)s 行还可发货 %(open)s，本次填写了 %(quantity)s。")


class OverOrdered(AppError):
    message = _("%(number)s 第 %(line)s 行还可下单 %(open)s，本次填写了 %(quantity)s。")


class UnknownLine(AppError):
    status = 422
    message = _("%(number)s 没有第 %(line)s 行。")


class NothingToReceive(AppError):
    message = _("%(number)s 没有待入库的数量。")


class DeliveryNoteReused(AppError):
    message = _("送货单 %(note)s 已由 %(receipt)s 入库，不能重复入库。如需更正，请先冲销 %(receipt)s。")


class ExternalKeyReused(AppError):
    message = _("外部编号 %(key)s 已由 %(number)s 使用，不能重复建单。")


class OrderHasReceipts(AppError):
    message = _("%(number)s 已有入库，不能取消；请关闭剩余数量。")


class OrderHasShipments(AppError):
    message = _("%(number)s 有在途发货单 %(shipment)s，请先取消或收货。")


class ReasonRequired(AppError):
    status = 422
    message = _("请填写原因。")


class AlreadyReversed(AppError):
    message = _("%(number)s 已被冲销，或本身是冲销单。")


class DifferentSuppliers(AppError):
    status = 422
    message = _("一张发货单或入库单只能包含同一供应商和同一仓库的订单行；%(number)s 不同。")


class EmptyDocument(AppError):
    status = 422
    message = _("至少需要一行。")
