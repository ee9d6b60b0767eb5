"""How the events of the sales chain are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "sales.order_created": _("新建了销售订单"),
    "sales.order_submitted": _("提交了审核"),
    "sales.order_approved": _("审核通过"),
    "sales.order_rejected": _("驳回了销售订单"),
    "sales.order_cancelled": _("取消了销售订单"),
    "sales.order_completed": _("完成了销售订单"),
    "sales.order_imported": _("导入了历史销售订单"),
    "sales.delivery_imported": _("导入了历史发货和签收"),
    "sales.stock_reserved": _("锁定了库存"),
    "sales.stock_released": _("释放了库存锁定"),
    "sales.goods_shipped": _("出库发货"),
    "sales.delivery_signed": _("登记了签收"),
}
