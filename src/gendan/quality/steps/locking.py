"""Locking an inspection with its lines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import NotFound, WrongState
from gendan.kernel.events import Subject
from gendan.kernel.unit import step
from gendan.quality.models import Inspection


@dataclass(slots=True)
class LockedLine:
    """A line of a locked inspection."""

    id: int
    line_no: int
    source_line: int
    source_line_no: int
    product: str
    decimals: int
    method: str
    sample: int
    reject: int | None
    defective: int | None
    checks: list[dict[str, Any]]
    known: list[int]
    quantity: Decimal
    accepted: Decimal
    rejected: Decimal
    conceded: Decimal
    wished: Decimal
    wish_bin: str
    sorted: bool
    passed: bool | None
    needs_photo: bool

    @property
    def waiting(self) -> Decimal:
        return self.quantity - self.accepted - self.rejected


@dataclass(frozen=True, slots=True)
class LockedInspection:
    """An inspection that this transaction holds."""

    id: int
    number: str
    state: str
    version: int
    source_kind: str
    source_id: int
    source_number: str
    supplier: str
    wish_reason: str
    lines: list[LockedLine]

    @property
    def subject(self) -> Subject:
        return Subject("qi", self.id, self.number)

    @property
    def refs(self) -> tuple[str, ...]:
        products = sorted({line.product for line in self.lines})
        return (
            f"{self.source_kind}:{self.source_number}",
            f"partner:{self.supplier}",
            *(f"product:{code}" for code in products[:50]),
        )

    def must_be(self, states: frozenset[str], action: object) -> None:
        """Refuse with WrongState unless the state is one of ``states``."""
        if self.state not in states:
            raise WrongState(number=self.number, state=state_label(Inspection, self.state), action=str(action))


_LOCK = """
SELECT q.id, q.number, q.state, q.version, q.source_kind, q.source_id, q.source_number, s.code, q.wish_reason,
 l.id, l.line_no, l.source_line, l.source_line_no, p.code, u.decimals, l.method, l.sample, l.reject, l.defective,
 l.checks::text, ARRAY(SELECT r.check_no FROM quality_result r WHERE r.line_id = l.id), l.quantity, l.accepted,
 l.rejected, l.conceded, l.wished, l.wish_bin, l.sorted, l.passed,
 EXISTS (SELECT 1 FROM quality_plan pl WHERE pl.id = l.plan_id AND pl.needs_photo) AND NOT EXISTS (
  SELECT 1 FROM kernel_attachment a WHERE a.subject_kind = 'qi' AND a.subject_id = q.id AND a.removed_at IS NULL
   AND (a.media_type LIKE 'image/%%' OR a.media_type LIKE 'video/%%'))
FROM quality_inspection q JOIN quality_inspectionline l ON l.inspection_id = q.id
JOIN catalog_product p ON p.id = l.product_id JOIN catalog_unit u ON u.id = l.unit_id
JOIN catalog_partner s ON s.id = q.supplier_id
WHERE q.company_id = %(company)s::bigint AND {which} ORDER BY l.line_no FOR NO KEY UPDATE OF q, l
"""
_BY_NUMBER = _LOCK.format(which="q.number = %(number)s::text")
_BY_SOURCE = _LOCK.format(which="q.source_kind = %(kind)s::text AND q.source_id = %(source)s::bigint")


def _found(rows: list[db.Row]) -> LockedInspection | None:
    if not rows:
        return None
    lines = [LockedLine(*(*row[9:19], json.loads(row[19]), *row[20:])) for row in rows]
    return LockedInspection(*(*rows[0][:9], lines))


@step
def lock(actor: Actor, number: str, version: int | None = None) -> LockedInspection:
    """An inspection by its number. Errors: NotFound, Stale."""
    found = _found(db.rows(_BY_NUMBER, {"company": actor.company_id, "number": number}))
    if found is None:
        raise NotFound(what=number)
    check_version(number, found.version, version)
    return found


@step
def lock_of(actor: Actor, source: Subject) -> LockedInspection | None:
    """The inspection of a document that the caller holds; None where no plan asked for one."""
    return _found(db.rows(_BY_SOURCE, {"company": actor.company_id, "kind": source.kind, "source": source.id}))
