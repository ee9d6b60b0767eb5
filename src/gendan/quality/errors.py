"""Why quality refuses: each names the document and the remedy."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class PlanExists(AppError):
    message = _("检验方案 %(code)s 已适用于同样的范围，请修改它，或先停用它。")


class CodeTaken(AppError):
    message = _("编码 %(code)s 已被另一个检验方案使用。")


class ResultsMissing(AppError):
    message = _("%(number)s 第 %(line)s 行还没有登记：%(names)s。请先填写检验结果，再判定。")


class LotFailed(AppError):
    message = _(
        "%(number)s 第 %(line)s 行抽样不合格：发现 %(defective)s 件不合格，达到拒收数 %(reject)s。"
        "请拒收，或全检挑选后按数量接收，或申请让步接收。"
    )


class NoWish(AppError):
    message = _("%(number)s 没有待批准的让步接收申请。")


class ReasonRequired(AppError):
    status = 422
    message = _("请填写原因。")


class UnknownLine(AppError):
    status = 422
    message = _("%(number)s 没有第 %(line)s 行。")


class TooMany(AppError):
    message = _("%(number)s 第 %(line)s 行待检 %(open)s，填写了 %(quantity)s。")


class LineDecided(AppError):
    message = _("%(number)s 第 %(line)s 行已判定完，检验结果不能再改。")
