"""Goods that were refused or that are too many go back to the supplier: a purchase return, drafted from the case."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.remedies.kinds import ZERO, Effect, Field, Remedy, Row, Situation, Values
from gendan.catalog.queries import figure
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.purchasing import commands as purchasing
from gendan.purchasing.models import PurchaseReturn, PurchaseReturnLine
from gendan.purchasing.queries.purchase_returns import returnable
from gendan.purchasing.rules.returned import BackIn

RULES = frozenset({"failed_inspection", "over_receipt"})


def lines_to_return(actor: Actor, case: Row) -> list[Row]:
    """The receipts' lines out of which a case's goods can go back, with ``left``; one statement, for its rules only."""
    if case["rule"] not in RULES or not actor.may("purchasing.view"):
        return []
    if not (actor.may("purchasing.create_return") or actor.may("purchasing.settle_rejects")):
        return []
    if case["rule"] == "failed_inspection":
        receipt = case["facts"].get("receipt")
        found = returnable(actor, receipts=[receipt]) if receipt else []
        rows = [{**row, "left": row["rejects"], "rejected": True} for row in found if row["product"] == case["product"]]
    else:
        found = returnable(actor, orders=[case["document_number"]])
        rows = [
            {**row, "left": row["accepted"], "rejected": False} for row in found if row["order_line"] == case["line_no"]
        ]
    return [row for row in reversed(rows) if row["left"] > 0]


def _most(situation: Situation) -> Decimal:
    most = sum((row["left"] for row in situation.returnable), ZERO)
    over = situation.case["facts"].get("over")
    return most if over is None else min(most, Decimal(str(over)))


def _offered(situation: Situation) -> str | None:
    if not situation.returnable:
        return None
    first = situation.returnable[0]
    told = {"receipt": first["receipt"], "quantity": figure(_most(situation), first["unit_name"])}
    return _now("%(receipt)s 可退 %(quantity)s") % told


def _fields(situation: Situation) -> Sequence[Field]:
    first = situation.returnable[0]
    reason = "quality" if first["rejected"] else "surplus"
    return [
        Field("quantity", _("退货数量"), "number", _most(situation), True, decimals=first["decimals"]),
        Field("reason", _("退货原因"), "choice", reason, True, options=_texts(PurchaseReturnLine.Reason.choices)),
        Field("settlement", _("怎么了结"), "choice", "replace" if first["rejected"] else "credit", True,
              options=_texts(PurchaseReturn.Settlement.choices)),
        Field("note", _("说明"), most=300),
    ]  # fmt: skip


def _texts(choices: Sequence[tuple[Any, Any]]) -> list[tuple[str, str]]:
    return [(str(value), str(text)) for value, text in choices]


def _return(actor: Actor, situation: Situation, values: Values) -> Effect:
    most, left = _most(situation), values["quantity"]
    unit = situation.returnable[0]["unit_name"]
    if not 0 < left <= most:
        raise Invalid({"quantity": _now("应大于 0，不超过可退的 %(open)s。") % {"open": figure(most, unit)}})
    lines = []
    for row in situation.returnable:
        part = min(row["left"], left)
        if part > 0:
            lines.append(BackIn(row["receipt"], row["line"], part, values["reason"], rejected=row["rejected"]))
            left -= part
    note = " ".join(filter(None, [situation.case["number"], values["note"]]))
    done = purchasing.create_return(actor=actor, lines=lines, settlement=values["settlement"], note=note)
    args = {"number": done.number, "quantity": figure(values["quantity"], unit)}
    return Effect("goods_returned", args, (f"rtv:{done.number}",))


REMEDY = Remedy(
    "return_goods",
    _("退给供应商"),
    "purchasing.create_return",
    "arrow-back-up",
    frozenset({"po", "product"}),
    _offered,
    _fields,
    _return,
    hint=_("生成采购退货草稿；批准、出库以后这个异常自己关闭。"),
)
