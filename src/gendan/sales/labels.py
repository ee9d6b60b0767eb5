"""How the events of the sales chain are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "sales.order_created": _("新建了销售订单"),
    "sales.order_updated": _("修改了销售订单"),
    "sales.order_deleted": _("删除了销售订单草稿"),
    "sales.order_closed": _("关闭了销售订单余量"),
    "sales.line_noted": _("修改了行备注"),
    "sales.order_submitted": _("提交了审核"),
    "sales.order_approved": _("审核通过"),
    "sales.order_rejected": _("驳回了销售订单"),
    "sales.order_cancelled": _("取消了销售订单"),
    "sales.order_completed": _("完成了销售订单"),
    "sales.order_imported": _("导入了历史销售订单"),
    "sales.delivery_imported": _("导入了历史发货和签收"),
    "sales.dates_promised": _("承诺了交期"),
    "sales.promise_moved": _("因供应变化改了预计发货日期"),
    "sales.stock_reserved": _("锁定了库存"),
    "sales.incoming_reserved": _("锁定了在途采购"),
    "sales.shortage_requested": _("缺货转为采购申请"),
    "sales.supply_lost": _("失去了已锁定的供应"),
    "sales.supply_landed": _("在途采购到货，转为锁定库存"),
    "sales.supply_ordered": _("采购申请已下单，转为锁定在途采购"),
    "sales.stock_released": _("释放了锁定"),
    "sales.goods_shipped": _("出库发货"),
    "sales.delivery_signed": _("登记了签收"),
    "sales.return_requested": _("申请了退货"),
    "sales.return_approved": _("批准了退货"),
    "sales.return_rejected": _("驳回了退货"),
    "sales.return_cancelled": _("取消了退货"),
    "sales.return_received": _("登记了退货到货"),
    "sales.return_decided": _("处理了退回的货物"),
    "sales.return_settled": _("了结了退货"),
}

FIELDS = {
    "settlement": _("处理方式"),
    "credit": _("退款金额"),
    "customer": _("客户"),
    "ship_to": _("收货地址"),
    "customer_reference": _("客户单号"),
    "requested_on": _("客户要求日期"),
    "sales_price": _("单价"),
    "sales_discount": _("折扣 %"),
}
