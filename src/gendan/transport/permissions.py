"""Permissions to see; what freight costs is for who sees prices of purchases."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("transport.view", _("查看到货安排"))
MONEY = "purchasing.view_price"
