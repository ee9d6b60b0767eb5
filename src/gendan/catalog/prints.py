"""Labels for products and bins."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.catalog.queries.labels import bin_labels, product_labels
from gendan.kernel.pdf import Print, register

PRODUCT = "catalog.product"
BIN = "catalog.bin"

register(Print(PRODUCT, _("产品标签"), "catalog/print/product.html", product_labels, ("60x40", "100x70", "100x150")))
register(Print(BIN, _("库位标签"), "catalog/print/bin.html", bin_labels, ("100x70", "60x40", "100x150")))
