"""Who may see, handle and set up exceptions."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("alerts.view", _("查看异常"))
HANDLE = "alerts.take_case"
SETUP = "alerts.save_rule"
SCAN = "alerts.scan"
# What the worker holds by the clock; nobody else has to.
MIND = "alerts.mind_answers"
