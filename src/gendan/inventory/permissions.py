"""Permissions to see, and to cancel what others made; to do is declared with each command."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("inventory.view", _("查看库存"))
CANCEL = view_permission("inventory.cancel_document", _("取消库存单据"))
