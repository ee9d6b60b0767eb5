"""A supplier says how far the production of lines is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import attachments, db
from gendan.kernel.actor import Actor
from gendan.kernel.attachments import Content
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.portal.errors import NothingSaid
from gendan.purchasing.errors import UnknownLine

LABEL = _("供应商报生产进度")
_LINES = """
SELECT o.id, p.code, l.line_no, l.id FROM purchasing_purchaseorder o JOIN catalog_partner p ON p.id = o.supplier_id
JOIN purchasing_orderline l ON l.order_id = o.id AND l.live WHERE o.company_id = %s::bigint AND o.number = %s::text
"""
_WRITE = """
INSERT INTO portal_progress (company_id, order_id, line_id, percent, step, note, name)
SELECT %(company)s::bigint, %(order)s::bigint, t.line, t.percent, t.step, t.note, %(name)s::text
FROM unnest(%(lines)s::bigint[], %(percents)s::smallint[], %(steps)s::text[], %(notes)s::text[])
 AS t(line, percent, step, note)
"""


@dataclass(frozen=True, slots=True)
class ProgressIn:
    """How far a line is: in percent, or by the name of a step, or both."""

    line: int
    percent: int | None = None
    step: str = ""
    note: str = ""


@command("portal.report_progress", LABEL)
def report_progress(*, actor: Actor, number: str, lines: Sequence[ProgressIn], files: Sequence[Content] = ()) -> Done:
    """Write down how far lines of an order are; photos go to the order. What was said before is kept.

    Errors: NotFound, NothingSaid, UnknownLine, Invalid.
    """
    if not lines:
        raise NothingSaid()
    found = db.rows(_LINES, [actor.company_id, number])
    if not found:
        raise NotFound(what=number)
    known = {row[2]: row[3] for row in found}
    problems = {}
    for n, line in enumerate(lines):
        if line.line not in known:
            raise UnknownLine(number=number, line=line.line)
        if line.percent is not None and not 0 <= line.percent <= 100:
            problems[f"lines.{n}.percent"] = _now("进度是 0–100。")
        elif line.percent is None and not line.step.strip():
            problems[f"lines.{n}.percent"] = _now("请填写百分比或工序。")
    if problems:
        raise Invalid(problems)
    order = Subject("po", found[0][0], number)
    params = {
        "company": actor.company_id,
        "order": order.id,
        "name": actor.name[:120],
        "lines": db.array(known[line.line] for line in lines),
        "percents": db.array(line.percent for line in lines),
        "steps": [line.step.strip()[:80] for line in lines],
        "notes": [line.note.strip()[:300] for line in lines],
    }
    db.later(_WRITE, params)
    attachments.attach(actor, [(order, content) for content in files])
    parts = [" ".join(filter(None, [f"#{line.line}", _percent(line), line.step.strip()])) for line in lines[:5]]
    record("portal.progress_reported", order, actor, (f"partner:{found[0][1]}",), reason="；".join(parts)[:300])
    return Done("po", order.id, number, data={"lines": len(lines), "files": len(files)})


def _percent(line: ProgressIn) -> str:
    return "" if line.percent is None else f"{line.percent}%"
