"""How rules and thresholds are called, and the sentence of a case, with what words.py makes of its facts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Texts = Mapping[str, str | Promise]

NAMES: Texts = {
    "late_confirmation": _("供应商未确认"),
    "late_shipment": _("延迟发货"),
    "overdue_receipt": _("超期未入库"),
    "transit_stalled": _("在途停滞"),
    "arrived_not_received": _("到货未入库"),
    "partial_stalled": _("部分入库后停滞"),
    "short_delivery": _("短缺"),
    "over_receipt": _("超收"),
    "failed_inspection": _("质检不合格"),
    "duplicate_receipt": _("疑似重复入库"),
    "duplicate_order": _("疑似重复下单"),
    "price_deviation": _("价格异常"),
    "stage_slower": _("环节停留变长"),
    "supplier_silent": _("供应商无回音"),
    "inquiry_unanswered": _("询价未报价"),
    "paper_expiring": _("供应商证件到期"),
    "contract_ending": _("框架合同快到期或快用完"),
    "action_overdue": _("整改超期"),
    "low_stock": _("库存不足"),
    "stock_out": _("预计断货"),
    "overstock": _("积压"),
    "slow_mover": _("呆滞"),
    "expiring_lot": _("临期批次"),
    "sales_not_shipped": _("超时未发货"),
    "reservation_unmet": _("缺货，无法锁定"),
    "credit_exceeded": _("超信用额度"),
    "bill_mismatch": _("三单不符"),
    "bill_without_receipt": _("有发票没有入库"),
    "received_not_invoiced": _("已入库未开票"),
    "payable_due": _("付款到期"),
    "receivable_overdue": _("收款超期"),
    "duplicate_bill": _("疑似重复发票"),
    "approval_overdue": _("审批超时"),
    "change_unanswered": _("变更未响应"),
    "order_split": _("疑似拆单"),
    "below_limit": _("金额贴近审批额度"),
    "round_figure": _("月底整数金额"),
    "supplier_is_employee": _("供应商与员工联系方式或账户相同"),
}
# What is said instead where a fact of the sentence is not there.
WITHOUT: dict[str, tuple[str, str | Promise]] = {
    "transit_stalled": (
        "silent",
        _("%(shipped_on)s 发出，预计 %(expected)s 到，至今在途（%(carrier)s %(tracking)s），涉及 %(orders)s。"),
    ),
    "reservation_unmet": (
        "uncovered",
        _("应于 %(due)s 发货 %(missing)s，等的货要晚到，预计 %(expected)s 才能发，晚 %(days)s 天。"),
    ),
}
SENTENCES: Texts = {
    "late_confirmation": _("%(since)s 下达后供应商一直没有确认，已超过约定的 %(days_given)s 天，晚 %(days)s 天。"),
    "late_shipment": _("应于 %(due)s 到货，还有 %(missing)s 没有发货，最晚 %(ship_by)s 要发出。"),
    "overdue_receipt": _("应于 %(due)s 入库，还差 %(missing)s，晚 %(days)s 天。"),
    "transit_stalled": _(
        "%(shipped_on)s 发出，预计 %(expected)s 到，至今在途（%(carrier)s %(tracking)s，物流停滞自 %(silent)s 起），"
        "涉及 %(orders)s。"
    ),
    "arrived_not_received": _("%(arrived)s 已到货，还没有入库，晚 %(days)s 天，涉及 %(orders)s。"),
    "partial_stalled": _("%(last)s 入库 %(received)s 之后再没有到货，还差 %(missing)s。"),
    "short_delivery": _("%(shipment)s 收货时少了 %(missing)s：发货 %(shipped)s，收到 %(received)s。"),
    "over_receipt": _("订购 %(ordered)s，收了 %(received)s，多收 %(over)s。"),
    "failed_inspection": _("不良品区还有 %(on_hand)s 没有处理（%(receipt)s，%(order)s）。"),
    "duplicate_receipt": _(
        "与 %(other)s（%(other_on)s，送货单 %(other_note)s）的产品和数量完全相同，"
        "本单送货单 %(note)s，涉及 %(orders)s。"
    ),
    "duplicate_order": _(
        "%(other_on)s 刚下过 %(other)s；现存 %(on_hand)s 加其他在途 %(other_incoming)s，已够客户待发 %(needed)s "
        "和安全库存 %(safety)s，本行又订了 %(quantity)s。"
    ),
    "price_deviation": _(
        "单价 %(price)s，上次 %(last_price)s，最近平均 %(usual)s，协议价 %(agreed)s，相差 %(percent)s%%。"
    ),
    "stage_slower": _(
        "从下单到收齐最近平均 %(lately)s 天，之前 %(before)s 天，长了 %(slower)s%%（最近 %(lines)s 行）。"
    ),
    "supplier_silent": _("%(since)s 发给 %(sent_to)s，%(hours)s 小时没有打开，也没有答复。"),
    "inquiry_unanswered": _("报价截止 %(due)s，%(count)s 家还没有报价：%(asked)s。"),
    "paper_expiring": _("%(paper)s 有效期至 %(expires)s，已过期 %(days)s 天。"),
    "contract_ending": _("合同 %(expires)s 到期，约定的数量或金额已用 %(used_up)s%%。"),
    "action_overdue": _("应于 %(due)s 答复整改，晚 %(days)s 天：%(problem)s"),
    "low_stock": _("可用 %(free)s，低于安全库存 %(safety)s；在途 %(incoming)s，最早 %(first)s 到。"),
    "stock_out": _(
        "可用 %(free)s，近期每天出库 %(daily)s，预计 %(empty_on)s 用完；在途 %(incoming)s，最早 %(first)s 到。"
    ),
    "overstock": _("现存 %(on_hand)s，近期每天出库 %(daily)s，够用 %(cover)s 天。"),
    "slow_mover": _("现存 %(on_hand)s，%(given)s 天没有卖出，最后一次变动在 %(since)s。"),
    "expiring_lot": _("批次 %(lot)s 有效期至 %(expires)s，还有 %(on_hand)s。"),
    "sales_not_shipped": _("应于 %(due)s 发货，还差 %(missing)s，晚 %(days)s 天。"),
    "reservation_unmet": _(
        "应于 %(due)s 发货 %(missing)s，其中 %(uncovered)s 没有货可锁定，现在预计 %(expected)s 能发。"
    ),
    "credit_exceeded": _("信用额度 %(limit)s，未结订单 %(orders)s 张共 %(used)s。"),
    "bill_mismatch": _(
        "发票 %(reference)s 与订单或入库不符，%(count)s 行有差异，涉及 %(orders)s，%(since)s 起没有处理。"
    ),
    "bill_without_receipt": _(
        "发票 %(reference)s 在 %(since)s 过账，其中 %(amount)s 的货还没有入库，涉及 %(orders)s。"
    ),
    "received_not_invoiced": _("%(since)s 收齐 %(received)s，还有 %(missing)s 没有收到发票，晚 %(days)s 天。"),
    "payable_due": _("发票 %(reference)s 应于 %(due)s 付款，未付 %(amount)s，超期 %(days)s 天。"),
    "receivable_overdue": _(
        "%(since)s 已发货，账期 %(payment_days)s 天，应于 %(due)s 收款，未收 %(amount)s，超期 %(days)s 天。"
    ),
    "duplicate_bill": _(
        "发票 %(reference)s 与 %(other)s（发票号 %(other_reference)s，%(other_on)s）号码几乎相同，"
        "或日期和金额 %(amount)s 相同。"
    ),
    "approval_overdue": _("%(since)s 提交审批，已等待 %(hours)s 小时，等待：%(asked)s。"),
    "change_unanswered": _("%(since)s 发给对方确认 %(order)s 的变更，%(hours)s 小时没有答复。"),
    "order_split": _(
        "同一采购员几天内向同一供应商下了 %(count)s 张订单（%(orders)s），合计 %(total)s，"
        "每张都没有超过审批额度 %(limit)s。"
    ),
    "below_limit": _("金额 %(amount)s，只比审批额度 %(limit)s 低 %(percent)s%%。"),
    "round_figure": _("%(on)s 下单，金额正好是 %(amount)s。"),
    "supplier_is_employee": _("联系方式或银行账户 %(same)s 与员工 %(person)s 的相同。"),
}
THRESHOLDS: Texts = {
    "late_confirmation.days": _("下达后几天内应确认"),
    "late_shipment.ahead": _("提前几天检查"),
    "late_shipment.transit": _("运输需要几天"),
    "overdue_receipt.days": _("宽限天数"),
    "transit_stalled.days": _("比预计晚几天"),
    "transit_stalled.longest": _("没有预计日期时最多在途几天"),
    "arrived_not_received.days": _("到货后几天内应入库"),
    "partial_stalled.days": _("几天没有再到货"),
    "short_delivery.percent": _("少了百分之几以上"),
    "over_receipt.percent": _("多了百分之几以上"),
    "over_receipt.window": _("检查最近几天"),
    "duplicate_receipt.days": _("相隔几天以内"),
    "duplicate_receipt.window": _("检查最近几天"),
    "duplicate_order.days": _("相隔几天以内"),
    "duplicate_order.window": _("检查最近几天"),
    "price_deviation.percent": _("与平均价相差百分之几以上"),
    "price_deviation.agreed": _("与协议价相差百分之几以上"),
    "price_deviation.window": _("检查最近几天"),
    "stage_slower.percent": _("长了百分之几以上"),
    "stage_slower.lately": _("最近几天"),
    "stage_slower.lines": _("至少几行"),
    "supplier_silent.hours": _("几小时没有打开"),
    "inquiry_unanswered.ahead": _("提前几天检查"),
    "paper_expiring.ahead": _("提前几天检查"),
    "contract_ending.ahead": _("提前几天检查"),
    "contract_ending.percent": _("用到百分之几"),
    "action_overdue.days": _("宽限天数"),
    "low_stock.percent": _("低于安全库存的百分之几"),
    "stock_out.ahead": _("提前几天检查"),
    "stock_out.lately": _("按最近几天的出库计算"),
    "overstock.days": _("够用几天以上"),
    "overstock.lately": _("按最近几天的出库计算"),
    "slow_mover.lately": _("几天没有卖出"),
    "expiring_lot.ahead": _("提前几天检查"),
    "sales_not_shipped.days": _("宽限天数"),
    "reservation_unmet.ahead": _("提前几天检查"),
    "credit_exceeded.percent": _("超出额度百分之几以上"),
    "bill_mismatch.days": _("宽限天数"),
    "bill_without_receipt.days": _("过账后几天内应入库"),
    "received_not_invoiced.days": _("收齐后几天内应收到发票"),
    "received_not_invoiced.window": _("检查最近几天"),
    "payable_due.ahead": _("提前几天检查"),
    "receivable_overdue.days": _("宽限天数"),
    "duplicate_bill.window": _("检查最近几天"),
    "approval_overdue.hours": _("等待几小时以上"),
    "change_unanswered.hours": _("等待几小时以上"),
    "order_split.days": _("相隔几天以内"),
    "below_limit.percent": _("低于额度百分之几以内"),
    "round_figure.days": _("月底最后几天"),
    "round_figure.from": _("金额从多少起"),
    "round_figure.multiple": _("是多少的整倍数"),
    "round_figure.window": _("检查最近几天"),
}
SEVERITIES: Texts = {"low": _("一般"), "medium": _("重要"), "high": _("紧急")}
REMEDIES: Texts = {
    "urge_supplier": _("催供应商"),
    "record_confirmation": _("登记供应商确认"),
    "move_date": _("修改预计到货日"),
    "next_supplier": _("换供应商"),
    "transfer_stock": _("从其他仓库调拨"),
    "split": _("拆分"),
    "close_short": _("关闭余量"),
    "accept_difference": _("接受差异"),
    "return_goods": _("退给供应商"),
    "decide_rejects": _("判定不合格品"),
    "reverse_receipt": _("冲销入库单"),
    "receive_goods": _("办理入库"),
    "ask_carrier": _("查询物流"),
    "cancel_order": _("取消订单"),
    "change_order": _("发起变更单"),
    "request_goods": _("生成采购申请"),
    "write_off": _("报损报废"),
    "deliver": _("安排发货"),
    "reserve": _("锁定库存"),
    "move_promise": _("修改承诺交期"),
    "release_reservation": _("释放锁定"),
    "collect_payment": _("催收货款"),
    "raise_limit": _("调整信用额度"),
    "open_page": _("去处理"),
    "decide": _("去审批"),
    "urge_approver": _("催审批人"),
    "urge_partner": _("催对方答复"),
    "record_answer": _("登记对方答复"),
    "ask_buyer": _("询问采购员"),
}
