"""The permission to see that customers have links, and what they wrote; to make and revoke them is asked separately."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("portal.view", _("查看客户链接与客户留言"))
# Nobody of ours: people of suppliers have it with their account.
OWN = view_permission("portal.own_supplier_account", _("维护自己的供应商账号"))
