"""The permission to see figures."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("insight.view", _("查看绩效与分析"))
