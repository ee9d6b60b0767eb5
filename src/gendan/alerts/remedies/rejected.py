"""What becomes of goods that inspection refused is decided in the case: inspected again, scrapped, taken for less."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.remedies.kinds import ZERO, Effect, Field, Remedy, Row, Situation, Values
from gendan.catalog.queries import figure
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.inspection import RejectIn

SETTLE, PRICE = "purchasing.settle_rejects", "purchasing.view_price"
DECISIONS = {"rework": _("返工后再检"), "scrap": _("报废"), "reduce": _("降价接收")}


def _rejected(situation: Situation) -> list[Row]:
    return [row for row in situation.returnable if row["rejected"]]


def _which(row: Row) -> str:
    """What a choice says of the line: not its position in the list, which may be another one when it is sent."""
    return f"{row['receipt']}/{row['line']}"


def _text(row: Row) -> str:
    return f"{row['receipt']} #{row['line']}　{figure(row['left'], row['unit_name'])}"


def _offered(situation: Situation) -> str | None:
    found = _rejected(situation)
    return _text(found[0]) if found else None


def _fields(situation: Situation) -> list[Field]:
    found = _rejected(situation)
    lines = [(_which(row), _text(row)) for row in found]
    priced = situation.actor.may(PRICE)
    decisions = [(code, str(label)) for code, label in DECISIONS.items() if code != "reduce" or priced]
    fields = [
        Field("of", _("哪一行"), "choice", lines[0][0], True, options=lines),
        Field("decision", _("怎么处理"), "choice", "rework", True, options=decisions),
        Field("quantity", _("数量"), "number", found[0]["left"], True, decimals=found[0]["decimals"]),
    ]
    if priced:
        fields.append(Field("amount", _("供应商要退的金额"), "number", "", help=_("只用于降价接收。")))
    return [*fields, Field("bin", _("降价接收放到库位"), most=64), Field("note", _("说明"), most=300)]


def _decide(actor: Actor, situation: Situation, values: Values) -> Effect:
    row = next(row for row in _rejected(situation) if _which(row) == values["of"])
    quantity, decision = values["quantity"], values["decision"]
    if not 0 < quantity <= row["left"]:
        left = figure(row["left"], row["unit_name"])
        raise Invalid({"quantity": _now("应大于 0，不超过还没处理的 %(left)s。") % {"left": left}})
    reduced = decision == "reduce"
    entry = RejectIn(
        row["line"],
        scrap=quantity if decision == "scrap" else ZERO,
        rework=quantity if decision == "rework" else ZERO,
        reduce=quantity if reduced else ZERO,
        amount=values.get("amount") if reduced else None,
        bin=values["bin"] if reduced else "",
        note=" ".join(filter(None, [situation.case["number"], values["note"]])),
    )
    purchasing.settle_rejects(actor=actor, number=row["receipt"], lines=[entry])
    told = {"number": row["receipt"], "quantity": figure(quantity, row["unit_name"])}
    return Effect(f"rejects_{decision}", told, (f"gr:{row['receipt']}",))


REMEDY = Remedy(
    "decide_rejects",
    _("判定不合格品"),
    SETTLE,
    "clipboard-check",
    frozenset({"product"}),
    _offered,
    _fields,
    _decide,
    hint=_("返工的回到待检，再检一次；处理完了这个异常自己关闭。"),
)
