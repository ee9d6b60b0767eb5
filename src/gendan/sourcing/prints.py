"""The papers of sourcing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.pdf import Print, register
from gendan.sourcing.queries.contracts import contracts_on_paper

CONTRACT = "sourcing.contract"

register(Print(CONTRACT, _("框架合同"), "sourcing/print/contract.html", contracts_on_paper))
