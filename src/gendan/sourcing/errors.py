"""Why inquiries, answers and awards are refused."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class EmptyInquiry(AppError):
    status = 422
    message = _("请至少填写一行要询价的产品。")


class NobodyAsked(AppError):
    status = 422
    message = _("%(number)s 还没有选择供应商，请先选择再发出。")


class UnknownSupplier(AppError):
    status = 422
    message = _("%(number)s 没有邀请供应商 %(supplier)s。")


class AnswerTooLate(AppError):
    message = _("%(number)s 已于 %(closed)s 截止，不再接受报价。")


class InquiryEnded(AppError):
    status = 410
    message = _("这次询价已结束，谢谢您的关注。需要时请与采购员联系。")


class NothingAnswered(AppError):
    status = 422
    message = _("请至少给一行报价，或说明不报价的原因。")


class StillSealed(AppError):
    message = _("%(number)s 是密封询价，%(closes)s 之前任何人都不能看报价和定标。")


class NotOffered(AppError):
    status = 422
    message = _("%(supplier)s 没有给 %(number)s 第 %(line)s 行报价，不能定给它。")


class OverAwarded(AppError):
    message = _("%(number)s 第 %(line)s 行（%(product)s）只剩 %(open)s 没有定标，不能再定 %(quantity)s。")


class NothingAwarded(AppError):
    status = 422
    message = _("请至少给一家供应商定一个数量。")


class AlreadyInvited(AppError):
    message = _("%(number)s 已经邀请过供应商 %(supplier)s。")


class RequisitionTaken(AppError):
    message = _("采购申请 %(requisition)s 第 %(line)s 行只剩 %(open)s 没有下单，不能询价 %(quantity)s。")


class EmptyContract(AppError):
    status = 422
    message = _("请至少填写一行合同产品。")


class ContractExceeded(AppError):
    message = _(
        "合同 %(contract)s 的 %(what)s 只剩 %(left)s，不能再要 %(quantity)s。请减少数量、变更合同，或另填单价不走合同。"
    )


class ExceedingForbidden(AppError):
    status = 403
    message = _("合同 %(contract)s 的 %(what)s 只剩 %(left)s，要 %(quantity)s 须由有「超出合同下单」权限的人下单。")


class ContractOverlaps(AppError):
    message = _("%(number)s 的产品 %(product)s 同期已有合同 %(other)s 的价格，请先终止或错开日期。")


class ContractOver(AppError):
    status = 422
    message = _("%(number)s 到 %(on)s 已过期，请先改到期日。")


class NothingChanged(AppError):
    status = 422
    message = _("%(number)s 没有任何改动。")
