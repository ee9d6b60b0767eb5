"""Who may look at plans and inspections."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("quality.view", _("查看检验方案与检验单"))
