"""What a finder is, and pieces of SQL that several use."""

from __future__ import annotations

from dataclasses import dataclass

# What a finder answers, in this order. ``key``: what makes a case the same one; ``kind``, ``id``, ``number``: its
# document; ``person``: buyer or seller; ``cause``: what makes cases one group; ``facts``: the evidence, as JSON.
COLUMNS = (
    "key", "kind", "id", "number", "line_id", "line_no", "partner_id", "product_id", "warehouse_id", "person_id",
    "due_on", "days", "amount", "customers", "cause", "facts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finder:
    """``sql`` answers COLUMNS; ``only`` is the condition that narrows it to some documents, and ``kin`` the one that
    narrows what these are compared with ({kin} in ``sql``).
    """

    sql: str
    only: str
    kin: str = ""

    def whole(self) -> str:
        """The look at everything that is open."""
        return self.sql.replace("{only}", "").replace("{kin}", "")

    def narrow(self) -> str:
        """The look at ``documents`` alone."""
        return self.sql.replace("{only}", f" AND {self.only}").replace("{kin}", self.kin and f" AND {self.kin}")


def by_number(alias: str) -> str:
    """The condition that a document is one of those asked for."""
    return f"{alias}.number = ANY(%(documents)s::text[])"


ORDER = by_number("o")
PRODUCT = "p.code = ANY(%(documents)s::text[])"
# An open line's order is open, too: said with it, the planner finds the order among the open ones, however many closed
# ones there are.
# The customers whose orders wait for a purchase line ``l``.
WAITING = """CASE WHEN l.pegged > 0 THEN (SELECT count(DISTINCT ws.customer_id) FROM sales_peg wg
 JOIN sales_salesline ws ON ws.id = wg.line_id WHERE wg.purchase_line_id = l.id)::int ELSE 0 END"""
# What is missing of a purchase line ``l`` of the order ``o``, in its unit and in money without tax.
MISSING = "greatest(l.quantity - l.cancelled - l.received, 0)"
WORTH = f"round(l.net / l.quantity * {MISSING} * o.rate, 4)"
