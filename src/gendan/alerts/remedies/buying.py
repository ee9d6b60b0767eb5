"""Remedies of purchase orders: the date, the answer, another supplier, an end."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.remedies.kinds import Effect, Field, Remedy, Row, Situation, Values
from gendan.catalog.queries import figure
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.promises import ConfirmIn

PO, BOUGHT = frozenset({"po"}), frozenset({"po", "asn"})
STILL_COMING = LIVE_STATES - {"received"}


def amount(line: Row, quantity: Decimal) -> str:
    """A quantity of a line with its unit."""
    return figure(quantity, line["unit_name"])


def coming(situation: Situation) -> Row | None:
    """The one line of which something is still to come."""
    line = situation.line
    return line if line and line["open"] > 0 and line["state"] in STILL_COMING else None


def answered(situation: Situation, line: Row) -> Row:
    """What the supplier said last about a line."""
    said = (situation.answer or {}).get("lines", [])
    return next((one for one in said if one["order"] == line["number"] and one["line"] == line["line_no"]), {})


def _move_offered(situation: Situation) -> str | None:
    line = coming(situation)
    if line is None:
        return None
    said = answered(situation, line)
    if said.get("kind") == "date":
        return _now("供应商答复 %(day)s") % {"day": said["on"]}
    return _now("现在预计 %(day)s") % {"day": line["expected_on"]} if line["expected_on"] else ""


def _move_fields(situation: Situation) -> list[Field]:
    line = coming(situation)
    assert line is not None
    said = answered(situation, line)
    suggested = said.get("on") if said.get("kind") == "date" else line["expected_on"]
    return [
        Field("expected_on", _("新的预计到货"), "date", suggested, required=True),
        Field(
            "source",
            _("谁说的"),
            "choice",
            "supplier",
            options=[("supplier", _now("供应商")), ("buyer", _now("采购员估计"))],
        ),
        Field("note", _("原因"), value=said.get("note", ""), most=300),
    ]


def _move(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = coming(situation)
    assert line is not None
    purchasing.revise_promise(
        actor=actor,
        number=line["number"],
        line=line["line_no"],
        expected_on=values["expected_on"],
        note=values["note"],
        source=values["source"] or "supplier",
    )
    args = {"line": line["line_no"], "before": line["expected_on"] or "", "after": values["expected_on"]}
    return Effect("date_moved", args, (f"po:{line['number']}",))


def _confirm_offered(situation: Situation) -> str | None:
    if situation.kind != "po" or not any(line["state"] in STILL_COMING for line in situation.open_lines):
        return None
    return _now("供应商已答复") if situation.answer else ""


def _confirm_fields(situation: Situation) -> list[Field]:
    fields = [
        Field("promised_on", _("承诺交期"), "date", help=_("不填就按每行的需求日。")),
        Field("note", _("备注"), most=300),
    ]
    if situation.answer:
        fields.insert(0, Field("by_answer", _("按供应商的答复逐行登记"), "flag", True))
    return fields


def _confirm(actor: Actor, situation: Situation, values: Values) -> Effect:
    lines: list[ConfirmIn] = []
    for line in situation.open_lines:
        said = answered(situation, line) if values.get("by_answer") else {}
        lines += _parts(line, said, values["promised_on"], values["note"])
    purchasing.confirm_order(actor=actor, number=situation.number, lines=lines, source="supplier")
    return Effect(
        "confirmed", {"number": situation.number, "n": len(situation.open_lines)}, (f"po:{situation.number}",)
    )


def _parts(line: Row, said: Row, day: date | None, note: str) -> list[ConfirmIn]:
    """The answer to a line as purchasing records it."""
    note = said.get("note") or note
    match said.get("kind"):
        case "cannot":
            left = [ConfirmIn(line["line_no"], line["open"], refused=True, note=note)]
            kept = [ConfirmIn(line["line_no"], line["moved"], line["promised_on"])] if line["moved"] > 0 else []
            return [*kept, *left]
        case "partly":
            first = line["moved"] + Decimal(said["quantity"])
            on = date.fromisoformat(said["on"])
            rest = line["ordered"] - first
            later = date.fromisoformat(said["rest_on"]) if said.get("rest_on") else None
            part = [ConfirmIn(line["line_no"], first, on, note=note)]
            return (
                [*part, ConfirmIn(line["line_no"], rest, later, refused=later is None, note=note)] if rest > 0 else part
            )
        case "date":
            return [ConfirmIn(line["line_no"], line["ordered"], date.fromisoformat(said["on"]), note=note)]
    return [ConfirmIn(line["line_no"], line["ordered"], day, note=note)]


def _split_offered(situation: Situation) -> str | None:
    line = coming(situation)
    if line is None or situation.kind != "po" or line["under_way"]:
        return None
    said = answered(situation, line)
    if said.get("kind") != "partly":
        return ""
    told = {"quantity": amount(line, Decimal(said["quantity"])), "day": said["on"]}
    return _now("供应商答复 %(day)s 先交 %(quantity)s") % told


def _split_fields(situation: Situation) -> list[Field]:
    line = coming(situation)
    assert line is not None
    said = answered(situation, line)
    partly = said.get("kind") == "partly"
    decimals = line["decimals"]
    return [
        Field("quantity", _("先交的数量"), "number", said.get("quantity") if partly else "", True, decimals=decimals),
        Field("first_on", _("先交的日期"), "date", said.get("on") if partly else line["expected_on"], True),
        Field("rest_on", _("其余的日期"), "date", said.get("rest_on") if partly else "", True),
        Field("note", _("原因"), value=said.get("note", ""), most=300),
    ]


def _split(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = coming(situation)
    assert line is not None
    first, rest = values["quantity"], line["open"] - values["quantity"]
    if first <= 0 or rest <= 0:
        text = _now("应大于 0，小于还差的 %(open)s。") % {"open": amount(line, line["open"])}
        raise Invalid({"quantity": text})
    number, note = line["line_no"], values["note"]
    parts = [
        ConfirmIn(number, line["moved"] + first, values["first_on"], note=note),
        ConfirmIn(number, rest, values["rest_on"], note=note),
    ]
    purchasing.confirm_order(actor=actor, number=line["number"], lines=parts, source="supplier")
    args = {
        "line": number,
        "first": amount(line, first),
        "first_on": values["first_on"],
        "rest": amount(line, rest),
        "rest_on": values["rest_on"],
    }
    return Effect("split", args, (f"po:{line['number']}",))


def _next_offered(situation: Situation) -> str | None:
    line = situation.line
    if line is None or line["open"] <= 0:
        return None
    if not situation.suppliers:
        return ""
    best = situation.suppliers[0]
    return f"{best['name']} {_terms(best)}".strip()


def _terms(row: Row) -> str:
    """What speaks for a supplier, in few words."""
    said = []
    if row["asked"] is not None:
        said.append(f"{row['asked'].normalize():f} {row['currency']}")
    if row["days"] is not None:
        said.append(_now("%(n)s 天") % {"n": row["days"]})
    if row["rate"] is not None:
        said.append(_now("准时 %(n)s%%") % {"n": round(row["rate"] * 100)})
    return " · ".join(said)


def _next_fields(situation: Situation) -> list[Field]:
    line = situation.line
    assert line is not None
    choices = [(row["code"], f"{row['code']} {row['name']}　{_terms(row)}") for row in situation.suppliers]
    first = choices[0][0] if choices else ""
    wanted = max(line["wished_on"] or situation.today, situation.today)
    fields = [
        Field(
            "supplier",
            _("供应商"),
            "supplier",
            first,
            True,
            help=_("按价格、交货周期和准时记录排序，最合适的在前。") if choices else "",
            options=choices,
        ),
        Field("quantity", _("数量"), "number", line["open"], True, decimals=line["decimals"]),
        Field("required_on", _("需求日"), "date", wanted),
    ]
    if not line["warehouse"]:
        fields.append(Field("warehouse", _("收货仓库"), "text", required=True))
    return fields


def _next(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = situation.line
    assert line is not None
    wanted = LineIn(line["product"], values["quantity"], unit=line["unit"], required_on=values["required_on"])
    done = purchasing.create_order(
        actor=actor,
        supplier=values["supplier"],
        warehouse=line["warehouse"] or values.get("warehouse", ""),
        lines=[wanted],
        note=_now("代替 %(number)s（%(case)s）") % {"number": situation.number, "case": situation.case["number"]},
    )
    args = {"number": done.number, "supplier": values["supplier"], "quantity": amount(line, values["quantity"])}
    return Effect("ordered", args, (f"po:{done.number}",))


def _close_offered(situation: Situation) -> str | None:
    lines = situation.lines
    if situation.kind != "po" or not lines or lines[0]["state"] not in LIVE_STATES or not situation.open_lines:
        return None
    return None if any(line["under_way"] for line in lines) else ""


REASON = Field("reason", _("原因"), required=True, most=300)


def _close(actor: Actor, situation: Situation, values: Values) -> Effect:
    purchasing.close_order(actor=actor, number=situation.number, reason=values["reason"])
    return Effect("closed_short", {"number": situation.number}, (f"po:{situation.number}",))


def _cancel_offered(situation: Situation) -> str | None:
    lines = situation.lines
    if situation.kind != "po" or not lines or lines[0]["state"] in {"closed", "cancelled", "received"}:
        return None
    return None if any(line["moved"] > 0 or line["under_way"] for line in lines) else ""


def _cancel(actor: Actor, situation: Situation, values: Values) -> Effect:
    purchasing.cancel_order(actor=actor, number=situation.number, reason=values["reason"])
    return Effect("order_cancelled", {"number": situation.number}, (f"po:{situation.number}",))


def _reverse(actor: Actor, situation: Situation, values: Values) -> Effect:
    done = purchasing.reverse_receipt(actor=actor, number=situation.number, reason=values["reason"])
    args = {"number": situation.number, "reversal": done.number}
    return Effect("receipt_reversed", args, (f"gr:{situation.number}", f"gr:{done.number}"))


def _impact(situation: Situation) -> str:
    line = coming(situation)
    return reverse("purchasing:line_impact", args=[line["number"], line["line_no"]]) if line else ""


CONFIRM = "purchasing.confirm_order"
REMEDIES = (
    Remedy(
        "record_confirmation", _("登记供应商确认"), CONFIRM, "clipboard-check", PO, _confirm_offered, _confirm_fields,
        _confirm,
    ),
    Remedy(
        "move_date", _("修改预计到货日"), CONFIRM, "calendar", BOUGHT, _move_offered, _move_fields, _move,
        impact=_impact,
        hint=_("首次承诺保留不变；新日期作为最新预计记入交期记录。"),
    ),
    Remedy(
        "split", _("拆成两批"), CONFIRM, "git-branch", PO, _split_offered, _split_fields, _split,
        hint=_("登记为供应商的新答复：先交一部分，其余另定日期。"),
    ),
    Remedy(
        "next_supplier", _("换供应商"), "purchasing.create_order", "building-store",
        frozenset({"po", "asn", "product"}), _next_offered, _next_fields, _next,
        hint=_("生成采购订单草稿，价格按价目表；提交审批前可以再改。原订单不变，需要时再关闭或变更。"),
    ),
    Remedy(
        "close_short", _("关闭余量"), "purchasing.close_order", "circle-x", PO, _close_offered,
        lambda situation: [REASON], _close, hint=_("整张订单还没到的数量都不再等，退回给采购申请。"),
    ),
    Remedy(
        "cancel_order", _("取消订单"), "purchasing.cancel_order", "ban", PO, _cancel_offered,
        lambda situation: [REASON], _cancel, hint=_("订单作废，数量退回给采购申请。"),
    ),
    Remedy(
        "reverse_receipt", _("冲销入库单"), "purchasing.reverse_receipt", "arrow-back-up", frozenset({"gr"}),
        lambda situation: "", lambda situation: [REASON], _reverse, hint=_("用一张新单据冲销，库存和订单数量退回。"),
    ),
)  # fmt: skip
