from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError, Stale


class AmountLimitExceeded(AppError):
    status = 403
    message = _("%(number)s 的金额超过您的审批上限 %(limit)s，请由额度更高的人审批。")

    def __str__(self) -> str:
        limit = self.data["limit"]
        return str(self.message) % {**self.data, "limit": f"{limit:,}" if isinstance(limit, Decimal | int) else limit}


class UnknownSubject(AppError):
    status = 404
    message = _("没有为「%(kind)s」准备审批流程。")


class InApproval(AppError):
    """``people``: who is asked."""

    message = _("%(number)s 正在审批（等待 %(people)s），请先等审批结束，或由提交人撤回审批。")


class NotApproved(AppError):
    message = _("%(number)s 还没有经过审批，请先提交审批。")


class FlowExists(AppError):
    message = _("「%(name)s」已经有审批流程，请直接修改它。")


class DraftChanged(Stale):
    """``changes``: what differs from what was sent, in words; ``definition``: the draft as it is now."""

    message = _("%(by)s 在您打开之后改了「%(name)s」的草稿（现在是第 %(current)s 次保存）。请先看看改了什么。")


class FlowHasErrors(AppError):
    """``findings``: every finding with its card."""

    status = 422
    message = _("「%(name)s」还有 %(count)s 处错误，不能发布：%(first)s")


class NothingToPublish(AppError):
    message = _("「%(name)s」没有草稿可以发布。")


class FlowIsOff(AppError):
    message = _("「%(name)s」本来就没有启用。")


class NotAsked(AppError):
    status = 403
    message = _("%(number)s 正在按「%(flow)s」审批，当前由 %(people)s 处理，不需要您审批。")


class NothingRuns(AppError):
    message = _("%(number)s 现在没有进行中的审批，可能已经有人处理。请刷新查看。")


class ReasonNeeded(AppError):
    status = 422
    message = _("请填写原因，提交人会看到。")


class NotEarlier(AppError):
    status = 422
    message = _("%(number)s 不能退回到「%(node)s」：它不在已经走过的审批节点里。")


class NotSubmitter(AppError):
    status = 403
    message = _("%(number)s 由 %(submitter)s 提交，只有提交人可以撤回；审批人可以驳回或退回。")


class NotFoundHere(AppError):
    status = 422
    message = _("公司里没有在职的用户「%(username)s」，请重新选择。")


class AlreadyAsked(AppError):
    status = 409
    message = _("%(people)s 已经在审批 %(number)s 的这个节点，请选择别人。")


class OwnDocument(AppError):
    status = 409
    message = _("%(number)s 是 %(people)s 自己提交的，不能由本人审批，请选择别人。")


class UrgedAlready(AppError):
    status = 409
    message = _("一小时内已经催过 %(people)s 审批 %(number)s，请稍后再催。")
