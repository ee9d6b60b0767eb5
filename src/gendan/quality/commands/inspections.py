"""Say what was found; ask that goods are accepted although they are not as they should be."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from gendan.kernel import attachments, db
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import quantity_problem
from gendan.quality.errors import ReasonRequired, TooMany, UnknownLine
from gendan.quality.rules.inspection import ResultIn, WishIn
from gendan.quality.steps import results
from gendan.quality.steps.locking import lock

RECORD, WISH = _("登记检验结果明细"), _("申请让步接收")
OPEN = frozenset({"open"})


@command("quality.record_results", RECORD)
def record_results(
    *,
    actor: Actor,
    number: str,
    lines: Sequence[ResultIn],
    files: Sequence[Content] = (),
    version: int | None = None,
) -> Done:
    """Write what was found of lines of an inspection: values, bad items, defects; again and again until the line is
    decided. ``files`` are photos.

    Errors: NotFound, Stale, WrongState, UnknownLine, LineDecided, Invalid.
    """
    found = lock(actor, number, version)
    found.must_be(OPEN, RECORD)
    rows = results.read(found, lines)
    results.write(actor, found, rows)
    if files:
        attachments.attach(actor, [(found.subject, content) for content in files])
    told = [
        {"product": row.line.product, "defective": row.defective, "sample": row.line.sample, "note": row.note}
        for row in rows[:50]
    ]
    record("quality.results_recorded", found.subject, actor, found.refs, lines=told)
    return Done("qi", found.id, number, found.state, found.version + 1)


_WISH = """
WITH lines AS (
 UPDATE quality_inspectionline l SET wished = coalesce(t.quantity, 0), wish_bin = coalesce(t.bin, '')
 FROM quality_inspectionline x LEFT JOIN unnest(%(ids)s::bigint[], %(quantities)s::numeric[], %(bins)s::text[])
  AS t(id, quantity, bin) ON t.id = x.id WHERE x.inspection_id = %(id)s::bigint AND l.id = x.id)
UPDATE quality_inspection SET wish_reason = %(reason)s::text, wished_by_id = %(user)s::bigint, version = version + 1,
 updated_at = now() WHERE id = %(id)s::bigint
"""


@command("quality.request_concession", WISH, permission="quality.record_results")
def request_concession(
    *, actor: Actor, number: str, lines: Sequence[WishIn], reason: str, version: int | None = None
) -> Done:
    """Ask that quantities be accepted although they are not as they should be; whoever may concede lets it take effect
    (purchasing.concede_goods). Without lines the wish is taken back.

    Errors: NotFound, Stale, WrongState, UnknownLine, TooMany, ReasonRequired, Invalid.
    """
    found = lock(actor, number, version)
    found.must_be(OPEN, WISH)
    if lines and not reason.strip():
        raise ReasonRequired()
    known = {line.line_no: line for line in found.lines}
    for n, entry in enumerate(lines):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=number, line=entry.line)
        if problem := quantity_problem(entry.quantity, line.decimals):
            raise Invalid({f"lines.{n}.quantity": problem})
        if entry.quantity > line.waiting:
            raise TooMany(number=number, line=entry.line, open=line.waiting, quantity=entry.quantity)
    wanted = {known[entry.line].id: entry for entry in lines}
    db.later(
        _WISH,
        {
            "id": found.id,
            "user": actor.user_id,
            "reason": reason.strip()[:300] if lines else "",
            "ids": db.array(wanted),
            "quantities": db.array(entry.quantity for entry in wanted.values()),
            "bins": [entry.bin[:64] for entry in wanted.values()],
        },
    )
    told = [{"product": known[entry.line].product, "quantity": entry.quantity} for entry in lines[:50]]
    record("quality.concession_requested", found.subject, actor, found.refs, lines=told, reason=reason)
    return Done("qi", found.id, number, found.state, found.version + 1)
