"""Permissions to see; to do is declared with each command."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("purchasing.view", _("查看采购单据"))
OVER = view_permission("purchasing.receive_over_tolerance", _("超收：收货与发货可超出容差"))
