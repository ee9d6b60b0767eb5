"""Who may see, handle and set up exceptions."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("alerts.view", _("查看异常"))
HANDLE = "alerts.take_case"
# Beside one's own and those of one's people: exceptions that others answer for.
HANDLE_OTHERS = view_permission("alerts.handle_others", _("处理别人负责的异常"))
SETUP = "alerts.save_rule"
SCAN = "alerts.scan"
# What the worker holds by the clock; nobody else has to.
MIND = "alerts.mind_answers"
