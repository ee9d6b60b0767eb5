"""Stock and the ledger as Excel files, filtered as their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.inventory.labels import MOVE_KINDS, PLACE_KINDS
from gendan.inventory.queries import every, every_move
from gendan.inventory.queries.exports import MOVE_COLUMNS, STOCK_COLUMNS
from gendan.kernel.actor import Actor
from gendan.kernel.exports import Export, register
from gendan.kernel.values import to_date

STOCK, MOVES = "inventory.stock", "inventory.moves"
DAYS = ("since", "until")


def _moves(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    days = {name: to_date(filters[name]) for name in DAYS if filters.get(name)}
    for row in every_move(actor, {k: v for k, v in filters.items() if k not in DAYS} | days):
        row["source_kind"] = str(MOVE_KINDS.get(row["source_kind"], row["source_kind"]))
        for end in ("from", "to"):
            if not row[f"{end}_warehouse"]:
                row[f"{end}_bin"] = str(PLACE_KINDS.get(row[f"{end}_kind"], row[f"{end}_bin"]))
        yield row


register(Export(STOCK, _("库存"), every, lambda actor: STOCK_COLUMNS))
register(Export(MOVES, _("库存流水"), _moves, lambda actor: MOVE_COLUMNS))
