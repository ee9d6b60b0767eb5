"""The permission to see inquiries; what they cost is seen by who may see purchase prices."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("sourcing.view", _("查看询价单"))
VIEW_PRICE = "purchasing.view_price"
EXCEED = view_permission("sourcing.exceed_contract", _("超出合同下单"))
