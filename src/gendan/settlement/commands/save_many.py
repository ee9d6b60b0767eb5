"""Many bills at once: each in a transaction of its own, or all or none."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.save_many import Document, save_all
from gendan.settlement.commands.bill import write_bill


@command("settlement.save_bills", _("批量登记发票"), permission="settlement.create_bill")
def save_bills(*, actor: Actor, documents: Sequence[Document], trial: bool = False) -> Done:
    """Write all bills as drafts, or none (Undone names the first refused); ``trial`` only checks."""
    return save_all("bill", actor, documents, trial, lambda who, values: write_bill(who, **values))
