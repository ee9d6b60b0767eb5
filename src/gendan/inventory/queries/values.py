"""What goods are worth: contexts above know what was paid for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from gendan.catalog.queries.lists import VIEW_PRICE
from gendan.kernel import db
from gendan.kernel.actor import Actor

# (actor, product ids) -> what one stock unit is worth in the company's currency; nothing for who may not see prices.
WorthProvider = Callable[[Actor, Sequence[int]], dict[int, Decimal]]
WORTH: list[WorthProvider] = []


def unit_worth(actor: Actor, product_ids: Sequence[int]) -> dict[int, Decimal]:
    """What one stock unit of each product is worth by the first provider that knows; a statement per provider."""
    found: dict[int, Decimal] = {}
    for provide in WORTH:
        if missing := [product for product in product_ids if product not in found]:
            found.update(provide(actor, missing))
    return found


def worth_now(actor: Actor, product_ids: Sequence[int]) -> dict[int, Decimal]:
    """What is written down at posting, also by who may not see prices: it is shown only to those who may."""
    return unit_worth(replace(actor, permissions=actor.permissions | {VIEW_PRICE}), product_ids)


def company_currency(actor: Actor) -> str:
    """The currency that worth is in."""
    row = db.row("SELECT currency FROM accounts_company WHERE id = %s", [actor.company_id])
    return str(row[0]) if row else ""
