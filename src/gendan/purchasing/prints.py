"""The papers of purchasing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.pdf import Print, register
from gendan.purchasing.queries.papers import orders_on_paper, receipts_on_paper, sees
from gendan.purchasing.queries.purchase_returns import returns_on_paper

ORDER = "purchasing.order"
RECEIPT = "purchasing.receipt"
RETURN = "purchasing.return"

register(Print(ORDER, _("采购订单"), "purchasing/print/order.html", orders_on_paper, sees=sees))
register(Print(RECEIPT, _("入库单"), "purchasing/print/receipt.html", receipts_on_paper))
register(Print(RETURN, _("采购退货单"), "purchasing/print/return.html", returns_on_paper))
