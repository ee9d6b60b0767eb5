"""The permission to see channels and what was sent through them; one's own notices need none."""

from django.utils.translation import gettext_lazy as _

from gendan.kernel.unit import view_permission

VIEW = view_permission("notices.view", _("查看提醒渠道与发送记录"))
SAVE = "notices.save_channel"
