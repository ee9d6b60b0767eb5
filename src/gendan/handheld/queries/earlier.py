"""Whether something that a device sends again was done before."""

from __future__ import annotations

import json

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done


def earlier(actor: Actor, key: str) -> Done | None:
    """What the command with this key answered; one statement. Asked before a code is looked up: what it meant then may
    be gone now, because the command has taken it away.
    """
    found = db.row(
        "SELECT result::text FROM kernel_idempotency WHERE company_id = %s::bigint AND user_id = %s::bigint"
        " AND key = %s::text",
        [actor.company_id, actor.user_id or 0, key],
    )
    if found is None:
        return None
    kind, id_, number, state, version, data = json.loads(found[0])
    return Done(kind, id_, number, state, version, data, replayed=True)
