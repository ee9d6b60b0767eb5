"""Why an invoice or a payment is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class ReferenceTaken(AppError):
    message = _("供应商 %(supplier)s 的发票 %(reference)s 已经登记为 %(number)s，同一张发票不能登记两次。")


class OtherSupplier(AppError):
    message = _("%(number)s 不是供应商 %(supplier)s 的订单。")


class OtherPartner(AppError):
    message = _("%(number)s 的往来单位与本次收付款不同。")


class OtherCurrency(AppError):
    message = _("%(number)s 的币种是 %(currency)s，与本单不同，请分开登记。")


class OrderNotInvoiceable(AppError):
    message = _("%(number)s 当前状态为「%(state)s」，不能登记发票。")


class UnknownLine(AppError):
    status = 422
    message = _("%(number)s 没有第 %(line)s 行。")


class EmptyBill(AppError):
    status = 422
    message = _("发票至少需要一行。")


class ReasonRequired(AppError):
    status = 422
    message = _("请填写原因。")


class NotPayable(AppError):
    message = _("%(number)s 当前状态为「%(state)s」，还不能付款；请先批准。")


class NotOwed(AppError):
    message = _("%(number)s 当前状态为「%(state)s」，没有应收款。")


class PaidTooMuch(AppError):
    message = _("%(number)s 只剩 %(open)s 未付，不能分配 %(amount)s；多付的部分请作为预付款登记。")


class NotAllocated(AppError):
    message = _("金额中有 %(rest)s 没有分配；请分配到单据，或注明作为预付（预收）款。")


class AllocatedTooMuch(AppError):
    message = _("分配了 %(allocated)s，超过金额 %(amount)s。")


class BillHasPayments(AppError):
    message = _("%(number)s 已有付款，不能作废；请先冲销付款 %(payment)s。")


class AlreadyReversed(AppError):
    message = _("%(number)s 已由 %(reversal)s 冲销。")


class IsReversal(AppError):
    message = _("%(number)s 本身是冲销单，不能再冲销或分配。")


class AccountKnown(AppError):
    message = _("%(owner)s 已登记过尾号 %(tail)s 的账户，不用再登记。")


class NotCredited(AppError):
    message = _("%(number)s 还没有登记供应商的退款金额，请先在采购退货单上登记贷项通知单。")


class CreditedBefore(AppError):
    message = _("%(number)s 的退款已经用 %(payment)s 登记过。")
