"""Give up a transfer, adjustment or count that has not moved anything."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.inventory.models import Adjustment, StockCount, StockDocument, Transfer
from gendan.inventory.permissions import CANCEL, VIEW
from gendan.inventory.steps import count as counts
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command

LABEL = _("取消库存单据")
KINDS: dict[str, type[StockDocument]] = {model.PREFIX: model for model in (Transfer, Adjustment, StockCount)}
CANCELLABLE = {"transfer": {"draft"}, "adjustment": {"draft"}, "count": {"draft", "counting", "review"}}


@command("inventory.cancel", LABEL, permission=VIEW)
def cancel_document(*, actor: Actor, number: str, reason: str = "", version: int | None = None) -> Done:
    """Cancel a draft (its author may always), or a count that is not posted (inventory.cancel_document).

    Errors: NotFound, Stale, WrongState, Forbidden, InApproval.
    """
    model = KINDS.get(number.partition("-")[0])
    if model is None:
        raise NotFound(what=number)
    document = model.lock(actor, number, version)
    document.must_be(CANCELLABLE[model.KIND], LABEL)
    if document.state != "draft" or document.created_by_id != actor.user_id:
        actor.must(CANCEL)
    flow.free(actor, document.subject)
    released = {"reverses_id": None} if isinstance(document, Adjustment) and document.reverses_id else {}
    document.move_to("cancelled", LABEL, **released)
    if isinstance(document, StockCount):
        counts.release(document.pk)
    record(f"inventory.{model.KIND}_cancelled", document.subject, actor, reason=reason)
    return Done(model.KIND, document.pk, document.number, document.state, document.version)
