"""The papers of settlement: payments, one or a list of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.pdf import Print, register
from gendan.settlement.permissions import BUYING, SELLING
from gendan.settlement.queries.payments import payments_on_paper

PAYMENT = "settlement.payment"


def _sees(actor: Actor) -> list[str]:
    return [right for right in (BUYING, SELLING) if actor.may(right)]


register(Print(PAYMENT, _("收付款单"), "settlement/print/payment.html", payments_on_paper, sees=_sees))
