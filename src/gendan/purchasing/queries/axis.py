"""The dates of an order line on one axis, and the answer to «where is it» in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from gendan.catalog.queries import figure
from gendan.purchasing.queries.trace import Trace


@dataclass(frozen=True, slots=True)
class Mark:
    """A date on the axis; ``at`` is its place from 0 to 100, ``row`` keeps labels apart."""

    kind: str
    label: str
    day: date
    at: float
    row: int = 0


def marks(trace: Trace) -> list[Mark]:
    """Ordered, required, first promise, latest expectation, arrivals, today, on a common scale."""
    line, dates = trace.line, trace.dates
    points: list[tuple[str, str, date | None]] = [
        ("ordered", _("下单"), line["ordered_on"]),
        ("required", _("需求日"), dates["required_on"]),
        ("promised", _("变更约定") if dates["basis"] == "agreed" else _("首次承诺"), dates["promised_on"]),
    ]
    if not dates["done"] and dates["expected_on"] not in {None, dates["promised_on"]}:
        points.append(("expected", _("最新预计"), dates["expected_on"]))
    if dates["done"]:
        points.append(("late" if dates["days_late"] else "actual", _("收齐"), dates["actual_on"]))
    elif kept := [row["received_on"] for row in trace.receipts if row["state"] != "reversed" and not row["reverses"]]:
        points.append(("part", _("最近入库"), max(kept)))
    known = [(kind, label, day) for kind, label, day in points if day]
    if not dates["done"] and line["live"]:
        known.append(("today", _("今天"), trace.today))
    first, last = min(day for _k, _l, day in known), max(day for _k, _l, day in known)
    span = max((last - first) / timedelta(days=1), 1)
    placed = sorted(known, key=lambda point: point[2])
    found: list[Mark] = []
    for kind, label, day in placed:
        at = (day - first) / timedelta(days=1) / span * 100
        taken = {mark.row for mark in found if abs(mark.at - at) < 14}
        row = next(n for n in range(len(placed)) if n not in taken)
        found.append(Mark(kind, label, day, round(at, 2), row))
    return found


def answer(trace: Trace) -> str:
    """«还差 40 件，预计 11-28 到»: the line's state in a sentence, and what is to come instead of what went back."""
    return _answer(trace) + _instead(trace)


def _instead(trace: Trace) -> str:
    """What the supplier owes for what went back."""
    left = trace.counters["to_replace"]
    if not left:
        return ""
    days = [row["replace_on"] for row in trace.returns if row["replacing"]]
    told = {"left": figure(left, trace.line["unit_name"]), "day": ""}
    if None in days:
        return _("退货待补 %(left)s，供应商还没有给出日期。") % told
    told["day"] = max(days).isoformat()
    if max(days) < trace.today:
        return _("退货待补 %(left)s，原定 %(day)s 补到，至今没到。") % told
    return _("退货待补 %(left)s，预计 %(day)s 到。") % told


def _answer(trace: Trace) -> str:
    line, counters, dates = trace.line, trace.counters, trace.dates
    left = figure(counters["outstanding"], line["unit_name"])
    if counters["ordered"] <= counters["cancelled"]:
        return _("这一行已取消。")
    if not line["live"]:
        if line["state"] in {"draft", "pending_approval"}:
            return _("订单尚未批准，还没有发给供应商。")
        return _("订单已结束，不再跟踪。") if counters["outstanding"] else _all_in(trace)
    if dates["done"]:
        if counters["outstanding"]:
            return _("已收齐（在短交容差内，少 %(left)s）。") % {"left": left}
        came = counters["received"] + counters["replaced"]
        waiting = came - counters["accepted"] - counters["rejected"]
        if waiting > 0:
            return _("已全部到货，%(waiting)s 待检。") % {"waiting": figure(waiting, line["unit_name"])}
        return _all_in(trace)
    when = dates["expected_on"] or dates["due_on"]
    if counters["refused"] >= counters["outstanding"]:
        return _("还差 %(left)s，供应商拒绝供货。") % {"left": left}
    if counters["refused"]:
        no = figure(counters["refused"], line["unit_name"])
        left = _("%(left)s（其中 %(no)s 供应商拒绝）") % {"left": left, "no": no}
    if when is None:
        return _("还差 %(left)s，供应商还没有给出日期。") % {"left": left}
    if when < trace.today:
        return _("还差 %(left)s，原定 %(day)s 到，至今没有新的日期。") % {"left": left, "day": when.isoformat()}
    return _("还差 %(left)s，预计 %(day)s 到。") % {"left": left, "day": when.isoformat()}


def _all_in(trace: Trace) -> str:
    """Nothing more comes; what was cancelled did not come in."""
    counters = trace.counters
    if not counters["cancelled"]:
        return _("已全部入库。")
    return _("订购 %(ordered)s，已入库 %(received)s，其余 %(cancelled)s已取消。") % {
        name: figure(counters[name], trace.line["unit_name"]) for name in ("ordered", "received", "cancelled")
    }
