"""How the events of handheld devices are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "handheld.goods_scanned": _("扫描了到货"),
    "handheld.scan_undone": _("撤销了一次扫描"),
    "handheld.tally_booked": _("把清点结果入库"),
    "handheld.tally_reopened": _("撤销入库，继续清点"),
    "handheld.tally_dropped": _("放弃了清点"),
    "handheld.settings_saved": _("修改了手持端设置"),
}
