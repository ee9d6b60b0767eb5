"""Many documents at once: each in a transaction of its own, or all or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Undone
from gendan.kernel.errors import AppError
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.create import place
from gendan.purchasing.commands.requisition import write_requisition

Document = Mapping[str, Any]
Write = Callable[[Actor, Document], Done]


@command("purchasing.save_orders", _("批量新建采购订单"), permission="purchasing.create_order")
def save_orders(*, actor: Actor, documents: Sequence[Document], trial: bool = False) -> Done:
    """Write all orders or none (Undone names the first refused); ``trial`` only checks."""
    return save_all("po", actor, documents, trial, lambda who, values: place(who, **values))


@command("purchasing.save_requisitions", _("批量新建采购申请"), permission="purchasing.create_requisition")
def save_requisitions(*, actor: Actor, documents: Sequence[Document], trial: bool = False) -> Done:
    """Write all requisitions or none, as save_orders does."""
    return save_all("requisition", actor, documents, trial, lambda who, values: write_requisition(who, **values))


def save_all(kind: str, actor: Actor, documents: Sequence[Document], trial: bool, write: Write) -> Done:
    """Write all or none, for the command of one kind of document; ``trial`` only checks. Errors: Undone."""
    numbers = []
    for n, values in enumerate(documents):
        try:
            numbers.append(write(actor, values).number)
        except AppError as error:
            raise Undone(n, error) from error
    if trial:
        raise Undone(-1)
    return Done(kind, 0, "", data={"numbers": numbers})
