"""The scorecard of a supplier on paper: of the year, or of the period after an «@» in its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.insight.queries.display import advice_shown, reasons, rows_of
from gendan.insight.queries.scorecard import VIEW_PRICE, scorecard
from gendan.kernel.actor import Actor
from gendan.kernel.pdf import Print, register

CARD = "insight.scorecard"


def number_of(supplier: str, period: str) -> str:
    """What a scorecard is called where it is printed."""
    return f"{supplier}@{period}"


def _read(actor: Actor, numbers: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for number in numbers:
        supplier, _at, period = number.rpartition("@") if "@" in number else (number, "", "year")
        ranking, card = scorecard(actor, supplier, period)
        found.append(
            {
                "number": number,
                "title": _now("供应商评分卡 %(name)s") % {"name": card.name},
                "card": card,
                "period": ranking.period,
                "version": ranking.version,
                "rows": rows_of(actor, card),
                "advice": advice_shown(card),
                "reasons": reasons(actor, card),
            }
        )
    return found


def _sees(actor: Actor) -> list[str]:
    return [VIEW_PRICE] if actor.may(VIEW_PRICE) else []


register(Print(CARD, _("供应商评分卡"), "insight/print/scorecard.html", _read, sees=_sees))
