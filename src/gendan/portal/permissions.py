"""The permission to see that customers have links, and what they wrote; to make and revoke them is asked separately."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("portal.view", _("查看客户链接与客户留言"))
