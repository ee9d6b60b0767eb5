"""What the page of a sales order is made of: steps of the chain, verbs with the reasons why not, related documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import figure
from gendan.flow.queries.passed import passed_words
from gendan.kernel import prints
from gendan.kernel.actor import Actor
from gendan.purchasing.views.tally import missing, tally
from gendan.sales.change_orders import LIVE
from gendan.sales.models import SalesOrder
from gendan.sales.prints import ORDER
from gendan.sales.queries.order_detail import OrderDetail

Row = dict[str, Any]
Entry = tuple[str, Row, str]  # permission, entry of the menu, why not now
EDITABLE = frozenset({"draft", "rejected", "pending_review", "to_ship"})
SHIPPING = frozenset({"to_ship", "partly_shipped"})
LEFT = frozenset({"shipped", "signed", "refused"})


def address(page: str, *args: Any) -> str:
    """The address of a page, "" where it does not exist."""
    try:
        return reverse(page, args=args)
    except NoReverseMatch:
        return ""


def deliver_url(number: str) -> str:
    """Where a delivery of the order is made."""
    page = address("sales:delivery_new")
    return f"{page}?order={number}" if page else ""


def under_way(detail: OrderDetail) -> list[str]:
    """Numbers of deliveries that have not left yet."""
    return [d["number"] for d in detail.deliveries if d["state"] in {"to_pick", "picking", "packed"}]


def has_left(detail: OrderDetail) -> bool:
    """Whether something of the order left or stands on a delivery."""
    return any(line["shipped"] or line["delivering"] for line in detail.lines)


def steps(detail: OrderDetail) -> list[Row]:
    """Quotation, order, review, stock, delivery, signature, end: with dates and quantities."""
    order = detail.header
    found: list[Row] = []
    if order["quotation"]:
        quoted = {"label": _("报价"), "state": "done", "note": order["quotation"]}
        found.append({**quoted, "url": address("sales:quotation_detail", order["quotation"])})
    found.append({"label": _("下单"), "state": "done", "date": order["ordered_on"], "note": order["created_by"]})
    found.append(_review(order))
    found += _goods(detail, bool(order["approved_at"]))
    done = order["state"] == "completed"
    label, state = _("完成"), "done" if done else "todo"
    if order["state"] == "cancelled":
        label, state = _("已取消"), "bad"
    ended = order["closed_at"] if state == "bad" else order["settled_at"]
    found.append({"label": label, "state": state, "date": ended, "note": order["close_reason"]})
    if state == "todo":
        following = next((step for step in found if step["state"] in {"todo", "part"}), None)
        if following and following["state"] == "todo":
            following["state"] = "now"
    return found


def _review(order: Row) -> Row:
    state = "done" if order["approved_at"] else "bad" if order["state"] in {"rejected", "cancelled"} else "todo"
    by = order["approved_by"] or passed_words(order["passed_by"])
    note = by or (order["decision_note"] if order["state"] == "rejected" else "")
    return {"label": _("审核"), "state": state, "date": order["approved_at"], "note": note}


def _goods(detail: OrderDetail, approved: bool) -> list[Row]:
    """Stock set aside, goods left, customer signed."""
    lines = [
        {
            **line,
            "wanted": line["quantity"] - line["cancelled"],
            "held": line["shipped"] + line["reserved"] / line["factor"],
            "answered": line["signed"] + line["refused"],
        }
        for line in detail.lines
    ]
    wanted = [line for line in lines if line["wanted"] > 0]
    dates = {
        "shipped": _latest([d["shipped_on"] for d in detail.deliveries if d["state"] in LEFT]),
        "answered": _latest([d["signed_on"] for d in detail.deliveries if d["state"] in LEFT]),
    }
    found = []
    for name, label in (("held", _("备货")), ("shipped", _("发货")), ("answered", _("签收"))):
        some = any(line[name] > 0 for line in wanted)
        state = "part" if some else "todo"
        if some and all(line[name] >= line["wanted"] for line in wanted):
            state = "done"
        note = tally(wanted, name, "wanted") if approved else ""
        found.append({"label": label, "state": state, "date": dates.get(name), "note": note})
    late = [line for line in detail.lines if line["is_open"] and line["late_days"]]
    if late:
        worst = max(late, key=lambda line: line["late_days"])
        found[1].update(date=worst["due_on"], late=worst["late_days"])
    return found


def _latest(values: list[Any]) -> Any:
    return max((value for value in values if value), default=None)


def stages(
    detail: OrderDetail, returned: Sequence[Row] = (), behind: Sequence[Row] = ()
) -> list[tuple[str, list[Row]]]:
    """The chain of related documents; ``behind`` are the purchases that its goods come from."""
    order = detail.header
    quoted = {"number": order["quotation"], "url": address("sales:quotation_detail", order["quotation"] or "-")}
    here = {
        "number": order["number"],
        "url": address("sales:order_detail", order["number"]),
        "state": order["state"],
        "state_label": order["state_label"],
        "here": True,
    }
    sent = [
        {
            "number": d["number"],
            "url": address("sales:delivery_detail", d["number"]),
            "state": d["state"],
            "state_label": d["state_label"],
            "note": d["tracking_number"] or d["carrier"],
        }
        for d in detail.deliveries
    ]
    back = [
        {
            "number": r["number"],
            "url": address("sales:return_detail", r["number"]),
            "state": r["state"],
            "state_label": r["state_label"],
            "note": r["reason_labels"],
        }
        for r in returned
    ]
    found = [
        (_("报价单"), [quoted] if order["quotation"] else []),
        (_("销售订单"), [here]),
        (_("采购申请"), [_source(row) for row in behind if row["kind"] == "requisition"]),
        (_("采购订单"), [_source(row) for row in behind if row["kind"] == "po"]),
        (_("出库单"), sent),
    ]
    return [*found, (_("退货单"), back)] if back else found


def _source(row: Row) -> Row:
    """A purchase order or requisition, and whether the goods are still awaited or came."""
    page = "purchasing:order_detail" if row["kind"] == "po" else "purchasing:requisition_detail"
    note = _("已到货")
    if row["waits"]:
        note = _("预计 %(day)s 到") % {"day": row["expected_on"]} if row["expected_on"] else _("在等这张单")
    return {**row, "url": address(page, row["number"]), "note": note}


def _verb(order: Row, verb: str, label: str, icon: str, **more: Any) -> Row:
    url = address("sales:order_verb", order["number"], verb)
    return {"label": label, "icon": icon, "post": url, "fields": {"version": order["version"]}, **more}


def menu(actor: Actor, detail: OrderDetail) -> list[Row]:
    """Everything else that can be done, or why it cannot be done now; what the actor may never do is left out."""
    printed = {"label": _("打印订单确认书"), "icon": "printer", "url": prints.choose(ORDER, detail.header["number"])}
    entries = [*_drafting(detail), ("sales.view", printed, ""), *_stock(detail), *_ending(detail)]
    own = detail.header["created_by_id"] == actor.user_id
    if detail.header["state"] in {"draft", "rejected"} and own:
        entries.append(_removal(detail.header))
    found = []
    for permission, entry, why in entries:
        if not actor.may(permission):
            continue
        found.append({"label": entry["label"], "icon": entry["icon"], "disabled": why} if why else entry)
    return found


def _drafting(detail: OrderDetail) -> list[Entry]:
    order = detail.header
    edit = {"label": _("编辑"), "icon": "edit", "url": address("sales:order_edit", order["number"])}
    why = "" if order["state"] in EDITABLE else _("已有出库或已结束的订单不能编辑")
    if not why and has_left(detail):
        why = _("已有出库单，不能编辑")
    current = _verb(order, "copy", _("按现价复制"), "copy", fields={"current_prices": "1"})
    change = {"label": _("变更"), "icon": "git-branch", "url": address("changes:change_so", order["number"])}
    versions = {"label": _("版本与变更单"), "icon": "history", "url": address("changes:versions_so", order["number"])}
    return [
        ("sales.update_order", edit, why),
        ("sales.update_order", change, "" if order["state"] in LIVE else _("已审核、没有完成的订单才用变更单")),
        ("sales.view", versions, ""),
        ("sales.create_order", _verb(order, "copy", _("复制"), "copy"), ""),
        ("sales.create_order", current, ""),
    ]


def _stock(detail: OrderDetail) -> list[Entry]:
    order = detail.header
    live = "" if order["state"] in SHIPPING else _("审核通过、还没发完的订单才能锁定库存")
    held = any(line["reserved"] or line["pegged"] or line["requested"] for line in detail.lines)
    open_ = any(line["live"] and line["uncovered"] > 0 for line in detail.lines)
    reserve = _verb(order, "reserve", _("锁定库存"), "lock")
    confirm = _("本单锁定的库存会放开，其他订单可以使用。")
    release = _verb(order, "release", _("释放库存锁定"), "arrows-left-right", confirm=confirm)
    promise = {"label": _("承诺交期"), "icon": "calendar", "url": address("sales:order_promise", order["number"])}
    rules = [
        (
            "sales.update_order",
            _verb(order, "back_order", _("缺货时改为：%(rule)s") % {"rule": label}, "packages", fields={"rule": rule}),
            "",
        )
        for rule, label in SalesOrder.BackOrder.choices
        if order["state"] in SHIPPING and rule != order["back_order"]
    ]
    return [
        ("sales.promise_order", promise, "" if order["is_open"] else _("订单已结束")),
        ("sales.reserve_order", reserve, live or ("" if open_ else _("没有缺货的数量"))),
        ("sales.release_order", release, live or ("" if held else _("没有锁定库存"))),
        *rules,
    ]


def _ending(detail: OrderDetail) -> list[Entry]:
    order, state = detail.header, detail.header["state"]
    blocked = under_way(detail)
    why_blocked = _("有未完成的出库单 %(number)s") % {"number": blocked[0]} if blocked else ""
    left = _("还有 %(count)s未发货。关闭后不再发货，锁定的库存会放开。") % {
        "count": missing(detail.lines, "outstanding")
    }
    close = _verb(order, "close", _("关闭余量"), "circle-x", confirm=left, reason=True, danger=True)
    why_close = why_blocked if state == "partly_shipped" else _("没有未发的余量")
    if state in {"draft", "pending_review", "rejected", "to_ship"}:
        why_close = _("还没有出库，请改用取消")
    void = _("整张订单作废，%(count)s 行不再发货；锁定的库存会放开。") % {"count": len(detail.lines)}
    cancel = _verb(order, "cancel", _("取消订单"), "ban", danger=True, reason=True, confirm=void)
    form = f"{address('sales:return_new')}?order={order['number']}"
    back = {"label": _("登记退货"), "icon": "arrow-back-up", "url": form}
    answered = any(line["signed"] or line["refused"] for line in detail.lines)
    refused = any(line["refused"] for line in detail.lines)
    done = _verb(order, "complete", _("完成订单"), "circle-check", confirm=_("完成后订单不再计入信用额度。"))
    return [
        *([("sales.complete_order", done, "")] if state == "signed" and refused else []),
        ("sales.request_return", back, "" if answered else _("还没有签收的数量")),
        ("sales.close_order", close, why_close),
        ("sales.cancel_order", cancel, _cannot_cancel(detail, why_blocked)),
    ]


def _removal(order: Row) -> Entry:
    remove = _verb(order, "delete", _("删除草稿"), "trash", danger=True, confirm=_("草稿会被彻底删除。"))
    return "sales.create_order", remove, ""


def _cannot_cancel(detail: OrderDetail, blocked: str) -> str:
    if detail.header["state"] in {"cancelled", "completed"}:
        return _("订单已结束")
    if any(line["shipped"] for line in detail.lines):
        return _("已有出库，请改用关闭余量")
    return blocked


def primary(actor: Actor, detail: OrderDetail, returned: Sequence[Row] = ()) -> str:
    """The one thing that this actor should do next; "" when there is none. What was refused is asked back first."""
    state = detail.header["state"]
    refused = any(line["refused"] > 0 for line in detail.lines)
    if state == "signed" and refused and not returned and actor.may("sales.request_return"):
        return "return"
    wanted, needs = {
        "draft": ("submit", "sales.submit_order"),
        "rejected": ("submit", "sales.submit_order"),
        "pending_review": ("approve", "sales.approve_order"),
        "to_ship": ("deliver", "sales.create_delivery"),
        "partly_shipped": ("deliver", "sales.create_delivery"),
        "signed": ("complete", "sales.complete_order"),
    }.get(state, ("", ""))
    if not wanted or not actor.may(needs):
        return ""
    if wanted == "deliver" and not any(line["outstanding"] > line["delivering"] for line in detail.lines):
        return ""
    return wanted


def shortage(detail: OrderDetail) -> list[str]:
    """What nothing covers: «第 1 行 3,000 件»; empty before the review and once the order is over."""
    return [
        _("第 %(line)s 行 %(quantity)s")
        % {"line": line["line"], "quantity": figure(line["uncovered"] / line["factor"], line["unit_name"])}
        for line in detail.lines
        if line["is_open"] and line["uncovered"] > 0
    ]
