"""Labels for lots."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.inventory.queries.labels import lot_labels
from gendan.kernel.pdf import Print, register

LOT = "inventory.lot"

register(Print(LOT, _("批次标签"), "inventory/print/lot.html", lot_labels, ("60x40", "100x70", "100x150")))
