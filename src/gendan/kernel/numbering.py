"""Document numbers from PostgreSQL sequences: unique per company and kind, without making writers wait for each other.

A rolled-back transaction leaves a gap; numbers are for finding, not for counting.
"""

from __future__ import annotations

from gendan.kernel import db
from gendan.kernel.models import Sequence

WIDTH = 6


def sequence_name(company_id: int, prefix: str) -> str:
    """The sequence behind a prefix, e.g. ``number_7_po`` for company 7 and PO."""
    return f"number_{company_id}_{prefix.lower()}"


def ensure_sequences(company_id: int, prefixes: list[str]) -> None:
    """Create the sequences of a company that do not exist yet."""
    for prefix in prefixes:
        db.execute(f'CREATE SEQUENCE IF NOT EXISTS "{sequence_name(company_id, prefix)}" CACHE 1')
        Sequence.objects.get_or_create(company_id=company_id, prefix=prefix)


def next_number(company_id: int, prefix: str) -> str:
    """The next number, e.g. ``PO-000123``."""
    return next_numbers(company_id, prefix, 1)[0]


def next_numbers(company_id: int, prefix: str, count: int) -> list[str]:
    """Several numbers in one statement."""
    return [f"{prefix}-{value:0{WIDTH}d}" for value in next_values(company_id, prefix, count)]


def next_values(company_id: int, prefix: str, count: int) -> list[int]:
    """Several values of the sequence behind a prefix, for who shows them in another way."""
    found = db.rows(
        "SELECT nextval(%s::regclass) FROM generate_series(1, %s::int)", [sequence_name(company_id, prefix), count]
    )
    return [value for (value,) in found]
