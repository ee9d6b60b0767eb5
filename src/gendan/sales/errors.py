"""Why the sales chain refuses: each names the document and the remedy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


class QuotationExpired(AppError):
    message = _("%(number)s 已于 %(valid_to)s 过期；请先编辑，延长有效期。")


class OverQuoted(AppError):
    message = _("%(number)s 第 %(line)s 行 %(product)s 还可下单 %(open)s，本次填写了 %(quantity)s；请另下订单。")


class NothingLeftToOrder(AppError):
    message = _("%(number)s 没有可下单的数量：已全部下单，或没有填写数量。")


class ReviewStopped(AppError):
    """``findings`` are kept aside for who has to tell others of it later, in the words that each may read."""

    findings: tuple[Mapping[str, Any], ...] = ()
    message = _("%(number)s 未通过审核（%(rule)s）：%(finding)s%(remedy)s")


class FindingsChanged(AppError):
    message = _("%(number)s 有您还没看过的审核提示：%(finding)s请看过后再审核。")


class OrderHasOpenDeliveries(AppError):
    message = _("%(number)s 有未完成的出库单，请先出库或取消出库单。")


class NothingToClose(AppError):
    message = _("%(number)s 没有未发的余量。")


class NothingShipped(AppError):
    message = _("%(number)s 还没有出库，关闭后什么也不剩；请改用取消。")


class OnceApproved(AppError):
    message = _("%(number)s 曾经审核通过，不能删除；请改用取消。")


class OverReturned(AppError):
    message = _(
        "%(number)s 第 %(line)s 行 %(product)s 还可退 %(open)s，本次填写了 %(quantity)s；"
        "只有已签收或拒收、且没有申请过退货的数量可以退。"
    )


class NothingToReturn(AppError):
    message = _("%(number)s 没有可退的数量：没有拒收的数量，或已经申请过退货。")


class DifferentCustomers(AppError):
    status = 422
    message = _("一张退货单只能包含同一客户、同一币种的订单；%(number)s 不同。")


class OverReceivedBack(AppError):
    message = _(
        "%(number)s 第 %(line)s 行 %(product)s 还应退回 %(open)s，本次填写了 %(quantity)s；多退的请另建退货单。"
    )


class OverDecided(AppError):
    message = _("%(number)s 第 %(line)s 行待处理 %(open)s，本次填写了 %(quantity)s。")


class NotSentOfLot(AppError):
    status = 422
    message = _("%(number)s 第 %(line)s 行没有发过批次 %(lot)s；发过的批次：%(lots)s。")


class CreditTooHigh(AppError):
    message = _("%(number)s 退回的货物价值 %(worth)s %(currency)s，退款不能超过它。")


class BackOrderHolds(AppError):
    message = _(
        "%(number)s 的缺货方式为「%(rule)s」，第 %(lines)s 行还不能全部发出；"
        "请等货备齐，或在订单页的菜单中修改缺货方式。"
    )


class OtherConsignee(AppError):
    message = _("%(number)s 与 %(other)s 的客户、仓库或收货地址不同，不能放在同一张出库单。")


class NotOnPickList(AppError):
    message = _("%(product)s 不在 %(number)s 的拣货单上。")


class OtherBin(AppError):
    message = _("%(product)s 不从 %(bin)s 拣，请到 %(bins)s。")


class OtherLot(AppError):
    message = _("%(product)s 要拣批次 %(lots)s，不是 %(lot)s。")


class LotNeeded(AppError):
    message = _("%(bin)s 里的 %(product)s 不止一个批次，请扫描批次 %(lots)s 的条码。")


class PickedEnough(AppError):
    message = _("%(product)s 还要拣 %(open)s，不能再拣 %(quantity)s，多出的请放回。")


class ShortTooMuch(AppError):
    message = _("%(product)s 还要拣 %(open)s，不能登记缺 %(quantity)s；已拣的要先减掉。")


class PartlyPicked(AppError):
    message = _("%(number)s 还有 %(count)s 行没有拣完；请先拣完，或选择按已拣数量出库、按计划数量出库。")


class NotPicked(AppError):
    message = _("%(number)s 还没有拣货；请先拣货，或选择按计划数量一起出库。")


class NothingPicked(AppError):
    message = _("%(number)s 没有拣到任何货物，请改为取消出库单。")


class OverPacked(AppError):
    message = _("%(number)s 第 %(line)s 行 %(product)s 发 %(quantity)s，装箱合计 %(packed)s；请修改装箱。")


class InAnotherWave(AppError):
    message = _("%(number)s 已在波次 %(wave)s 中。")


class OtherWarehouse(AppError):
    message = _("%(number)s 与 %(other)s 不在同一仓库，不能放在同一波次。")


class SignedOtherwise(AppError):
    status = 422
    message = _("%(number)s 第 %(line)s 行发了 %(quantity)s，签收、拒收和短少合计为 %(total)s，必须相等。")


class NothingToMove(AppError):
    message = _(
        "%(number)s 第 %(line)s 行最多可转移 %(open)s 给 %(to)s 第 %(to_line)s 行（已上发货单的锁定不能转移）。"
    )


class NothingToCover(AppError):
    message = _("%(number)s 第 %(line)s 行最多还能改用 %(open)s：没有这么多空闲的货，或这一行不需要这么多。")


class StandsOnDelivery(AppError):
    message = _(
        "%(product)s 有 %(quantity)s 已排在出库单 %(deliveries)s 上；请先在出库单上拣货出库、登记缺货，或取消出库单。"
    )
