"""What the supplier was urged for, as its pages show it: lines without prices, what was answered, until when."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from gendan.alerts.remedies.urging import answers_of, lines_of_urge, lines_of_urges, see
from gendan.kernel import db
from gendan.kernel.errors import NotFound
from gendan.portal.queries.visitors import Visitor

Row = dict[str, Any]
_WHERE = """
FROM alerts_urge g WHERE g.company_id = %(company)s::bigint AND g.partner_id = %(partner)s::bigint
 AND g.expires_at > now() AND (%(link)s::bigint IS NULL OR g.link_id = %(link)s::bigint)
"""
_URGINGS = f"""
SELECT g.id, g.answer_by, g.state, g.cases, g.note, g.answered_at, g.answered_by {_WHERE}
 AND g.state <> 'answered' AND EXISTS (SELECT 1 FROM alerts_remedy r JOIN alerts_case c ON c.id = r.case_id
  WHERE r.urge_id = g.id AND c.is_open) ORDER BY g.answer_by LIMIT 20
"""
_ONE = f"""
SELECT g.id, g.answer_by, g.state, g.cases, g.note, g.answered_at, g.answered_by {_WHERE} AND g.id = %(urge)s::bigint
"""
_LAST = f"SELECT g.id {_WHERE} ORDER BY g.id DESC LIMIT 1"


def urgings_of(visitor: Visitor) -> list[Row]:
    """What the visitor was urged for and has not answered, the next first; one statement."""
    return db.dicts(_URGINGS, visitor.params)


def last_urging(visitor: Visitor) -> int | None:
    """The last urging of the visitor, answered or not; one statement."""
    found = db.row(_LAST, visitor.params)
    return int(found[0]) if found else None


def urging_of(visitor: Visitor, urge_id: int) -> Row:
    """One urging of the visitor. NotFound for any other, and for one that ended."""
    found = db.dicts(_ONE, {**visitor.params, "urge": urge_id})
    if not found:
        raise NotFound(what=_("催货"))
    return found[0]


def urging_page(visitor: Visitor, urge_id: int) -> Row:
    """One urging with its lines and what was said of each. NotFound."""
    urge = urging_of(visitor, urge_id)
    see([urge["id"]])
    lines = lines_of_urge(visitor.company_id, urge_id)
    said = answers_of(visitor.company_id, [urge_id])
    for line in lines:
        line["answered"] = said.get((urge_id, line["order"], line["line"]), {})
    return {
        "urge": urge,
        "waiting": [line for line in lines if line["open"] > 0],
        "come": [line for line in lines if line["open"] <= 0],
    }


def urgings_on(visitor: Visitor, number: str) -> list[Row]:
    """What is urged of one order and not answered yet, each with its open lines; a fixed number of statements."""
    urges = {row["id"]: row for row in urgings_of(visitor)}
    if not urges:
        return []
    lines: dict[int, list[Row]] = defaultdict(list)
    said = answers_of(visitor.company_id, urges)
    for line in lines_of_urges(visitor.company_id, urges):
        if line["order"] == number and line["open"] > 0:
            line["answered"] = said.get((line["urge"], number, line["line"]), {})
            lines[line["urge"]].append(line)
    see(lines)
    return [{**urges[id_], "waiting": found} for id_, found in lines.items()]


def is_urged_for(visitor: Visitor, number: str) -> bool:
    """Whether an urging is about an order, whether or not the visitor may see that; two statements."""
    return any(line["order"] == number for line in lines_of_urges(visitor.company_id, _ids(visitor)))


def _ids(visitor: Visitor) -> list[int]:
    return [row["id"] for row in urgings_of(visitor)]
