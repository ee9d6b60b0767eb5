"""How the events of transport are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "transport.dock_saved": _("设置了月台"),
    "transport.dock_booked": _("预约了月台"),
    "transport.booking_cancelled": _("取消了月台预约"),
    "transport.freight_saved": _("登记了运费"),
    "transport.freight_removed": _("删除了运费"),
}
FIELDS = {
    "name": _("名称"),
    "capacity": _("同时卸货车数"),
    "opens": _("开始时间"),
    "closes": _("结束时间"),
    "slot_minutes": _("每次分钟数"),
    "weekdays": _("开放的日子"),
    "is_active": _("启用"),
}
