"""Facts that documents of every context tell flows in the same words, with the SQL that finds them.

The SQL calls the document ``o``, its lines ``l``, their products ``pr`` and categories ``c``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.flow.subjects import Fact

LINES = {
    "product": Fact(_("产品")),
    "name": Fact(_("产品名称")),
    "specification": Fact(_("规格")),
    "category": Fact(_("分类编码")),
    "category_name": Fact(_("产品分类")),
    "quantity": Fact(_("数量"), "number"),
}
PRICED = {
    **LINES,
    "unit_price": Fact(_("单价"), "number", price=True),
    "amount": Fact(_("金额"), "number", price=True),
}
JOINT = Fact(_("连同可能拆开的单据的金额（本位币）"), "number", price=True)  # see with_parts
PRODUCT = (
    "'product', pr.code, 'name', pr.name, 'specification', pr.specification,"
    " 'category', coalesce(c.code, ''), 'category_name', coalesce(c.name, '')"
)


def user(person: str) -> str:
    """The user name of a person, "" for nobody."""
    return f"coalesce((SELECT u.username FROM accounts_user u WHERE u.id = {person}), '')"


def users(person: str) -> str:
    """The same as a list, empty for nobody."""
    return f"coalesce((SELECT jsonb_agg(u.username) FROM accounts_user u WHERE u.id = {person}), '[]')"


def department(person: str) -> str:
    """The code of a person's department, "" without one."""
    return (
        "coalesce((SELECT d.code FROM accounts_membership m JOIN accounts_department d ON d.id = m.department_id"
        f" WHERE m.company_id = o.company_id AND m.user_id = {person}), '')"
    )


def products(product: str = "l.product_id") -> str:
    """The joins that PRODUCT needs."""
    return f"JOIN catalog_product pr ON pr.id = {product} LEFT JOIN catalog_category c ON c.id = pr.category_id"


def lines(source: str, of: str, *more: str, quantity: str = "l.quantity", product: str = "l.product_id") -> str:
    """The lines of a document as a list: ``source`` has them as ``l``, ``of`` says which, ``more`` are further pairs of
    name and value.
    """
    told = ", ".join([PRODUCT, f"'quantity', {quantity}", *more])
    return (
        f"coalesce((SELECT jsonb_agg(jsonb_build_object({told}) ORDER BY l.line_no)"
        f" FROM {source} {products(product)} WHERE {of}), '[]')"
    )


def split(table: str, partner: str, day: str, ignored: str) -> str:
    """Orders of the same partner and author, within some days before or after (drafts can be submitted in any order):
    perhaps one order that was cut in pieces.
    """
    return f"""
SELECT jsonb_agg(jsonb_build_object('number', s.number, 'amount', round(s.gross * s.rate, 2), 'on', s.{day})
 ORDER BY s.id DESC)
FROM {table} o JOIN {table} s ON s.company_id = o.company_id AND s.{partner} = o.{partner}
 AND s.created_by_id = o.created_by_id AND s.id <> o.id AND s.state NOT IN ({ignored})
 AND s.{day} BETWEEN o.{day} - {{days}} AND o.{day} + {{days}}
WHERE o.id = {{id}} AND {{days}} > 0
"""


def with_parts(facts: Mapping[str, Any], parts: Sequence[Mapping[str, Any]], *, sums: bool) -> dict[str, Any]:
    """The facts of a document with what it may be a part of (``split_sql``), and what all of it comes to (``sums``: of
    kinds that know this fact).
    """
    found = dict(facts)
    if parts:
        found["split_with"] = list(parts)
    if sums and isinstance(own := facts.get("amount"), int | float):
        found["joint_amount"] = round(own + sum(float(part.get("amount") or 0) for part in parts), 2)
    return found
