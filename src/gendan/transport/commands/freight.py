"""What a shipment's transport costs, shared over its lines to the cent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import decimals_of
from gendan.transport.errors import BillTwice, NoFreight, NothingToShare
from gendan.transport.models import Freight
from gendan.transport.permissions import MONEY
from gendan.transport.rules.sharing import shares
from gendan.transport.steps.booking import hold

SAVE, REMOVE = _("登记运费"), _("删除运费")
MOST = Decimal(10) ** 12
_CURRENCY = """
SELECT c.rate, c.minor_units FROM catalog_currency c WHERE c.company_id = %s::bigint AND c.code = %s::text
"""
_LINES = """
SELECT x.line_no, l.id, l.net / l.quantity * x.quantity * o.rate, x.quantity * l.factor
FROM purchasing_shipmentline x JOIN purchasing_orderline l ON l.id = x.order_line_id
JOIN purchasing_purchaseorder o ON o.id = l.order_id WHERE x.shipment_id = %s::bigint ORDER BY x.line_no
"""
_HELD = "SELECT no, id, version FROM transport_freight WHERE company_id = %s::bigint AND shipment_id = %s::bigint"
_TWICE = """
SELECT s.number FROM transport_freight f JOIN purchasing_shipment s ON s.id = f.shipment_id
WHERE f.company_id = %s::bigint AND upper(f.carrier) = upper(%s::text) AND upper(f.bill_number) = upper(%s::text)
 AND NOT (f.shipment_id = %s::bigint AND f.no = %s::int)
"""
_SAVE = """
INSERT INTO transport_freight AS f (company_id, shipment_id, no, carrier, bill_number, amount, currency, rate, basis,
 version)
VALUES (%(company)s::bigint, %(shipment)s::bigint, %(no)s::int, %(carrier)s::text, %(bill_number)s::text,
 %(amount)s::numeric, %(currency)s::text, %(rate)s::numeric, %(basis)s::text, 1)
ON CONFLICT (company_id, shipment_id, no) DO UPDATE SET carrier = excluded.carrier, amount = excluded.amount,
 bill_number = excluded.bill_number, currency = excluded.currency, rate = excluded.rate, basis = excluded.basis,
 version = f.version + 1
RETURNING id, version
"""
_SHARE = """
WITH gone AS (DELETE FROM transport_freightshare WHERE freight_id = %(freight)s::bigint
 AND line_no <> ALL(%(lines)s::int[]))
INSERT INTO transport_freightshare (company_id, freight_id, line_no, order_line_id, weight, amount)
SELECT %(company)s::bigint, %(freight)s::bigint, t.line_no, t.order_line, t.weight, t.amount
FROM unnest(%(lines)s::int[], %(order_lines)s::bigint[], %(weights)s::numeric[], %(amounts)s::numeric[])
 AS t(line_no, order_line, weight, amount)
ON CONFLICT (freight_id, line_no) DO UPDATE SET order_line_id = excluded.order_line_id, weight = excluded.weight,
 amount = excluded.amount
