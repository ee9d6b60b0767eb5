"""Reading stock."""

from gendan.inventory.queries.counting import counting, scanned
from gendan.inventory.queries.documents import document, documents, open_counts
from gendan.inventory.queries.incoming import INCOMING, Expected, Incoming, incoming, incoming_by_warehouse
from gendan.inventory.queries.moves import every_move, moves
from gendan.inventory.queries.product import product_stock
from gendan.inventory.queries.stock import VIEW, below_safety, every, stock, stock_as_of
from gendan.inventory.queries.values import WORTH, company_currency, unit_worth

__all__ = [
    "INCOMING",
    "VIEW",
    "WORTH",
    "Expected",
    "Incoming",
    "below_safety",
    "company_currency",
    "counting",
    "document",
    "documents",
    "every",
    "every_move",
    "incoming",
    "incoming_by_warehouse",
    "moves",
    "open_counts",
    "product_stock",
    "scanned",
    "stock",
    "stock_as_of",
    "unit_worth",
]
