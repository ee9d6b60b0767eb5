"""Remedies of sales orders: goods, dates, who gets what there is."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.remedies.kinds import ZERO, Effect, Field, Remedy, Row, Situation, Values
from gendan.catalog.queries import figure
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue, to_integer
from gendan.sales import commands as sales
from gendan.sales.rules.outbound import DeliverIn
from gendan.sales.rules.promises import PromiseIn

SO = frozenset({"so"})
LIVE = frozenset({"to_ship", "partly_shipped"})


def _open(situation: Situation) -> Row | None:
    line = situation.line
    return line if line and line["open"] > 0 and line["state"] in LIVE else None


def _there(line: Row) -> Decimal:
    """What is set aside and on no delivery yet, in the line's unit."""
    here: Decimal = min(line["reserved"] / line["factor"], line["open"] - line["delivering"])
    return max(here.quantize(Decimal(1).scaleb(-line["decimals"]), ROUND_DOWN), ZERO)


def _deliver_offered(situation: Situation) -> str | None:
    line = _open(situation)
    if line is None or _there(line) <= 0:
        return None
    return _now("已备 %(amount)s") % {"amount": figure(_there(line), line["unit_name"])}


def _deliver_fields(situation: Situation) -> list[Field]:
    line = _open(situation)
    assert line is not None
    return [
        Field("quantity", _("数量"), "number", _there(line), True, decimals=line["decimals"]),
        Field("planned_on", _("计划发货日期"), "date", situation.today),
    ]


def _deliver(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = _open(situation)
    assert line is not None
    wanted = [DeliverIn(line["number"], line["line_no"], values["quantity"])]
    done = sales.create_delivery(actor=actor, lines=wanted, planned_on=values["planned_on"])
    told = {"number": done.number, "quantity": figure(values["quantity"], line["unit_name"])}
    return Effect("delivered", told, (f"dn:{done.number}",))


def _reserve_offered(situation: Situation) -> str | None:
    line = _open(situation)
    return "" if line and line["reserved"] < line["open"] * line["factor"] else None


def _reserve(actor: Actor, situation: Situation, values: Values) -> Effect:
    done = sales.reserve_order(actor=actor, number=situation.number)
    short = [one for one in done.data["short"] if one["line"] == situation.case["line_no"]]
    told = {"number": situation.number, "short": short[0]["quantity"] if short else "0"}
    return Effect("reserved_short" if short else "reserved", told, (f"so:{situation.number}",))


def _promise_fields(situation: Situation) -> list[Field]:
    line = _open(situation)
    assert line is not None
    return [
        Field("promised_on", _("新的承诺交期"), "date", line["expected_on"] or "", True),
        Field("reason", _("原因"), required=True, most=300),
    ]


def _promise(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = _open(situation)
    assert line is not None
    words = [PromiseIn(line["line_no"], values["promised_on"], values["reason"])]
    sales.promise_order(actor=actor, number=line["number"], lines=words, reason=values["reason"])
    told = {"line": line["line_no"], "before": line["expected_on"] or "", "after": values["promised_on"]}
    return Effect("promised", told, (f"so:{line['number']}",))


def _release_offered(situation: Situation) -> str | None:
    line = _open(situation)
    if line is None or line["reserved"] <= 0:
        return None
    return _now("已锁定 %(amount)s") % {"amount": figure(line["reserved"], line["stock_unit"])}


def _release(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = _open(situation)
    assert line is not None
    sales.release_order(actor=actor, number=line["number"], lines=[line["line_no"]])
    told = {"line": line["line_no"], "quantity": figure(line["reserved"], line["stock_unit"])}
    return Effect("released", told, (f"so:{line['number']}",))


def _take_offered(situation: Situation) -> str | None:
    line = _open(situation)
    if line is None or not situation.holders or line["reserved"] >= line["open"] * line["factor"]:
        return None
    best = situation.holders[0]
    told = {"number": best["number"], "amount": figure(best["soft"], line["stock_unit"])}
    return _now("%(number)s 可让出 %(amount)s") % told


def _take_fields(situation: Situation) -> list[Field]:
    line = _open(situation)
    assert line is not None
    options = [
        (
            f"{row['number']}/{row['line_no']}",
            f"{row['number']} {row['customer']}　{figure(row['soft'], line['stock_unit'])}　{row['due_on'] or '–'}",
        )
        for row in situation.holders
    ]
    most = min(situation.holders[0]["soft"], line["open"] * line["factor"] - line["reserved"])
    return [
        Field("giver", _("从哪张订单"), "choice", options[0][0], True, help=_("交期最晚的在前。"), options=options),
        Field("quantity", _("数量"), "number", most, True, decimals=line["stock_decimals"]),
    ]


def _take(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = _open(situation)
    assert line is not None
    number, _slash, giving = values["giver"].partition("/")
    try:
        giver_line = to_integer(giving)
    except BadValue as wrong:
        raise Invalid({"giver": wrong.text}) from wrong
    sales.move_reservation(
        actor=actor,
        number=number,
        line=giver_line,
        to_number=line["number"],
        to_line=line["line_no"],
        quantity=values["quantity"],
    )
    told = {"number": number, "quantity": figure(values["quantity"], line["stock_unit"])}
    return Effect("reservation_taken", told, (f"so:{number}", f"so:{line['number']}"))


def _reallocate(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = _open(situation)
    assert line is not None
    done = sales.reallocate(actor=actor, warehouse=line["warehouse"], products=[line["product"]])
    return Effect("reallocated", {"product": line["product"], "n": done.data["changed"]})


def _if_open(situation: Situation) -> str | None:
    return "" if _open(situation) else None


REMEDIES = (
    Remedy("deliver", _("安排发货"), "sales.create_delivery", "truck", SO, _deliver_offered, _deliver_fields, _deliver),
    Remedy(
        "reserve", _("锁定库存"), "sales.reserve_order", "lock", SO, _reserve_offered, run=_reserve,
        hint=_("先锁现货，再锁在途；整张订单一起。"),
    ),
    Remedy(
        "take_reservation", _("从别的订单转移锁定"), "sales.move_reservation", "arrows-exchange", SO, _take_offered,
        _take_fields, _take,
    ),
    Remedy(
        "move_promise", _("修改承诺交期"), "sales.promise_order", "calendar", SO, _if_open, _promise_fields, _promise,
        hint=_("首次承诺保留不变，晚不晚仍按它算。"),
    ),
    Remedy(
        "release_reservation", _("释放锁定"), "sales.release_order", "lock", SO, _release_offered, run=_release,
        hint=_("这一行锁定的库存和在途放出来给别的订单。"),
    ),
    Remedy(
        "reallocate", _("重新分配"), "sales.reallocate", "refresh", SO, _if_open, run=_reallocate,
        hint=_("按优先级把这个产品的库存和在途重新分给所有订单。"),
    ),
)  # fmt: skip
