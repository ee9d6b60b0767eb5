"""How events of the warehouse are called in a timeline."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "inventory.transfer_created": _("新建了调拨单"),
    "inventory.transfer_updated": _("修改了调拨单"),
    "inventory.transfer_posted": _("调拨完成"),
    "inventory.transfer_sent": _("调拨发出"),
    "inventory.transfer_received": _("收到了调拨"),
    "inventory.transfer_recalled": _("撤回了在途调拨"),
    "inventory.transfer_cancelled": _("取消了调拨单"),
    "inventory.adjustment_created": _("新建了调整单"),
    "inventory.adjustment_updated": _("修改了调整单"),
    "inventory.adjustment_posted": _("过账了调整单"),
    "inventory.adjustment_reversed": _("冲销了调整单"),
    "inventory.adjustment_cancelled": _("取消了调整单"),
    "inventory.count_created": _("新建了盘点单"),
    "inventory.count_updated": _("修改了盘点单"),
    "inventory.count_started": _("开始了盘点"),
    "inventory.line_counted": _("录入了盘点数"),
    "inventory.count_entry_undone": _("撤销了一次录入"),
    "inventory.count_finished": _("结束盘点，提交复核"),
    "inventory.count_sent_back": _("要求重新盘点"),
    "inventory.count_posted": _("过账了盘点单"),
    "inventory.count_cancelled": _("取消了盘点单"),
}
MOVE_KINDS = {
    "gr": _("采购入库"),
    "rtv": _("采购退货"),
    "transfer": _("调拨"),
    "adjustment": _("调整"),
    "count": _("盘点"),
    "dn": _("销售出库"),
}
PLACE_KINDS = {
    "supplier": _("供应商"),
    "customer": _("客户"),
    "transit": _("调拨在途"),
    "scrap": _("报废"),
    "difference": _("盘点差异"),
    "adjustment": _("库存调整"),
    "inspection": _("待检区"),
    "rejected": _("不良品区"),
}
