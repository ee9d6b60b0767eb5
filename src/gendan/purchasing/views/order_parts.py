"""What the page of an order is made of: steps of the chain, verbs with the reasons why not, related documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import figure
from gendan.flow.queries.passed import passed_words
from gendan.kernel import prints
from gendan.kernel.actor import Actor
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.prints import ORDER
from gendan.purchasing.queries.order_detail import OrderDetail
from gendan.purchasing.queries.panels import entries_of
from gendan.purchasing.queries.waiting import Waiter
from gendan.purchasing.rules.lines import ZERO
from gendan.purchasing.views.tally import missing, tally

Row = dict[str, Any]
Entry = tuple[str, Row, str]  # permission, entry of the menu, why not now


def address(page: str, *args: Any) -> str:
    """The address of a page, "" where it does not exist."""
    try:
        return reverse(page, args=args)
    except NoReverseMatch:
        return ""


def _sum(detail: OrderDetail, *names: str) -> Any:
    return sum((line[name] for line in detail.lines for name in names), ZERO)


def _latest(values: list[Any]) -> Any:
    return max((value for value in values if value), default=None)


STAGES = ("confirmed", "shipped", "received")


def steps(detail: OrderDetail) -> list[Row]:
    """Request, order, approval, confirmation, shipment, receipt, end: with dates and quantities."""
    order = detail.header
    approved = bool(order["approved_at"])
    found: list[Row] = []
    if detail.allocations:
        asked = detail.allocations[0]
        note = asked["requisition"]
        found.append({"label": _("采购申请"), "state": "done", "date": asked["created_at"], "note": note})
    found.append({"label": _("下单"), "state": "done", "date": order["ordered_on"], "note": order["created_by"]})
    state = "done" if approved else "bad" if order["state"] == "cancelled" else "todo"
    by = order["approved_by"] or passed_words(order["passed_by"])
    found.append({"label": _("审批"), "state": state, "date": order["approved_at"], "note": by})
    found += _deliveries(detail, approved)
    end, ended = _("完结"), order["state"] == "closed"
    if order["state"] == "cancelled":
        end, ended = _("取消"), True
    state = "bad" if order["state"] == "cancelled" else "done" if ended else "todo"
    found.append({"label": end, "state": state, "date": order["closed_at"], "note": order["close_reason"]})
    if not ended:
        following = next((step for step in found if step["state"] in {"todo", "part"}), None)
        if following and following["state"] == "todo":
            following["state"] = "now"
    return found


def _deliveries(detail: OrderDetail, approved: bool) -> list[Row]:
    """Confirmation, shipment, receipt; one that was left out because a later one has begun is skipped."""
    lines = [{**line, "wanted": line["quantity"] - line["cancelled"]} for line in detail.lines]
    wanted = [line for line in lines if line["wanted"] > 0]
    done = {name: _sum(detail, name) for name in STAGES}
    dates = {
        "confirmed": _latest([p["at"] for p in detail.promises if p["kind"] != "expected" and p["source"] != "import"]),
        "shipped": _latest([s["shipped_on"] for s in detail.shipments if s["state"] != "cancelled"]),
        "received": _latest([r["received_on"] for r in detail.receipts if r["shown"] in {"posted", "to_inspect"}]),
    }
    labels = {"confirmed": _("供应商确认"), "shipped": _("发货"), "received": _("入库")}
    found = []
    for n, name in enumerate(STAGES):
        later = any(done[other] > 0 for other in STAGES[n + 1 :])
        state = "part" if done[name] > 0 else "skip" if later else "todo"
        if done[name] > 0 and all(_is_done(line, name) for line in wanted):
            state = "done"
        note = tally(wanted, name, "wanted") if approved else ""
        found.append({"label": labels[name], "state": state, "date": dates[name], "note": note})
    due = [line for line in lines if line["is_open"] and line["late_days"]]
    if due:
        worst = max(due, key=lambda line: line["late_days"])
        found[-1].update(date=worst["due_on"], late=worst["late_days"])
    return found


def _is_done(line: Row, stage: str) -> bool:
    """Whether a line has passed a stage: a refusal is an answer, and what came in within the tolerance is enough."""
    if stage == "confirmed":
        return bool(line["confirmed"] + line["refused"] >= line["wanted"])
    if stage == "received" and line["completed_on"]:
        return True
    return bool(line[stage] >= line["wanted"])


def refusals(detail: OrderDetail) -> list[str]:
    """What the supplier refused and nothing covers: «第 1 行 3,000 件»; empty once the order is over."""
    if detail.header["state"] not in LIVE_STATES:
        return []
    return [
        _("第 %(line)s 行 %(quantity)s")
        % {"line": line["line"], "quantity": figure(line["refused_open"], line["unit_name"])}
        for line in detail.lines
        if line["refused_open"] > 0
    ]


def stages(detail: OrderDetail, behind: Sequence[Waiter] = (), back: Sequence[Row] = ()) -> list[tuple[str, list[Row]]]:
    """The chain of related documents; ``behind`` are the customers' lines that wait for it or were served by it,
    ``back`` its returns.
    """
    order = detail.header
    asked = {a["requisition"]: a for a in detail.allocations}
    here = {
        "number": order["number"],
        "url": address("purchasing:order_detail", order["number"]),
        "state": order["state"],
        "state_label": order["state_label"],
        "here": True,
    }
    return [
        (
            _("采购申请"),
            [_node("purchasing:requisition_detail", {**a, "number": n}, a["requester"]) for n, a in asked.items()],
        ),
        (_("采购订单"), [here]),
        (_("发货单"), [_node("purchasing:shipment_detail", s, s["tracking_number"]) for s in detail.shipments]),
        (_("入库单"), [receipt_node(r) for r in detail.receipts]),
        (_("采购退货单"), [_node("purchasing:return_detail", r, r["settlement_label"]) for r in back]),
        (_("销售订单"), _customers(behind)),
    ]


def _customers(behind: Sequence[Waiter]) -> list[Row]:
    """Each order behind it once, with its customer and whether it still waits."""
    found: dict[str, Row] = {}
    for each in behind:
        node = found.setdefault(
            each.order,
            {
                "number": each.order,
                "url": address("sales:order_detail", each.order),
                "state": each.state,
                "state_label": each.state_label,
                "note": each.customer_name,
            },
        )
        if each.waiting > 0:
            node["note"] = _("%(customer)s · 在等这批货") % {"customer": each.customer_name}
    return list(found.values())


def receipt_node(row: Row) -> Row:
    """A receipt among related documents; one that takes another back names it."""
    takes_back = _("冲销 %(number)s") % {"number": row["reverses"]} if row["reverses"] else ""
    return _node("purchasing:receipt_detail", row, takes_back or row["delivery_note"])


def _node(page: str, row: Row, note: str) -> Row:
    return {
        "number": row["number"],
        "url": address(page, row["number"]),
        "state": row.get("shown", row["state"]),
        "state_label": row["state_label"],
        "note": note,
    }


def _verb(order: Row, verb: str, label: str, icon: str, **more: Any) -> Row:
    url = address("purchasing:order_verb", order["number"], verb)
    return {"label": label, "icon": icon, "post": url, "fields": {"version": order["version"]}, **more}


def menu(actor: Actor, detail: OrderDetail) -> list[Row]:
    """Everything else that can be done, or why it cannot be done now; what the actor may never do is left out."""
    number = detail.header["number"]
    entries = [*_drafting(detail), *_going_on(detail), *_ending(detail)]
    if detail.header["state"] == "draft" and detail.header["created_by_id"] == actor.user_id:
        entries.append(_removal(detail.header))
    found = []
    for permission, entry, why in entries:
        if not actor.may(permission):
            continue
        found.append({"label": entry["label"], "icon": entry["icon"], "disabled": why} if why else entry)
    printed = {"label": _("打印"), "icon": "printer", "url": address("purchasing:order_print", number)}
    sheet = prints.address(ORDER, number)
    as_pdf = {"label": "PDF", "icon": "file-text", "url": sheet, "attributes": {"target": "_blank"}}
    return [printed, as_pdf, {"line": True}, *found, *entries_of(actor, "po", detail.header)]


def _drafting(detail: OrderDetail) -> list[Entry]:
    order, state = detail.header, detail.header["state"]
    edit = {"label": _("编辑"), "icon": "edit", "url": address("purchasing:order_edit", order["number"])}
    withdraw = _verb(order, "withdraw", _("撤回"), "arrow-back-up")
    change = {"label": _("变更"), "icon": "git-branch", "url": address("changes:change_po", order["number"])}
    versions = {"label": _("版本与变更单"), "icon": "history", "url": address("changes:versions_po", order["number"])}
    return [
        ("purchasing.update_order", edit, "" if state == "draft" else _("只有草稿可以编辑")),
        ("purchasing.withdraw_order", withdraw, "" if state == "pending_approval" else _("没有等待审批")),
        ("purchasing.update_order", change, "" if state in LIVE_STATES else _("已批准、没有完结的订单才用变更单")),
        ("purchasing.view", versions, ""),
    ]


def _going_on(detail: OrderDetail) -> list[Entry]:
    order = detail.header
    ship = f"{address('purchasing:shipment_new')}?order={order['number']}"
    sendable = order["state"] in LIVE_STATES and _sum(detail, "outstanding")
    at_current_prices = _verb(order, "copy", _("按现价复制"), "copy", fields={"current_prices": "1"})
    back = {
        "label": _("退给供应商"),
        "icon": "arrow-back-up",
        "url": f"{address('purchasing:return_new')}?order={order['number']}",
    }
    said = _("记下催货；公司在 设置 → 提醒渠道 里选了给供应商发催货消息的，会发给联系人。")
    return [
        ("purchasing.create_return", back, "" if _sum(detail, "received") else _("还没有收到货")),
        (
            "purchasing.confirm_order",
            _verb(order, "urge", _("催供应商"), "bell", confirm=said),
            "" if sendable else _("没有待交的数量"),
        ),
        (
            "purchasing.create_shipment",
            {"label": _("登记发货"), "icon": "truck", "url": ship},
            "" if sendable else _("没有待发货的数量"),
        ),
        ("purchasing.create_order", _verb(order, "copy", _("复制"), "copy"), ""),
        ("purchasing.create_order", at_current_prices, ""),
    ]


def _ending(detail: OrderDetail) -> list[Entry]:
    order, state = detail.header, detail.header["state"]
    under_way = [s["number"] for s in detail.shipments if s["state"] in {"announced", "in_transit", "arrived"}]
    blocked = _("有在途发货单 %(number)s") % {"number": under_way[0]} if under_way else ""
    short = bool(_sum(detail, "outstanding"))
    hit = reverse("purchasing:end_impact", args=[order["number"]]) if state in LIVE_STATES else ""
    close = _verb(
        order,
        "close",
        _("关闭余量") if short else _("完结订单"),
        "circle-x" if short else "circle-check",
        confirm=_closing(detail) if short else _("全部已入库，订单将归入完结。"),
        reason=short,
        danger=short,
        more=hit if short else "",
    )
    void = _("整张订单作废，%(count)s 行不再跟踪；来自采购申请的数量会退回申请。") % {"count": len(detail.lines)}
    cancel = _verb(order, "cancel", _("取消订单"), "ban", danger=True, reason=True, confirm=void, more=hit)
    return [
        ("purchasing.close_order", close, blocked if state in LIVE_STATES else _("只有已批准的订单可以关闭")),
        (
            "purchasing.reopen_order",
            _verb(order, "reopen", _("重新打开"), "refresh"),
            "" if state == "closed" else _("订单没有关闭"),
        ),
        ("purchasing.cancel_order", cancel, _cannot_cancel(state, _sum(detail, "received") > 0, blocked)),
    ]


def _removal(order: Row) -> Entry:
    remove = _verb(order, "delete", _("删除草稿"), "trash", danger=True, confirm=_("草稿会被彻底删除。"))
    return "purchasing.create_order", remove, ""


def _closing(detail: OrderDetail) -> str:
    return _(
        "还有 %(count)s未交。关闭后这些数量不再跟踪，供应商不能再按本单交货；"
        "来自采购申请的数量会退回申请。之后可以重新打开。"
    ) % {"count": missing(detail.lines, "outstanding")}


def _cannot_cancel(state: str, received: bool, blocked: str) -> str:
    if state in {"cancelled", "closed"}:
        return _("订单已结束")
    if received:
        return _("已有入库，请改用关闭余量")
    return blocked
