"""What the customer gets for goods that came back: a replacement, a credit, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.sales.commands.create import place
from gendan.sales.errors import CreditTooHigh
from gendan.sales.queries.orders import VIEW_PRICE
from gendan.sales.rules.lines import LineIn
from gendan.sales.rules.returned import ZERO, shared, worth
from gendan.sales.steps import goods_back
from gendan.sales.steps import returned as steps
from gendan.sales.steps.returned import LockedLine, LockedReturn

SETTLE = _("了结退货")
CREATE_ORDER = "sales.create_order"


@command("sales.settle_return", SETTLE)
def settle_return(
    *,
    actor: Actor,
    number: str,
    settlement: str,
    credit: Decimal | None = None,
    free: bool = True,
    submit: bool = False,
    note: str = "",
    version: int | None = None,
) -> Done:
    """Say what the customer gets: ``replace`` makes a new order of what came back (``free``: at price 0, else at the
    price of the order; a draft unless ``submit``), ``credit`` an amount up to what it cost (which needs the right to
    see prices; it is not owed any more), ``none`` nothing.

    Errors: NotFound, Stale, WrongState, CreditTooHigh, Forbidden, Invalid, and those of create_order.
    """
    found, lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"received"}), SETTLE)
    amount, order, told = None, None, {}
    if settlement == "replace":
        actor.must(CREATE_ORDER)
        order = _replacement(actor, found, lines, free, submit)
        told = {"replacement": order.number}
    elif settlement == "credit":
        actor.must(VIEW_PRICE)
        amount = _credit(found, lines, credit)
        goods_back.give_credit(shared(amount, _worths(found, lines), lines[0].minor_units))
    elif settlement != "none":
        raise Invalid({"settlement": _now("处理方式可以是：%(choices)s。") % {"choices": "replace、credit、none"}})
    goods_back.settle(found, settlement, amount, order.id if order else None, note.strip()[:300])
    refs = [*found.refs, *([f"so:{order.number}"] if order else [])]
    # the amount stands among the changes, which timelines show only to who may see prices
    changes: dict[str, Any] = {"settlement": ["none", settlement]}
    if amount is not None:
        changes["credit"] = [None, str(amount)]
    record("sales.return_settled", found.subject, actor, refs, changes=changes, reason=note, **told)
    return Done("rma", found.id, number, "settled", found.version + 1, told)


def _credit(found: LockedReturn, lines: Sequence[LockedLine], asked: Decimal | None) -> Decimal:
    """The amount, not above what the goods that came back cost the customer."""
    most = sum(_worths(found, lines).values(), ZERO)
    places = lines[0].minor_units
    if asked is None or not asked.is_finite() or asked <= 0 or asked != round(asked, places):
        raise Invalid({"credit": _now("退款金额应大于 0，最多 %(places)s 位小数。") % {"places": places}})
    if asked > most:
        raise CreditTooHigh(number=found.number, worth=most, currency=found.orders[0].currency)
    return asked


def _worths(found: LockedReturn, lines: Sequence[LockedLine]) -> dict[int, Decimal]:
    """What the goods that came back cost the customer, by order."""
    ids = {order.number: order.id for order in found.orders}
    worths = dict.fromkeys(ids.values(), ZERO)
    for row in lines:
        worths[ids[row.order]] += worth(row.received, row.ordered, row.gross, row.minor_units)
    return worths


_HEADER = """
SELECT p.code, w.code, o.currency, o.tax_included,
 coalesce((SELECT a.code FROM catalog_partneraddress a WHERE a.partner_id = o.customer_id AND a.is_active
  AND a.code = o.ship_to_code), '')
FROM sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id JOIN catalog_warehouse w ON w.id = o.warehouse_id
WHERE o.id = %s::bigint
"""


def _replacement(actor: Actor, found: LockedReturn, lines: Sequence[LockedLine], free: bool, submit: bool) -> Done:
    """A new order for what came back, to the address of the first order."""
    header = db.row(_HEADER, [found.orders[0].id])
    assert header is not None
    customer, warehouse, currency, tax_included, ship_to = header
    wanted = [
        LineIn(
            product=row.product,
            quantity=row.received,
            unit=row.unit,
            unit_price=ZERO if free else row.unit_price,
            discount=ZERO if free else row.discount,
            tax=row.tax,
            note=_now("换货 %(number)s") % {"number": found.number},
        )
        for row in lines
        if row.received > 0
    ]
    note = _now("换货 %(number)s") % {"number": found.number}
    return place(
        actor,
        customer,
        warehouse,
        wanted,
        currency=currency,
        ship_to=ship_to,
        tax_included=tax_included,
        note=note,
        submit=submit,
    )
