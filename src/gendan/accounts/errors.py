"""Refusals of accounts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError


class CompanyExists(AppError):
    message = _("公司代码 %(code)s 已被使用，请换一个。")


class CurrencyInUse(AppError):
    message = _("公司已有业务单据，本位币 %(currency)s 不能再修改。")


class UserExists(AppError):
    message = _("用户名 %(username)s 已存在。若此人属于其他公司，请用「邀请已有用户」。")


class AlreadyMember(AppError):
    message = _("%(username)s 已是本公司成员。")


class AlreadyInvited(AppError):
    message = _("已向 %(username)s 发出过邀请，正等待答复。要改角色，请先撤回那份邀请。")


class InvitationClosed(AppError):
    message = _("这份邀请已撤回、已过期或已答复，请让对方的管理员重新邀请。")


class EmailInUse(AppError):
    message = _("邮箱 %(email)s 已被其他用户使用。")


class BelongsElsewhere(AppError):
    message = _("%(username)s 还属于其他公司，个人资料和密码只能由本人修改。")


class BeyondOwnRights(AppError):
    status = 403
    message = _("不能授予或收回您自己没有的权限：%(missing)s。")


class BeyondOwnLimit(AppError):
    status = 403
    message = _("不能授予高于您自己的审批金额上限（%(limit)s）。")


class BeyondOwnDiscount(AppError):
    status = 403
    message = _("不能授予高于您自己的折扣上限（%(limit)s%%）。")


class BeyondOwnScope(AppError):
    status = 403
    message = _("您自己的数据范围或字段权限受限，不能设置角色、部门和范围。请让不受限的管理员操作。")


class LastAdministrator(AppError):
    message = _("公司至少要有一位在用的管理员，不能停用或降级最后一位。")


class NotYourself(AppError):
    message = _("不能停用自己，请让其他管理员操作。")


class AdministratorRoleFixed(AppError):
    message = _("管理员角色始终拥有全部权限，不能修改或删除。")


class RoleInUse(AppError):
    message = _("角色「%(name)s」还有 %(count)s 位成员，请先改派他们的角色。")


class DepartmentInUse(AppError):
    message = _("部门「%(name)s」还有 %(people)s 位成员、%(below)s 个下级部门，请先移走。")


class KeyAlreadyRevoked(AppError):
    message = _("API 密钥「%(name)s」已被撤销。")


class NotIn(AppError):
    message = _("%(username)s 已停用，请先重新启用，再生成链接。")


class LinkOver(AppError):
    message = _("这个链接已失效：已经用过、已超过 3 天，或此人已经登录过。请让管理员重新生成。")
