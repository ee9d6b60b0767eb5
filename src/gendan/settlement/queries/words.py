"""What the match found, in words with its figures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

Row = dict[str, Any]


def told(finding: Row, unit: str = "", *, priced: bool = True) -> str:
    """One sentence; without prices for who may not see them."""
    kind = finding["kind"]
    values = {**finding, "unit": unit, "percent": finding.get("percent") or "—"}
    if kind == "price":
        if not priced:
            return _("单价与订单不同。")
        text = _("不含税单价 %(price)s，订单 %(agreed)s，相差 %(percent)s%%，合计差 %(difference)s。") % values
        less = finding.get("reduced")
        return text + (_("订单价已扣除降价接收的 %(reduced)s。") % {"reduced": less} if less else "")
    if kind == "tax":
        return _("税率 %(rate)s%%，订单 %(agreed)s%%。") % values
    if kind == "over_order":
        return _("%(order)s 第 %(line)s 行订购 %(ordered)s %(unit)s，连同此前发票共开 %(invoiced)s。") % values
    if kind == "over_receipt":
        return (
            _("%(order)s 第 %(line)s 行合格入库（减退货）%(received)s %(unit)s，连同此前发票共开 %(invoiced)s。")
            % values
        )
    if not priced:
        return _("订单外的费用。")
    return _("订单外的费用 %(amount)s，公司允许 %(limit)s。") % values
