"""Inspections and corrective actions by their numbers, for the search of everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.quality.permissions import VIEW


def documents_by_number(actor: Actor, numbers: Sequence[str]) -> list[dict[str, Any]]:
    """Inspections and corrective actions with exactly these numbers; one statement."""
    actor.must(VIEW)
    qi, car = (scope.also(actor, kind, "o") for kind in ("qi", "car"))
    return db.dicts(
        "SELECT 'qi' AS kind, o.number, o.state, s.name AS partner FROM quality_inspection o"
        " JOIN catalog_partner s ON s.id = o.supplier_id"
        f" WHERE o.company_id = %(company)s AND o.number = ANY(%(numbers)s){qi}"
        " UNION ALL SELECT 'car', o.number, o.state, s.name FROM quality_correctiveaction o"
        " JOIN catalog_partner s ON s.id = o.supplier_id"
        f" WHERE o.company_id = %(company)s AND o.number = ANY(%(numbers)s){car}",
        {"company": actor.company_id, "numbers": list(numbers)},
    )
