"""Tallies agree with the receipts that they became."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.kernel.verify import sql_check

sql_check(
    "handheld.tallies",
    _("手持端清点的数量等于它的入库单"),
    """
WITH tally AS (SELECT t.id, t.company_id, t.receipt FROM handheld_tally t WHERE t.state = 'booked'
 AND (%(company)s::bigint IS NULL OR t.company_id = %(company)s::bigint)),
counted AS (SELECT t.id, t.receipt, x.order_line_id AS line, sum(x.quantity) AS quantity FROM tally t
 JOIN handheld_tallyscan x ON x.tally_id = t.id AND NOT x.undone GROUP BY t.id, t.receipt, x.order_line_id),
booked AS (SELECT t.id, t.receipt, rl.order_line_id AS line, sum(rl.quantity) AS quantity FROM tally t
 JOIN purchasing_goodsreceipt r ON r.company_id = t.company_id AND r.number = t.receipt
 JOIN purchasing_receiptline rl ON rl.receipt_id = r.id GROUP BY t.id, t.receipt, rl.order_line_id)
SELECT concat_ws(' ', coalesce(c.receipt, b.receipt), coalesce(c.line, b.line)), c.quantity::text, b.quantity::text
FROM counted c FULL JOIN booked b ON b.id = c.id AND b.line = c.line
WHERE c.quantity IS DISTINCT FROM b.quantity ORDER BY 1
""",
)
