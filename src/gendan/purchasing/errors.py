"""Why the purchase chain refuses: each names the document and the remedy."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError, Stale


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


class NothingToUrge(AppError):
    message = _("%(number)s 已全部到货，没有可催的。")


class AlreadyReversed(AppError):
    message = _("%(number)s 已被冲销，或本身是冲销单。")


class DifferentSuppliers(AppError):
    status = 422
    message = _("一张发货单或入库单只能包含同一供应商和同一仓库的订单行；%(number)s 不同。")


class EmptyDocument(AppError):
    status = 422
    message = _("至少需要一行。")


class NothingToShip(AppError):
    message = _("%(number)s 没有待发货的数量。")


class ShipmentHasReceipts(AppError):
    message = _("%(number)s 已有入库，不能取消；请把未到的数量改为实收数量。")


class ShipmentLineReceived(AppError):
    message = _("%(number)s 第 %(line)s 行已入库 %(received)s，数量不能更少；如需更正，请先冲销入库单。")


class NothingToInspect(AppError):
    message = _("%(number)s 没有待检的数量。")


class OverInspected(AppError):
    message = _("%(number)s 第 %(line)s 行待检 %(open)s，合格与不合格合计填写了 %(quantity)s。")


class DraftChanged(Stale):
    """Two people changed the same fields of a draft. ``data["conflicts"]`` lists field, yours, theirs and by whom."""

    message = _(
        "%(number)s 已被 %(by)s 修改，有 %(count)s 处与您的修改不同，请逐处选择后再保存。您填写的内容没有丢失。"
    )
    merged: Any = None  # the draft with both sides' changes, mine where they clash
    theirs: Any = None


class NotSendable(AppError):
    message = _("%(number)s 的状态是「%(state)s」，批准后才能发给供应商。")


class LinkShowsWhatIsHidden(AppError):
    status = 403
    message = _("供应商页面会显示「%(field)s」，而您的角色看不到它。请让看得到的同事发送或打开链接。")
