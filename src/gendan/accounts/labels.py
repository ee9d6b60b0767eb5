"""How the events of accounts are called in a timeline."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, str | Promise] = {
    "accounts.company_created": _("建立了公司"),
    "accounts.company_updated": _("修改了公司设置"),
    "accounts.logo_set": _("更换了公司标志"),
    "accounts.company_switched": _("切换到本公司"),
    "accounts.user_created": _("建立了用户"),
    "accounts.member_added": _("加入了成员"),
    "accounts.member_invited": _("发出了邀请"),
    "accounts.invitation_accepted": _("接受了邀请"),
    "accounts.invitation_declined": _("谢绝了邀请"),
    "accounts.invitation_withdrawn": _("撤回了邀请"),
    "accounts.user_updated": _("修改了资料"),
    "accounts.member_roles_set": _("调整了角色"),
    "accounts.member_deactivated": _("停用了用户"),
    "accounts.member_reactivated": _("重新启用了用户"),
    "accounts.password_reset": _("重设了密码"),
    "accounts.sign_in_link_made": _("生成了设置密码的链接"),
    "accounts.password_chosen": _("通过链接设置了密码"),
    "accounts.language_set": _("选择了语言"),
    "accounts.role_created": _("新建了角色"),
    "accounts.role_updated": _("修改了角色"),
    "accounts.role_deleted": _("删除了角色"),
    "accounts.role_renewed": _("随新版本更新了角色的权限"),
    "accounts.field_rights_set": _("设置了字段权限"),
    "accounts.role_scope_set": _("设置了数据范围"),
    "accounts.department_created": _("新建了部门"),
    "accounts.department_updated": _("修改了部门"),
    "accounts.department_deleted": _("删除了部门"),
    "accounts.api_key_created": _("新建了 API 密钥"),
    "accounts.api_key_revoked": _("撤销了 API 密钥"),
}

# What changed, as the timeline says it.
FIELDS: dict[str, str | Promise] = {
    "name": _("名称"),
    "currency": _("本位币"),
    "timezone": _("时区"),
    "over_tolerance": _("超收容差 %"),
    "under_tolerance": _("短交容差 %"),
    "use_confirmation": _("需要供应商确认"),
    "address": _("公司地址"),
    "tax_id": _("税号"),
    "print_language": _("单据语言"),
    "gs1_prefix": _("GS1 厂商识别代码"),
    "email": _("邮箱"),
    "phone": _("电话"),
    "superior": _("上级"),
    "department": _("部门"),
    "parent": _("上级部门"),
    "head": _("部门负责人"),
    "roles": _("角色"),
    "language": _("语言"),
    "amount_limit": _("审批金额上限"),
    "discount_limit": _("折扣上限 %"),
    "permissions": _("权限"),
    "second_factor": _("两步验证"),
    "documents.purchasing": _("采购单据"),
    "documents.sales": _("销售单据"),
    "documents.inventory": _("库存单据"),
    "warehouses": _("仓库"),
    "supplier_groups": _("供应商分组"),
    "categories": _("产品类别"),
}

WHOSE: dict[str, str | Promise] = {
    "all": _("全部"),
    "department": _("本部门及下级部门"),
    "own": _("仅本人"),
}
