"""What a file of people or departments holds. Passwords never stand in one: who is new gets a link to choose theirs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.accounts.models import Language
from gendan.kernel.bulk import Column

PEOPLE = (
    Column(
        "username",
        _("用户名"),
        "code",
        required=True,
        max_length=150,
        aliases=("user", "login", "账号", "帐号", "工号"),
        help=_("登录用的名称：字母、数字或 . @ + - _，不含空格"),
        example="zhangwei",
    ),
    Column("name", _("姓名"), required=True, max_length=80, aliases=("full name",), example="张伟"),
    Column("email", _("邮箱"), max_length=254, aliases=("e-mail", "mail", "电子邮件"), example="zhangwei@example.com"),
    Column("phone", _("手机"), max_length=32, aliases=("mobile", "电话"), example="13800000000"),
    Column(
        "roles",
        _("角色"),
        "codes",
        default=(),
        aliases=("role",),
        help=_("角色的代码或名称，多个用分号隔开；不能给出您自己没有的权限"),
        example="buyer;receiver",
    ),
    Column("department", _("部门"), "code", aliases=("dept",), help=_("部门的代码或名称"), example="CG"),
    Column("superior", _("上级"), "code", max_length=150, aliases=("manager",), help=_("上级的用户名"), example="lina"),
    Column("language", _("语言"), "choice", default=Language.ZH_HANS.value, choices=dict(Language.choices)),
    Column("is_active", _("启用"), "flag", default=True, aliases=("active", "在职")),
)

DEPARTMENTS = (
    Column("code", _("部门代码"), "code", required=True, max_length=32, aliases=("代码",), example="CG1"),
    Column("name", _("部门名称"), required=True, max_length=80, aliases=("名称",), example="采购一组"),
    Column("parent", _("上级部门"), "code", help=_("上级部门的代码；最上层的留空"), example="CG"),
    Column(
        "head",
        _("部门负责人"),
        "code",
        max_length=150,
        aliases=("manager",),
        help=_("负责人的用户名，须已是在用成员；可先留空，导入用户后再补"),
        example="lina",
    ),
)
