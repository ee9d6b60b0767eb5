"""The papers of settlement: payments, one or a list of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.pdf import Print, register
from gendan.settlement.permissions import BUYING, SEE_ACCOUNTS, SELLING
from gendan.settlement.queries.payments import payments_in_a_list, payments_on_paper

PAYMENT, PAYMENT_LIST = "settlement.payment", "settlement.payment_list"


def _sees(actor: Actor) -> list[str]:
    return [right for right in (BUYING, SELLING, SEE_ACCOUNTS) if actor.may(right)]


register(Print(PAYMENT, _("收付款单"), "settlement/print/payment.html", payments_on_paper, sees=_sees))
register(Print(PAYMENT_LIST, _("收付款清单"), "settlement/print/payment_list.html", payments_in_a_list, sees=_sees))
