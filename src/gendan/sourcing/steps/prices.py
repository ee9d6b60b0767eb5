"""Awards become rows of the price list, where the company wishes it."""

from __future__ import annotations

from collections.abc import Sequence

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.unit import step

# Each break of an awarded answer, from today to the end of its validity. What stood there for the same beginning is
# replaced.
_FEED = """
INSERT INTO catalog_supplierprice AS s (company_id, partner_id, product_id, unit_id, currency, from_quantity, price,
 supplier_code, lead_time_days, minimum_quantity, pack_quantity, valid_from, valid_to, version)
SELECT DISTINCT ON (i.partner_id, l.product_id, l.unit_id, an.currency, p.from_quantity) %(company)s::bigint,
 i.partner_id, l.product_id, l.unit_id, an.currency, p.from_quantity, p.price, '', al.delivery_days, al.minimum,
 al.pack, %(today)s::date, CASE WHEN an.valid_to >= %(today)s::date THEN an.valid_to END, 1
FROM sourcing_award a JOIN sourcing_inquiryline l ON l.id = a.line_id
JOIN sourcing_invitation i ON i.id = a.invitation_id JOIN sourcing_answerline al ON al.id = a.answer_line_id
JOIN sourcing_answer an ON an.id = al.answer_id JOIN sourcing_answerprice p ON p.answer_line_id = al.id
WHERE a.id = ANY(%(awards)s::bigint[])
ORDER BY i.partner_id, l.product_id, l.unit_id, an.currency, p.from_quantity, a.id DESC
ON CONFLICT (partner_id, product_id, unit_id, currency, from_quantity, valid_from) DO UPDATE
SET price = excluded.price, lead_time_days = excluded.lead_time_days, minimum_quantity = excluded.minimum_quantity,
 pack_quantity = excluded.pack_quantity, valid_to = excluded.valid_to, version = s.version + 1, updated_at = now()
"""


@step
def feed(actor: Actor, awards: Sequence[int]) -> None:
    """Write the prices behind awards into the suppliers' price list."""
    if awards:
        db.later(_FEED, {"company": actor.company_id, "today": actor.today(), "awards": db.array(awards)})
