"""What may be invoiced of an order line: what was accepted, without what of that went back, at the price that holds for
it: what was accepted at a lower price lowers that of all that was accepted with it.
"""

from __future__ import annotations

ACCEPTED = """({0}.accepted - CASE WHEN {0}.returned > 0 THEN coalesce((SELECT sum(back.accepted_returned)
 FROM purchasing_receiptline back WHERE back.order_line_id = {0}.id), 0) ELSE 0 END)"""

# By how much a unit is cheaper than ordered, tax and all: of a receipt's line, and of all that came on an order's line.
REDUCED = """coalesce((SELECT sum(less.amount) FROM purchasing_rejectaction less
 WHERE less.receipt_line_id = {0}.id AND less.kind = 'reduce') / nullif({0}.accepted, 0), 0)"""
REDUCED_OF_ORDER = """coalesce((SELECT sum(less.amount) FROM purchasing_receiptline cheap
 JOIN purchasing_rejectaction less ON less.receipt_line_id = cheap.id AND less.kind = 'reduce'
 WHERE cheap.order_line_id = {0}.id) / nullif({0}.accepted, 0), 0)"""
