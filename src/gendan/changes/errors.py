from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class NothingChanged(AppError):
    status = 422
    message = _("变更单与 %(number)s 现在的内容相同，没有要变更的地方。")


class NothingLeft(AppError):
    status = 422
    message = _("%(number)s 变更后没有一行，请改用取消订单。")


class BelowMoved(AppError):
    message = _("%(number)s 第 %(line)s 行 %(product)s 已发货、收货或开票 %(moved)s，不能改为 %(quantity)s。")


class HasMoved(AppError):
    message = _("%(number)s 已有发货或收货，不能再改仓库。")


class ChangedSince(AppError):
    message = _("%(number)s 在起草变更之后又被改过：%(changes)s。请按现在的内容修改后再提交。")


class NotByChange(AppError):
    message = _("%(number)s 当前状态为「%(state)s」，不用变更单修改。")


class ReasonNeeded(AppError):
    status = 422
    message = _("请填写原因。")


class BeyondApproval(AppError):
    message = _("%(order)s 在 %(number)s 审批之后又有变动，生效后会超过批准的金额。请修改变更单，或重新提交审批。")


class NotLookedAt(AppError):
    message = _(
        "%(order)s 在 %(number)s 审批之后有了新的审核提示。请有权放行的同事点「生效」，或修改变更单、重新提交审批。"
    )


class SomebodyElse(AppError):
    status = 403
    message = _(
        "%(order)s 这类订单走审批流程，使它加价的 %(number)s 要由另一位有权审批的同事批准，或由变更单的审批流程决定。"
    )
