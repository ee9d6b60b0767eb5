"""Permissions to see; to do is declared with each command."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("sales.view", _("查看销售单据"))
OVERRIDE = view_permission("sales.override_review", _("放行审核中的提示"))