"""


@command("transport.save_freight", SAVE)
def save_freight(
    *,
    actor: Actor,
    number: str,
    amount: Decimal,
    currency: str,
    basis: str = "value",
    carrier: str = "",
    bill_number: str = "",
    weights: Mapping[int, Decimal] | None = None,
    no: int | None = None,
    version: int | None = None,
) -> Done:
    """Note what a carrier billed for a shipment (``no``: one that is there), shared over its lines by value, by
    quantity in stock units, or by the ``weights`` of its lines in kg.

    Errors: NotFound, NoFreight, Stale, Invalid (by field), BillTwice, NothingToShare.
    """
    actor.must(MONEY)
    held = hold(actor, number)
    known = {n: seen for n, _id, seen in db.rows(_HELD, [actor.company_id, held.id])}
    if no is not None:
        if no not in known:
            raise NoFreight(number=number, no=no)
        check_version(number, known[no], version)
    money, lines = db.batch([(_CURRENCY, [actor.company_id, currency]), (_LINES, [held.id])])
    given = dict(weights or {}) if basis == "weight" else {}
    problems = _problems(amount, money, basis)
    if basis == "weight":
        problems |= _weight_problems(given, [row[0] for row in lines])
    if problems:
        raise Invalid(problems)
    no = no or max(known, default=0) + 1
    said = {"no": no, "carrier": carrier.strip()[:80], "bill_number": bill_number.strip()[:80]}
    _check_once(actor, held.id, said)
    by = [given[row[0]] if basis == "weight" else row[2 if basis == "value" else 3] for row in lines]
    if not any(by):
        raise NothingToShare(number=number)
    rate, minor_units = money[0]
    parts = shares(amount, by, minor_units)
    money_said = {"amount": amount, "currency": currency, "rate": rate, "basis": basis}
    freight, seen = _write(actor, held.id, {**said, **money_said})
    _share(actor, freight, lines, given, parts)
    record("transport.freight_saved", Subject("asn", held.id, number), actor, no=no, bill_number=said["bill_number"])
    return Done("asn", held.id, number, version=seen, data={"no": no, "shares": [str(part) for part in parts]})


def _check_once(actor: Actor, shipment: int, said: Mapping[str, Any]) -> None:
    carrier, bill = said["carrier"], said["bill_number"]
    if not bill:
        return
    twice = db.row(_TWICE, [actor.company_id, carrier, bill, shipment, said["no"]])
    if twice is not None:
        raise BillTwice(carrier=carrier, bill=bill, number=twice[0])


def _share(
    actor: Actor, freight: int, lines: list[db.Row], weights: Mapping[int, Decimal], parts: list[Decimal]
) -> None:
    db.later(
        _SHARE,
        {
            "company": actor.company_id,
            "freight": freight,
            "lines": db.array(row[0] for row in lines),
            "order_lines": db.array(row[1] for row in lines),
            "weights": db.array(weights.get(row[0]) for row in lines),
            "amounts": db.array(parts),
        },
    )


def _write(actor: Actor, shipment: int, said: Mapping[str, Any]) -> tuple[int, int]:
    saved = db.row(_SAVE, {"company": actor.company_id, "shipment": shipment, **said})
    assert saved is not None
    return saved[0], saved[1]


def _problems(amount: Decimal, money: list[db.Row], basis: str) -> dict[str, str]:
    problems = {}
    if not money:
        problems["currency"] = _now("没有这个币种。")
    if not amount.is_finite() or not 0 < amount <= MOST:
        problems["amount"] = _now("运费应大于 0。")
    elif money and decimals_of(amount) > money[0][1]:
        problems["amount"] = _now("最多 %(n)s 位小数。") % {"n": money[0][1]}
    if basis not in Freight.Basis.values:
        problems["basis"] = _now("请选择分摊方式。")
    return problems


def _weight_problems(given: Mapping[int, Decimal], lines: list[int]) -> dict[str, str]:
    wrong = _now("请填写这一行的重量（公斤，大于 0，最多三位小数）。")
    problems = {
        f"weights.{line}": wrong
        for line in lines
        if not (weight := given.get(line, Decimal(0))).is_finite() or not 0 < weight < 10**9 or decimals_of(weight) > 3
    }
    return problems | {f"weights.{line}": _now("发货单没有这一行。") for line in given if line not in lines}


@command("transport.remove_freight", REMOVE, permission="transport.save_freight")
def remove_freight(*, actor: Actor, number: str, no: int, version: int | None = None) -> Done:
    """Take a freight back that was noted by mistake. Errors: NotFound, NoFreight, Stale."""
    actor.must(MONEY)
    held = hold(actor, number)
    known = {n: (id_, seen) for n, id_, seen in db.rows(_HELD, [actor.company_id, held.id])}
    if no not in known:
        raise NoFreight(number=number, no=no)
    check_version(number, known[no][1], version)
    db.execute("DELETE FROM transport_freightshare WHERE freight_id = %s::bigint", [known[no][0]])
    db.execute("DELETE FROM transport_freight WHERE id = %s::bigint", [known[no][0]])
    record("transport.freight_removed", Subject("asn", held.id, number), actor, no=no)
    return Done("asn", held.id, number, data={"no": no})
