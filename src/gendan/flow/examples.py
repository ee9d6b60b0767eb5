"""Flows to begin with: an administrator takes one with a click, changes what is different, and publishes it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gendan.flow.subjects import subject_of

LARGE, SMALL, DISCOUNT = 50000, 1000, 10
BIG = f"joint_amount > {LARGE}.0"  # with what may have been cut off from it
Node = dict[str, Any]


def offered() -> list[dict[str, Any]]:
    """All of them, in the user's language: code, kind, transition, label, name, text, definition."""
    own = [_large_orders(), _unanswered(), _small_requests(), _custom_made(), _large_sales()]
    return [*own, *_others(), *_of_suppliers()]


def example(code: str) -> dict[str, Any]:
    """One by its code. Errors: KeyError."""
    return {one["code"]: one for one in offered()}[code]


def _large_orders() -> dict[str, Any]:
    nodes = [
        _approve("manager", _("采购主管审批"), _role("purchasing_manager")),
        _branch("amount", _("金额"), "large", _("超过 5 万"), BIG, [_director()], _("5 万及以下")),
    ]
    text = _("采购主管审批，连同可能拆开的订单超过 5 万再由管理层审批。")
    return _offer("large_orders", "po", _("大额采购"), text, nodes)


def _unanswered() -> dict[str, Any]:
    manager = _approve("manager", _("采购主管审批"), _role("purchasing_manager"))
    nodes = [{**manager, "deadline": {"hours": 2, "then": "escalate"}}]
    text = _("采购主管审批，2 个工作小时没有处理就转给他的上级。")
    return _offer("unanswered", "po", _("逾期转上级"), text, nodes)


def _small_requests() -> dict[str, Any]:
    manager = {
        **_approve("manager", _("采购主管审批"), _role("purchasing_manager")),
        "deadline": {"hours": 2, "then": "escalate"},
    }
    large = _branch("large", _("金额"), "over", _("超过 5 万"), BIG, [_director()], _("5 万及以下"))
    # Without a price nobody knows that it is little.
    small = {
        "key": "small",
        "name": _("1000 元以下"),
        "when": f"joint_amount < {SMALL}.0 && unpriced == 0.0",
        "nodes": [],
    }
    rest = {"key": "rest", "name": _("其他情况"), "when": "", "nodes": [manager, large]}
    nodes = [{"key": "worth", "type": "branch", "name": _("金额"), "branches": [small, rest]}]
    text = _(
        "连同可能拆开的申请估算不到 1000 元、且每行都有价格的自动通过，其余由采购主管审批，超过 5 万再由管理层审批。"
    )
    return _offer("small_requests", "requisition", _("小额申请自动通过"), text, nodes)


def _custom_made() -> dict[str, Any]:
    sales = _approve("sales", _("销售主管审批"), _role("sales_manager"))
    both = {
        **_approve("both", _("销售与生产会签"), _role("sales_manager"), _role("production_manager")),
        "mode": "all",
    }
    when = 'lines.exists(l, l.category_name.contains("定制") || l.name.contains("定制"))'
    made = {"key": "custom", "name": _("有定制产品"), "when": when, "nodes": [both]}
    rest = {"key": "rest", "name": _("其他情况"), "when": "", "nodes": [sales]}
    nodes = [{"key": "made", "type": "branch", "name": _("定制产品"), "branches": [made, rest]}]
    text = _("产品分类或名称带「定制」的订单，由销售主管和生产主管会签，其余由销售主管审批。")
    return _offer("custom_made", "so", _("定制产品会签"), text, nodes)


def _large_sales() -> dict[str, Any]:
    nodes = [
        _approve("manager", _("销售主管审批"), _role("sales_manager")),
        _branch("amount", _("金额"), "large", _("超过 5 万"), BIG, [_director()], _("5 万及以下")),
    ]
    text = _("销售主管审批，连同可能拆开的订单超过 5 万再由管理层审批。")
    return _offer("large_sales", "so", _("大额销售"), text, nodes)


def _others() -> list[dict[str, Any]]:
    """Documents that take effect without approval until a company wants one."""
    sales, store = _role("sales_manager"), _role("warehouse_manager")
    cheap = _branch(
        "discount",
        _("折扣"),
        "deep",
        _("折扣超过 10%"),
        f"max_discount > {DISCOUNT}.0",
        [_approve("manager", _("销售主管审批"), sales)],
        _("其他情况"),
    )
    back = _branch(
        "worth",
        _("退回货值"),
        "over",
        _("超过 1000 元"),
        f"amount > {SMALL}.0",
        [_approve("manager", _("销售主管审批"), sales)],
        _("其他情况"),
    )
    keeper = [_approve("manager", _("仓库主管审批"), store)]
    texts = {
        "quotations": _("折扣超过 10% 的报价单，销售主管同意后才发出；其他的直接发出。"),
        "returns": _("退回货值超过 1000 元的退货，销售主管同意后才批准；其他的直接批准。"),
        "adjustments": _("库存调整单过账前由仓库主管审批，冲销也一样。"),
        "counts": _("盘点差异过账前由仓库主管审批。"),
        "transfers": _("货物调往另一个仓库前由仓库主管审批；同一仓库内移位不用。"),
    }
    return [
        _offer("quotations", "quotation", _("折扣报价"), texts["quotations"], [cheap]),
        _offer("returns", "rma", _("退货审批"), texts["returns"], [back]),
        _offer("adjustments", "adjustment", _("库存调整审批"), texts["adjustments"], keeper),
        _offer("counts", "count", _("盘点差异审批"), texts["counts"], keeper),
        _offer("transfers", "transfer", _("调拨审批"), texts["transfers"], keeper),
    ]


def _of_suppliers() -> list[dict[str, Any]]:
    buyer = _approve("manager", _("采购主管审批"), _role("purchasing_manager"))
    differing = _branch("match", _("匹配"), "differs", _("有差异"), "differs", [buyer], _("其他情况"))
    texts = {
        "supplier_returns": _("退给供应商的货，采购主管同意后才退。"),
        "concessions": _("让步接收由采购主管审批。"),
        "bills": _("与订单或入库有差异的发票，采购主管同意后才付款；其他的直接批准。"),
    }
    return [
        _offer("supplier_returns", "rtv", _("退供应商审批"), texts["supplier_returns"], [buyer]),
        _offer("concessions", "qi", _("让步接收审批"), texts["concessions"], [buyer]),
        _offer("bills", "bill", _("差异发票审批"), texts["bills"], [differing]),
    ]


def _offer(code: str, kind: str, name: str, text: str, nodes: list[Node]) -> dict[str, Any]:
    return {
        "code": code,
        "kind": kind,
        "transition": "submit",
        "label": str(subject_of(kind).label),
        "name": name,
        "text": text,
        "definition": {"nodes": nodes, "skip_repeated": True},
    }


def _approve(key: str, name: str, *assignees: dict[str, str]) -> Node:
    return {"key": key, "type": "approve", "name": name, "assignees": list(assignees), "mode": "one"}


def _director() -> Node:
    return _approve("director", _("管理层审批"), _role("management"))


def _role(code: str) -> dict[str, str]:
    return {"by": "role", "value": code}


def _branch(key: str, name: str, arm: str, called: str, when: str, nodes: list[Node], otherwise: str) -> Node:
    arms = [
        {"key": arm, "name": called, "when": when, "nodes": nodes},
        {"key": f"{arm}_not", "name": otherwise, "when": "", "nodes": []},
    ]
    return {"key": key, "type": "branch", "name": name, "branches": arms}
