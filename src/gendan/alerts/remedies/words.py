"""What came of remedies, in the words of who reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

EFFECTS: Mapping[str, str | Promise] = {
    "date_moved": _("第 %(line)s 行预计到货从 %(before)s 改为 %(after)s"),
    "confirmed": _("%(number)s 登记了供应商对 %(n)s 行的答复"),
    "split": _("第 %(line)s 行拆成两批：%(first)s %(first_on)s，%(rest)s %(rest_on)s"),
    "ordered": _("向 %(supplier)s 起草了采购订单 %(number)s，%(quantity)s"),
    "closed_short": _("%(number)s 的余量已关闭"),
    "order_cancelled": _("%(number)s 已取消"),
    "receipt_reversed": _("%(number)s 已由 %(reversal)s 冲销"),
    "transferred": _("起草了调拨单 %(number)s，从%(warehouse)s调 %(quantity)s"),
    "requested": _("提了采购申请 %(number)s"),
    "delivered": _("安排了出库单 %(number)s，%(quantity)s"),
    "reserved": _("%(number)s 已锁定所需库存"),
    "reserved_short": _("%(number)s 锁定了现有的，还缺 %(short)s"),
    "promised": _("第 %(line)s 行承诺从 %(before)s 改为 %(after)s"),
    "released": _("释放了第 %(line)s 行锁定的 %(quantity)s"),
    "reservation_taken": _("从 %(number)s 转来锁定 %(quantity)s"),
    "reallocated": _("重新分配了 %(product)s，%(n)s 行有变化"),
    "change_drafted": _("起草了变更单 %(number)s"),
    "goods_returned": _("起草了采购退货 %(number)s，%(quantity)s"),
    "written_off": _("%(number)s 报损报废了 %(quantity)s"),
    "write_off_drafted": _("起草了调整单 %(number)s，报损报废 %(quantity)s"),
    "rejects_rework": _("%(number)s 的 %(quantity)s 返工后再检"),
    "rejects_scrap": _("%(number)s 的 %(quantity)s 报废"),
    "rejects_reduce": _("%(number)s 的 %(quantity)s 降价接收"),
    "accepted": _("接受差异：%(reason)s"),
    "urged": _("催了 %(partner)s，共 %(n)s 项，等答复到 %(until)s"),
}
ANSWERS: Mapping[str, str | Promise] = {
    "date": _("%(order)s 第 %(line)s 行 %(on)s 到货"),
    "partly": _("%(order)s 第 %(line)s 行 %(on)s 先到 %(quantity)s，其余 %(rest_on)s"),
    "cannot": _("%(order)s 第 %(line)s 行不能供货"),
}


def effect_in_words(effect: Mapping[str, Any]) -> str:
    """What came of a remedy."""
    text = EFFECTS.get(str(effect.get("code", "")))
    return str(text) % _Known(effect.get("args", {})) if text else ""


def answer_in_words(answer: Mapping[str, Any] | None) -> list[str]:
    """What the supplier said, line by line."""
    found = []
    for line in (answer or {}).get("lines", []):
        text = str(ANSWERS[line["kind"]]) % _Known(line)
        found.append(f"{text}：{line['note']}" if line.get("note") else text)
    if note := (answer or {}).get("note"):
        found.append(str(note))
    return found


class _Known(dict[str, Any]):
    """What a text asks for; what is not known is said to be open."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__({name: value for name, value in values.items() if value not in {None, ""}})

    def __missing__(self, key: str) -> str:
        return _now("未定")
