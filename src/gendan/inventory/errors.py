"""Why stock refuses to move."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class StockShort(AppError):
    message = _("%(product)s 在 %(place)s 可用 %(available)s，不足 %(quantity)s。")


class LotRequired(AppError):
    status = 422
    message = _("%(product)s 按批次管理，请填写批次号。")


class UnknownPlace(AppError):
    status = 422
    message = _("仓库 %(warehouse)s 没有库位 %(place)s。")


class EmptyDocument(AppError):
    status = 422
    message = _("至少需要一行。")


class UnknownLine(AppError):
    status = 422
    message = _("%(number)s 没有第 %(line)s 行。")


class ReasonRequired(AppError):
    status = 422
    message = _("请填写原因。")


class PlaceUnderInspection(AppError):
    message = _("%(place)s 是待检区，%(product)s 须先完成质检才能调拨。")


class OverArrived(AppError):
    message = _("%(number)s 第 %(line)s 行 %(product)s 还在途 %(open)s，不能收 %(quantity)s。")


class NothingInTransit(AppError):
    message = _("%(number)s 已没有在途的数量。")


class AlreadyReversed(AppError):
    message = _("%(number)s 已由 %(reversal)s 冲销，不能再次冲销。")


class IsReversal(AppError):
    message = _("%(number)s 本身是冲销单，不能再冲销，也不能复制；请新建一张调整单。")


class PlaceInOtherCount(AppError):
    message = _("%(product)s 在 %(place)s 正在 %(count)s 中盘点，请先完成或取消那张盘点单。")


class NotOnList(AppError):
    message = _("%(number)s 的清单里没有 %(place)s 的 %(product)s；确认确实在这里后可加入清单。")


class WhichPlace(AppError):
    status = 422
    message = _("%(product)s 在清单里有 %(count)s 处，请先扫库位或批次。")


class CountIncomplete(AppError):
    message = _("%(number)s 还有 %(count)s 行没有盘点；请盘完，或选择跳过未盘的行、或按 0 计。")


class CountedBelowZero(AppError):
    status = 422
    message = _("%(product)s 已盘 %(counted)s，不能再减 %(quantity)s。")


class EntryGone(AppError):
    message = _("这一条已撤销，或该行已重新盘点。")


class UnknownBarcode(AppError):
    status = 422
    message = _("不认识条码「%(code)s」：不是本公司的产品、条码、库位或批次。")
