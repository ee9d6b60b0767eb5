"""Parts of a delivery's page: its steps, its menu, its papers."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gendan.kernel import prints
from gendan.kernel.actor import Actor
from gendan.sales.models import SalesOrder
from gendan.sales.prints import NOTE, PACKING, PAPERS, PARCEL, PICK

Row = dict[str, Any]
BACK_ORDER = dict(SalesOrder.BackOrder.choices)
OPEN = frozenset({"to_pick", "picking", "packed"})


def progress(delivery: Row) -> Row:
    """How much of it is picked and packed, in lines."""
    lines = delivery["lines"]
    return {
        "lines": len(lines),
        "picked": sum(1 for line in lines if line["picked"] >= line["quantity"]),
        "packed": sum(1 for line in lines if line["packed"] >= line["quantity"]),
        "begun": any(line["picked"] for line in lines),
    }


def steps(delivery: Row) -> list[Row]:
    """Made, picked, packed, left, signed for."""
    state, done = delivery["state"], progress(delivery)
    gone = state in {"shipped", "signed", "refused"}
    picked = gone or state == "packed" or (done["lines"] and done["picked"] == done["lines"])
    packed = gone or state == "packed"
    of_lines = f"{done['picked']} / {done['lines']}" if done["begun"] and not picked else ""
    found = [
        {"label": _("已安排"), "state": "done", "date": delivery["created_at"]},
        {
            "label": _("已拣货"),
            "state": "done" if picked else "part" if done["begun"] else "now",
            "note": of_lines,
        },
        {
            "label": _("已装箱"),
            "state": "done" if packed and delivery["parcels"] else "skip" if gone else "now" if picked else "todo",
            "note": _("%(count)s 件") % {"count": len(delivery["parcels"])} if delivery["parcels"] else "",
        },
        {
            "label": _("已出库") if gone else _("计划发货"),
            "state": "done" if gone else "now" if packed else "todo",
            "date": delivery["shipped_on"] or delivery["planned_on"],
            "late": 0 if gone else delivery["days_late"],
        },
        _signed(delivery, gone),
    ]
    if state == "cancelled":
        return [found[0], {"label": _("已取消"), "state": "bad"}]
    return found


def _signed(delivery: Row, gone: bool) -> Row:
    state = delivery["state"]
    if state == "refused":
        return {"label": _("拒收"), "state": "bad", "date": delivery["signed_on"], "note": delivery["signed_by"]}
    if state == "signed":
        return {"label": _("已签收"), "state": "done", "date": delivery["signed_on"], "note": delivery["signed_by"]}
    late = delivery["days_late"] if gone else 0
    return {"label": _("预计送达"), "state": "now" if gone else "todo", "date": delivery["expected_on"], "late": late}


def papers(delivery: Row) -> list[Row]:
    """What can be printed of it."""
    number = delivery["number"]
    wanted = [(PICK, _("拣货单"))] if delivery["picks"] and delivery["state"] in OPEN else []
    wanted += [(NOTE, _("送货单")), (PACKING, _("装箱单")), (PAPERS, _("全部单据"))]
    if delivery["parcels"]:
        wanted.append((PARCEL, _("箱标签")))
    return [
        {
            "label": label,
            "icon": "printer",
            "url": prints.choose(name, number) if name == PARCEL else prints.address(name, number),
        }
        for name, label in wanted
    ]


def menu(actor: Actor, delivery: Row) -> list[Row | None]:
    """The verbs that are not the next step."""
    number, state = delivery["number"], delivery["state"]
    fields = {"version": delivery["version"]}

    def page(name: str) -> str:
        return reverse(f"sales:{name}", args=[number])

    def verb(name: str) -> str:
        return reverse("sales:delivery_verb", args=[number, name])

    open_, gone = state in OPEN, state == "shipped"
    entries: list[Row | None] = []
    if actor.may("sales.create_delivery") and (open_ or gone):
        entries.append({"label": _("修改承运与日期"), "icon": "edit", "url": page("delivery_edit")})
    if actor.may("sales.pick_goods") and state in {"to_pick", "picking"}:
        entries.append(
            {
                "label": _("全部按计划拣齐"),
                "icon": "check",
                "post": verb("pick"),
                "fields": fields,
                "confirm": _("不逐件扫描，按拣货单全部记为已拣。"),
            }
        )
    if actor.may("sales.pick_goods") and open_:
        entries.append({"label": _("装箱"), "icon": "packages", "url": page("delivery_pack")})
    if actor.may("sales.deliver_order") and open_:
        entries.append({"label": _("出库"), "icon": "truck-delivery", "url": page("delivery_ship")})
    if actor.may("sales.cancel_delivery"):
        entries.append({"line": True})
        entries.append(_cancel(delivery, verb("cancel"), fields))
    return entries


def _cancel(delivery: Row, url: str, fields: Row) -> Row:
    entry: Row = {"label": _("取消出库单"), "icon": "ban"}
    if delivery["state"] in {"signed", "refused"}:
        return {**entry, "disabled": _("客户已签收，请改为退货")}
    if delivery["state"] == "cancelled":
        return {**entry, "disabled": _("已取消")}
    confirm = _("出库单作废，货物仍为订单锁定。")
    if delivery["state"] == "shipped":
        confirm = _("出库将冲销：货物回到原库位，订单恢复为未发货。只用于没有真正发出的货。")
    return {**entry, "post": url, "danger": True, "reason": True, "confirm": confirm, "fields": fields}
