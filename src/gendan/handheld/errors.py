"""Why a scan is refused; each says in one sentence what it was and what to do."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class UnknownCode(AppError):
    message = _("找不到「%(scanned)s」。可扫描订单号、发货单号、托盘或产品条码。")


class NothingExpected(AppError):
    message = _("%(product)s 没有待入库的订单，请放到一边并告诉采购员。")


class OtherOrder(AppError):
    message = _("%(product)s 不在这次收货的订单里，%(orders)s 有订；请先扫描该订单号，或选「加入」。")


class OtherSupplier(AppError):
    message = _("这是 %(supplier)s 的货（%(number)s），现在收的是 %(current)s；请另开一次收货。")


class ChooseOrder(AppError):
    message = _("%(product)s 有 %(count)s 张订单在等，请选择是哪一张。")


class AlreadyBooked(AppError):
    message = _("「%(scanned)s」已经入库：%(number)s。")


class NotReceivable(AppError):
    message = _("%(number)s 现在不能收货（%(state)s）。")


class TooMuch(AppError):
    message = _("%(product)s 超过了可收数量；需要「超收」权限确认，否则请放到一边。")


class PalletCounted(AppError):
    message = _("托盘 %(scanned)s 这次已经扫描过了。")


class LotAsked(AppError):
    status = 422
    message = _("%(product)s 按批次管理，请扫描或输入批次号。")


class LotUnknown(AppError):
    message = _("托盘 %(scanned)s 上的 %(product)s 没有预告批次，请逐箱扫描。")


class ExpiryAsked(AppError):
    status = 422
    message = _("%(product)s 批次 %(lot)s 还没有有效期，请输入。")


class WholePieces(AppError):
    status = 422
    message = _("%(product)s 的数量 %(quantity)s 换算成 %(unit)s 后不是可用的数量，请输入数量。")


class TallyClosed(AppError):
    message = _("这次收货已经结束（%(number)s），请开始新的收货。")


class NothingCounted(AppError):
    message = _("还没有扫描任何货物。")


class ScansMissing(AppError):
    message = _("设备上有 %(device)s 次扫描，服务器收到 %(server)s 次；请先处理未发送或有冲突的扫描，再入库。")


class AnotherPerson(AppError):
    status = 403
    message = _("这些扫描属于另一个人或另一家公司，请由本人登录后发送。")


class AnotherWarehouse(AppError):
    message = _("%(number)s 收到 %(warehouse)s，与现在的收货不是同一个仓库；请另开一次收货。")


class NothingToPutAway(AppError):
    message = _("%(product)s 在收货位没有可上架的数量。")


class UnknownBin(AppError):
    message = _("仓库 %(warehouse)s 没有库位「%(scanned)s」，请扫描库位标签。")
