"""Waves: several deliveries of a warehouse that are picked together."""

from __future__ import annotations

from collections.abc import Sequence

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.numbering import sequence_name
from gendan.kernel.unit import step
from gendan.sales.models import Wave
from gendan.sales.steps.outbound import Outbound

_INSERT = """
WITH v AS (
 INSERT INTO sales_wave (company_id, number, state, version, created_by_id, warehouse_id, picker_id, note)
 SELECT %(company)s::bigint, 'WV-' || lpad(n::text, greatest(6, length(n::text)), '0'), 'picking', 1,
  %(user)s::bigint, %(warehouse)s::bigint, %(picker)s::bigint, %(note)s::text
 FROM nextval(%(sequence)s::regclass) AS n RETURNING id, number),
 d AS (UPDATE sales_delivery d SET wave_id = v.id, version = d.version + 1, updated_at = now()
  FROM v WHERE d.id = ANY(%(deliveries)s::bigint[]))
SELECT id, number FROM v
"""


@step
def insert_wave(actor: Actor, deliveries: Sequence[Outbound], picker_id: int | None, note: str) -> Subject:
    """Write a wave and put the deliveries into it; one statement."""
    row = db.row(
        _INSERT,
        {
            "company": actor.company_id,
            "user": actor.user_id,
            "sequence": sequence_name(actor.company_id, "WV"),
            "warehouse": deliveries[0].delivery.warehouse_id,
            "picker": picker_id,
            "note": note,
            "deliveries": db.array(o.delivery.id for o in deliveries),
        },
    )
    assert row is not None
    return Subject("wave", row[0], row[1])


@step
def lock_wave(actor: Actor, number: str, version: int | None, action: object) -> tuple[Subject, int]:
    """An open wave, locked after its deliveries, and its version. Errors: NotFound, Stale, WrongState."""
    found = db.row(
        "SELECT id, state, version FROM sales_wave WHERE company_id = %s::bigint AND number = %s::text"
        " FOR NO KEY UPDATE",
        [actor.company_id, number],
    )
    if found is None:
        raise NotFound(what=number)
    check_version(number, found[2], version)
    if found[1] != "picking":
        raise WrongState(number=number, state=state_label(Wave, found[1]), action=str(action))
    return Subject("wave", found[0], number), found[2]


@step
def dissolve(wave: Subject) -> None:
    """Write that a wave will not be picked; its deliveries stand alone again, with what was picked of them."""
    db.later(
        "WITH d AS (UPDATE sales_delivery SET wave_id = NULL, version = version + 1, updated_at = now()"
        "  WHERE wave_id = %(id)s::bigint)"
        " UPDATE sales_wave SET state = 'cancelled', version = version + 1, updated_at = now()"
        " WHERE id = %(id)s::bigint",
        {"id": wave.id},
    )
