"""What the figures of a scorecard are called, how they are defined, and where the definition comes from."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.insight.rules.figures import FIGURES
from gendan.kernel.errors import plain

Text = str | Promise
LABELS: Mapping[str, Text] = {
    "on_time_first": _("准时率（首次承诺）"),
    "on_time_last": _("准时率（最后承诺）"),
    "in_full": _("足量率"),
    "accuracy": _("订单准确率"),
    "lots": _("批次合格率"),
    "defects": _("不良率"),
    "actions": _("纠正措施按期率"),
    "confirming": _("确认用时"),
    "changes": _("变更答复用时"),
    "urging": _("催货答复用时"),
    "price_market": _("价格对市场"),
    "price_year": _("价格对去年"),
    "lead": _("交货周期"),
    "spread": _("周期波动"),
    "papers": _("证件有效率"),
    "cost": _("交付不良成本"),
}
DEFINITIONS: Mapping[str, Text] = {
    "on_time_first": _(
        "收齐日期不晚于首次承诺的订单行 ÷ 收齐的订单行。没有承诺时按需求日；按我方变更单改期的，以改后的日期为准。"
    ),
    "on_time_last": _("收齐日期不晚于供应商最后一次承诺的订单行 ÷ 收齐的订单行。"),
    "in_full": _("收货数量达到订购数量（扣除我方取消的，允许少交容差）的订单行 ÷ 收齐或关闭时短缺的订单行。"),
    "accuracy": _("足量、没有超出多交容差、也没有因错发或多发退货的订单行 ÷ 收齐或关闭时短缺的订单行。"),
    "lots": _("检验后整批接收的批次 ÷ 已检验的批次。让步接收不算合格；免检的批次不计入。"),
    "defects": _("检验拒收的数量 ÷ 检验的数量，按库存单位。"),
    "actions": _("在期限内答复的纠正措施 ÷ 期限已到或已答复的纠正措施。"),
    "confirming": _("从发给供应商（没有发送的从批准）到第一次答复的平均小时数。已发送还没答复的，算到现在。"),
    "changes": _("我方变更单从发出到供应商答复的平均小时数。还没答复的，算到现在。"),
    "urging": _("每次催货从发出到答复的平均小时数。还没答复的，算到现在。"),
    "price_market": _(
        "收齐的货款 ÷ 同样的货按其他供应商近 12 个月的成交价和报价（按数量加权）应付的货款 − 1。"
        "没有别家价格的产品不计入。"
    ),
    "price_year": _("收齐的货款 ÷ 同样的货按本供应商一年前 12 个月的平均价应付的货款 − 1。"),
    "lead": _("从下单到收齐的平均天数。"),
    "spread": _("从下单到收齐的天数的标准差，至少两行。"),
    "papers": _("每月最后一天（本月为今天）有效的资料 ÷ 登记的资料。"),
    "cost": _("（晚交货款 × 天数 × 日费率 + 拒收或退货的货款 × 费率 + 短缺的货款 × 费率）÷ 货款。费率见评分规则。"),
}
ORIGINS: Mapping[str, Text] = {
    "on_time_first": _("SCOR RL.2.2（按客户承诺日期交付）"),
    "on_time_last": _("SCOR RL.2.2，以最后承诺代替首次承诺"),
    "in_full": _("SCOR RL.2.1（足量交付的订单）"),
    "accuracy": _("SCOR 完美订单：品项与数量准确"),
    "lots": _("ISO 2859-1 批次接收率"),
    "defects": _("不良率（PPM ÷ 10000）"),
    "actions": _("8D 纠正措施的期限"),
    "confirming": _("SCOR 响应性：采购周期的一段"),
    "changes": _("响应时间的平均数"),
    "urging": _("响应时间的平均数"),
    "price_market": _("派氏价格指数 − 1，基准为其他供应商"),
    "price_year": _("派氏价格指数 − 1，基准为去年"),
    "lead": _("SCOR RS：采购周期"),
    "spread": _("总体标准差"),
    "papers": _("ISO 9001 8.4：外部供方的控制"),
    "cost": _("劣质成本（COPQ）：内部与外部损失"),
}
UNITS: Mapping[str, Text] = {"rate": "%", "percent": "%", "hours": _("小时"), "days": _("天")}
GROUPS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (_("交付"), ("on_time_first", "on_time_last", "in_full", "accuracy", "lead", "spread", "cost")),
    (_("质量"), ("lots", "defects", "actions")),
    (_("响应"), ("confirming", "changes", "urging")),
    (_("价格"), ("price_market", "price_year")),
    (_("资料"), ("papers",)),
)
ADVICE: Mapping[str, Text] = {
    "develop": _("重点发展"),
    "keep": _("保持"),
    "improve": _("要求整改"),
    "leave": _("逐步替换"),
    "unknown": _("数据不足"),
}
COSTS: Mapping[str, Text] = {
    "late": _("晚交一天，按货款的 %"),
    "bad": _("拒收或退货，按货款的 %"),
    "short": _("短缺，按货款的 %"),
}


def shown(code: str, value: Decimal | None) -> str:
    """A value with its unit, or that there is none."""
    if value is None:
        return _now("没有数据")
    unit = FIGURES[code].unit
    number = f"{plain(value)}"
    if unit == "percent" and value > 0 and FIGURES[code].priced and code != "cost":
        number = f"+{number}"
    return f"{number}{'' if unit in ('rate', 'percent') else ' '}{UNITS[unit]}"


def goal_shown(code: str, goal: Decimal) -> str:
    """A goal with its direction: ≥ 95 %, ≤ 24 h."""
    return f"{'≥' if FIGURES[code].more_is_better else '≤'} {shown(code, goal).removeprefix('+')}"
