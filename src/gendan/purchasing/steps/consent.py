"""A change order waits for the supplier's consent: who was sent the order by mail is asked by mail."""

from __future__ import annotations

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.sealed import unseal
from gendan.kernel.unit import step
from gendan.notices.partners import Letter, write_to
from gendan.purchasing.outward import letter_values
from gendan.purchasing.queries.supplier_address import OpenLink

_LINKS = """
SELECT k.id, k.sealed, k.email, k.recipient, k.language
FROM purchasing_sending x JOIN purchasing_supplierlink k ON k.id = x.link_id
WHERE x.order_id = %s::bigint AND k.email <> '' AND k.revoked_at IS NULL AND k.expires_at > now() ORDER BY x.id
"""


@step
def ask(actor: Actor, order: Subject, partner_id: int, change: str, key: str) -> None:
    """Write to everybody whose link opens the order, each under the link's own address; once for each ``key``."""
    for n, (id_, sealed, email, recipient, language) in enumerate(db.rows(_LINKS, [order.id])):
        link = OpenLink(id_, unseal(sealed).get("token", ""))
        if not link.token:
            continue
        values = letter_values(actor.company_id, order.id, "", link.order(order.number))
        letter = Letter(
            "change_asked",
            f"{key}:{id_}" if n else key,
            partner_id,
            email,
            recipient,
            language,
            order,
            {**values, "change": change},
        )
        write_to(actor.company_id, letter)
