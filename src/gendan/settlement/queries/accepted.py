"""What may be invoiced of an order line: what was accepted, without what of that went back."""

from __future__ import annotations

ACCEPTED = """({0}.accepted - CASE WHEN {0}.returned > 0 THEN coalesce((SELECT sum(back.accepted_returned)
 FROM purchasing_receiptline back WHERE back.order_line_id = {0}.id), 0) ELSE 0 END)"""
