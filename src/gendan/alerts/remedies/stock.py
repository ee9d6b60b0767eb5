"""Remedies with stock: from another warehouse, asked for, written off."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts.remedies.kinds import ZERO, Effect, Field, Remedy, Row, Situation, Values
from gendan.catalog.queries import figure
from gendan.inventory import commands as inventory
from gendan.inventory.rules import TransferLineIn
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.purchasing import commands as purchasing
from gendan.purchasing.rules.requisitions import RequestIn
from gendan.sales import commands as sales

WANTS = frozenset({"po", "asn", "so", "product"})


def missing(situation: Situation) -> Decimal:
    """What is missing of the one product, in its stock unit."""
    line = situation.line
    if line is None:
        return ZERO
    if situation.kind == "product":
        found = situation.case["facts"].get("missing")
        return Decimal(str(found)) if found else line["open"]
    lacking: Decimal = line["open"] * line["factor"] - (line["reserved"] if situation.kind == "so" else ZERO)
    return max(lacking, ZERO)


def _transfer_offered(situation: Situation) -> str | None:
    line = situation.line
    if line is None or not situation.places or not line["warehouse"] or missing(situation) <= 0:
        return None
    best = situation.places[0]
    told = {"warehouse": best["name"], "amount": figure(best["free"], line["stock_unit"])}
    return _now("%(warehouse)s 可调 %(amount)s") % told


def _transfer_fields(situation: Situation) -> list[Field]:
    line = situation.line
    assert line is not None
    choices = [
        (place["warehouse"], f"{place['warehouse']} {place['name']}　{figure(place['free'], line['stock_unit'])}")
        for place in situation.places
    ]
    most = min(situation.places[0]["free"], missing(situation))
    return [
        Field("warehouse", _("从哪个仓库"), "choice", choices[0][0], True, options=choices),
        Field("quantity", _("数量"), "number", most, True, decimals=line["stock_decimals"]),
    ]


def _transfer(actor: Actor, situation: Situation, values: Values) -> Effect:
    line = situation.line
    assert line is not None
    place = next((place for place in situation.places if place["warehouse"] == values["warehouse"]), None)
    if place is None or not 0 < values["quantity"] <= place["free"]:
        free = figure(place["free"] if place else ZERO, line["stock_unit"])
        raise Invalid({"quantity": _now("应大于 0，不超过那里可调的 %(free)s。") % {"free": free}})
    lines = _from_bins(place["bins"], line["product"], values["quantity"])
    reason = f"{situation.case['number']} {situation.number}".strip()
    done = inventory.create_transfer(
        actor=actor, warehouse=place["warehouse"], to_warehouse=line["warehouse"], lines=lines, reason=reason
    )
    told = {
        "number": done.number,
        "warehouse": place["name"],
        "quantity": figure(values["quantity"], line["stock_unit"]),
    }
    return Effect("transferred", told, (f"transfer:{done.number}",))


def _from_bins(bins: list[Row], product: str, quantity: Decimal) -> list[TransferLineIn]:
    """Where the goods are taken, what expires first leading."""
    found = []
    for place in bins:
        part = min(place["free"], quantity)
        if part > 0:
            found.append(TransferLineIn(product, part, from_bin=place["bin"], lot=place["lot"]))
            quantity -= part
    return found


def _request_offered(situation: Situation) -> str | None:
    if situation.kind == "so":
        return "" if situation.open_lines else None
    return "" if situation.line else None


def _request_fields(situation: Situation) -> list[Field]:
    line = situation.line
    if situation.kind == "so" or line is None:
        return []
    fields = [
        Field("quantity", _("数量"), "number", missing(situation), True, decimals=line["stock_decimals"]),
        Field("required_on", _("需求日"), "date", line["due_on"] or ""),
    ]
    if not line["warehouse"]:
        fields.insert(0, Field("warehouse", _("收货仓库"), required=True))
    return fields


def _request(actor: Actor, situation: Situation, values: Values) -> Effect:
    if situation.kind == "so":
        done = sales.request_shortage(actor=actor, numbers=[situation.number])
        made = [str(each["number"]) for each in done.data["requisitions"]]
        if not made:
            raise Invalid({"": _now("%(number)s 没有缺口，不用再申请。") % {"number": situation.number}})
        return Effect("requested", {"number": "、".join(made)}, tuple(f"requisition:{number}" for number in made))
    line = situation.line
    assert line is not None
    wanted = RequestIn(line["product"], values["quantity"], unit="", required_on=values["required_on"])
    done = purchasing.create_requisition(
        actor=actor,
        warehouse=line["warehouse"] or values.get("warehouse", ""),
        lines=[wanted],
        reason=situation.case["number"],
    )
    return Effect("requested", {"number": done.number}, (f"requisition:{done.number}",))


REMEDIES = (
    Remedy(
        "transfer_stock", _("从其他仓库调拨"), "inventory.create_transfer", "arrows-exchange", WANTS, _transfer_offered,
        _transfer_fields, _transfer, hint=_("生成调拨单草稿，由仓库过账。"),
    ),
    Remedy(
        "request_goods", _("提采购申请"), "purchasing.create_requisition", "clipboard-list",
        frozenset({"so", "product"}), _request_offered, _request_fields, _request,
    ),
)  # fmt: skip
