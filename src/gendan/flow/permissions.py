"""What somebody may do with flows as such; deciding about a document asks for no permission but being asked."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

DESIGN = view_permission("flow.design", _("设计审批流程"))
DELEGATE_OTHERS = view_permission("flow.delegate_others", _("替他人设置审批委托"))
