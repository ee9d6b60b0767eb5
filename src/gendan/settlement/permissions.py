"""Permissions to see, and those that commands ask for beside their own."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("settlement.view", _("查看发票与收付款"))
MISMATCH = view_permission("settlement.approve_mismatch", _("批准有差异的发票"))
BUYING, SELLING = "purchasing.view_price", "sales.view_price"
SEE_ACCOUNTS = view_permission("settlement.view_account", _("查看完整银行账号"))
