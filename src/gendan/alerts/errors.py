"""Why something about an exception is refused."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError, NotFound


class ReasonNeeded(AppError):
    status = 422
    message = _("请填写原因。")


class NotAMember(AppError):
    status = 422
    message = _("「%(username)s」不是本公司的在职人员，请选择别人。")


class NotYours(AppError):
    message = _("%(number)s 由%(name)s负责：请他转交给您，或升级给他的上级。")


class OwnSignal(AppError):
    message = _("%(number)s 是对您自己经手的单据的提醒，不能由您自己关闭或推迟；请转交给别人或升级给上级。")


class CannotSee(AppError):
    status = 422
    message = _("%(name)s看不到 %(document)s，不能负责这个异常，请选择别人。")


class CauseGone(AppError):
    message = _("%(number)s 的原因已经消除，不用再打开；再发生时会自动打开。")


class NobodyAbove(AppError):
    message = _("%(number)s 的负责人没有上级可以升级，请改为转交给别人。")


class SnoozeInPast(AppError):
    status = 422
    message = _("%(number)s 只能推迟到今天以后，请选择明天或更晚的日期。")


class UnknownRule(AppError):
    status = 404
    message = _("没有规则「%(rule)s」。")


class RuleTooSlow(AppError):
    status = 422
    message = _("规则「%(rule)s」检查一次超过 %(seconds)s 秒，请把条件写得简单一些，或者改成到了某个日期才检查。")


class TooManyRules(AppError):
    message = _("一家公司最多 %(most)s 条自定义规则，请先修改已有的规则。")


class NoSuchProposal(NotFound):
    message = _("规则「%(rule)s」现在没有这条建议，请刷新后按新的建议处理。")


class ProposalOutdated(AppError):
    message = _("规则「%(rule)s」在采纳之后又改过，不能撤销；请到异常规则里直接修改。")


class UnknownSetting(AppError):
    status = 422
    message = _("规则「%(rule)s」不能这样设置 %(name)s：应在 %(lowest)s 到 %(highest)s 之间。")
