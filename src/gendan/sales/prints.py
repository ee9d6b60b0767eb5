"""The papers of sales: what goes with the goods, and what the warehouse picks and packs by."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.pdf import LABELS, Print, register
from gendan.sales.queries.order_paper import orders_on_paper
from gendan.sales.queries.papers import (
    notes_on_paper,
    packing_on_paper,
    papers_of_deliveries,
    parcels_on_paper,
    picks_on_paper,
    waves_on_paper,
)
from gendan.sales.queries.quotation_paper import quotations_on_paper, sees

QUOTATION = "sales.quotation"
ORDER = "sales.order"
NOTE = "sales.delivery"
PACKING = "sales.packing"
PARCEL = "sales.parcel"
PICK = "sales.pick"
WAVE = "sales.wave"
PAPERS = "sales.papers"

register(Print(QUOTATION, _("报价单"), "sales/print/quotation.html", quotations_on_paper, sees=sees))
register(Print(ORDER, _("订单确认书"), "sales/print/order.html", orders_on_paper, sees=sees))
register(Print(NOTE, _("送货单"), "sales/print/delivery.html", notes_on_paper))
register(Print(PACKING, _("装箱单"), "sales/print/packing.html", packing_on_paper))
register(Print(PARCEL, _("箱标签"), "sales/print/parcel.html", parcels_on_paper, LABELS[:2]))
register(Print(PICK, _("拣货单"), "sales/print/pick.html", picks_on_paper))
register(Print(WAVE, _("拣货单（波次）"), "sales/print/pick.html", waves_on_paper))
register(Print(PAPERS, _("送货单与装箱单"), "sales/print/papers.html", papers_of_deliveries))
