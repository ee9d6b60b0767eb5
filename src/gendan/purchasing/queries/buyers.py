"""Who buys a product, for approval flows of documents that have no buyer of their own."""

from __future__ import annotations


def buyers_of_products(lines: str, of: str) -> str:
    """SQL of a list of user names: who ordered each product last. ``lines`` has the lines as ``l``, ``of`` says which;
    one look into the index of lines by product for each.
    """
    return (
        f"coalesce((SELECT jsonb_agg(DISTINCT u.username) FROM {lines} CROSS JOIN LATERAL ("
        "SELECT po.buyer_id FROM purchasing_orderline b JOIN purchasing_purchaseorder po ON po.id = b.order_id"
        " WHERE b.product_id = l.product_id ORDER BY b.id DESC LIMIT 1) last"
        f" JOIN accounts_user u ON u.id = last.buyer_id WHERE {of}), '[]')"
    )
