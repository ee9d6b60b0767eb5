"""How the events of the purchase chain are called in timelines."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "purchasing.requisition_created": _("新建了采购申请"),
    "purchasing.requisition_updated": _("修改了采购申请"),
    "purchasing.requisition_submitted": _("提交了审批"),
    "purchasing.requisition_approved": _("批准了采购申请"),
    "purchasing.requisition_rejected": _("驳回了采购申请"),
    "purchasing.requisition_withdrawn": _("撤回了采购申请"),
    "purchasing.requisition_cancelled": _("取消了采购申请"),
    "purchasing.requisition_deleted": _("删除了采购申请草稿"),
    "purchasing.requisition_ordered": _("已下单"),
    "purchasing.requisition_released": _("订单退回了数量"),
    "purchasing.order_created": _("新建了订单"),
    "purchasing.order_updated": _("修改了订单"),
    "purchasing.order_submitted": _("提交了审批"),
    "purchasing.order_approved": _("批准了订单"),
    "purchasing.order_rejected": _("驳回了订单"),
    "purchasing.order_withdrawn": _("撤回了订单"),
    "purchasing.order_confirmed": _("登记了供应商确认"),
    "purchasing.order_cancelled": _("取消了订单"),
    "purchasing.order_deleted": _("删除了订单草稿"),
    "purchasing.order_closed": _("关闭了订单"),
    "purchasing.order_reopened": _("重新打开了订单"),
    "purchasing.line_noted": _("修改了行备注"),
    "purchasing.shipment_created": _("登记了发货单"),
    "purchasing.shipment_updated": _("修改了发货单"),
    "purchasing.shipment_dispatched": _("确认了发出"),
    "purchasing.shipment_arrived": _("登记了到货"),
    "purchasing.shipment_cancelled": _("取消了发货单"),
    "purchasing.goods_received": _("办理了入库"),
    "purchasing.receipt_reversed": _("冲销了入库单"),
    "purchasing.receipt_inspected": _("登记了检验结果"),
    "purchasing.promise_revised": _("登记了新交期"),
}

FIELDS = {
    "carrier": _("承运商"),
    "tracking_number": _("运单号"),
    "mode": _("运输方式"),
    "packages": _("件数"),
    "weight": _("重量 kg"),
    "supplier_reference": _("供应商单号"),
    "shipped_on": _("发货日期"),
    "expected_on": _("预计到货"),
    "note": _("备注"),
}
