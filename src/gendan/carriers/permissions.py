"""The permission to see carriers and their parcels; a document shows its own parcels to who may see the document."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("carriers.view", _("查看承运商与物流轨迹"))
