"""In which companies answers to corrective actions are overdue, for the clock."""

from __future__ import annotations

from gendan.kernel import db
from gendan.kernel.actor import Actor

_OVERDUE = """
SELECT DISTINCT c.company_id, a.timezone FROM quality_correctiveaction c JOIN accounts_company a ON a.id = c.company_id
WHERE c.state = 'open' AND c.due_on < current_date
"""


def companies_with_overdue() -> list[Actor]:
    """For each company with an overdue answer, who tells of it."""
    return [
        Actor(company, None, "", frozenset({"quality.create_action"}), via="job", timezone=zone)
        for company, zone in db.rows(_OVERDUE)
    ]
