"""«Why is this not reserved?» of each line of an order, in words, with the documents behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from gendan.catalog.queries import figure
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.sales.permissions import VIEW
from gendan.sales.queries.atp import FREE_INCOMING

ZERO = Decimal(0)
HOLDERS = 3  # orders named that hold the stock, warehouses that have some; how many more there are is said


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence; ``links`` are (number, address) of the documents in it. ``kind``: review, settings, stock, way,
    asked, held, free, check, elsewhere, incoming, none.
    """

    kind: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


_LINES = """
SELECT l.id, l.line_no, l.product_id, l.warehouse_id, u.name, l.live, o.state,
 (l.quantity - l.cancelled - l.shipped) * l.factor AS needed, l.reserved, l.pegged, l.requested,
 coalesce(s.reserve_on_review, true), coalesce(s.peg_incoming, true)
FROM sales_salesorder o JOIN sales_salesline l ON l.order_id = o.id JOIN catalog_product p ON p.id = l.product_id
JOIN catalog_unit u ON u.id = p.unit_id LEFT JOIN sales_salessettings s ON s.company_id = o.company_id
WHERE o.company_id = %s::bigint AND o.number = %s::text ORDER BY l.line_no
"""
_OWN = """
SELECT p.line_id, CASE WHEN p.purchase_line_id IS NOT NULL THEN 'way' ELSE 'asked' END, p.quantity,
 coalesce(po.number, r.number), coalesce(pl.expected_on, pl.due_on)
FROM sales_peg p
LEFT JOIN purchasing_orderline pl ON pl.id = p.purchase_line_id
LEFT JOIN purchasing_purchaseorder po ON po.id = pl.order_id
LEFT JOIN purchasing_requisitionline rl ON rl.id = p.requisition_line_id
LEFT JOIN purchasing_requisition r ON r.id = rl.requisition_id
WHERE p.line_id = ANY(%(lines)s::bigint[]) AND p.balance_id IS NULL ORDER BY 5 NULLS LAST, p.id
"""
_STOCK = """
SELECT b.product_id, w.id, w.code, l.kind, sum(b.on_hand), sum(b.reserved), bool_and(l.is_active)
FROM inventory_balance b JOIN catalog_location l ON l.id = b.location_id
JOIN catalog_warehouse w ON w.id = l.warehouse_id
WHERE b.company_id = %(company)s::bigint AND b.product_id = ANY(%(products)s::bigint[]) AND b.on_hand > 0
 AND l.kind IN ('bin', 'inspection', 'rejected') GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC
"""
_HOLDERS = f"""
SELECT product_id, number, name, quantity, others FROM (
 SELECT l.product_id, o.number, c.name, sum(p.quantity) AS quantity,
  count(*) OVER (PARTITION BY l.product_id) AS others,
  row_number() OVER (PARTITION BY l.product_id ORDER BY sum(p.quantity) DESC, o.number) AS place
 FROM sales_salesline l JOIN sales_peg p ON p.line_id = l.id AND p.balance_id IS NOT NULL
 JOIN sales_salesorder o ON o.id = l.order_id JOIN catalog_partner c ON c.id = o.customer_id
 WHERE l.company_id = %(company)s::bigint AND l.is_open AND l.product_id = ANY(%(products)s::bigint[])
  AND l.warehouse_id = %(warehouse)s::bigint AND l.reserved > 0 AND o.number <> %(number)s::text
 GROUP BY 1, 2, 3) h WHERE place <= {HOLDERS} ORDER BY product_id, place
"""
_COMING = f"""
SELECT pl.product_id, po.number, coalesce(pl.expected_on, pl.due_on), {FREE_INCOMING} FROM purchasing_orderline pl
JOIN purchasing_purchaseorder po ON po.id = pl.order_id
WHERE pl.company_id = %(company)s::bigint AND pl.product_id = ANY(%(products)s::bigint[]) AND pl.is_open
 AND pl.warehouse_id = %(warehouse)s::bigint AND {FREE_INCOMING} > 0 ORDER BY 3 NULLS LAST, pl.id
"""


@dataclass(frozen=True, slots=True)
class _Line:
    id: int
    line_no: int
    product_id: int
    warehouse_id: int
    unit: str
    live: bool
    state: str
    needed: Decimal
    reserved: Decimal
    pegged: Decimal
    requested: Decimal
    reserves: bool
    takes_incoming: bool

    @property
    def uncovered(self) -> Decimal:
        return self.needed - self.reserved - self.pegged - self.requested


def why_not_reserved(actor: Actor, number: str) -> dict[int, list[Reason]]:
    """By line number, for lines of which something has no stock set aside yet; one statement when there is none, else
    five in two exchanges. Errors: NotFound.
    """
    lines = [_Line(*row) for row in db.rows(_LINES, [actor.company_id, number])]
    if not lines:
        raise NotFound(what=number)
    asking = [line for line in lines if line.needed > line.reserved and line.state not in {"cancelled", "completed"}]
    if not asking:
        return {}
    params = {
        "company": actor.company_id,
        "number": number,
        "warehouse": asking[0].warehouse_id,
        "lines": [line.id for line in asking],
        "products": sorted({line.product_id for line in asking}),
    }
    own, stock, holders, coming = db.batch([(sql, params) for sql in (_OWN, _STOCK, _HOLDERS, _COMING)])
    found = _Found(actor, _by_first(own), _by_first(stock), _by_first(holders), _by_first(coming))
    return {line.line_no: found.reasons(line) for line in asking}


def _by_first(rows: Iterable[db.Row]) -> dict[int, list[tuple[Any, ...]]]:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known around an order's lines."""

    actor: Actor
    own: dict[int, list[tuple[Any, ...]]]
    stock: dict[int, list[tuple[Any, ...]]]
    holders: dict[int, list[tuple[Any, ...]]]
    coming: dict[int, list[tuple[Any, ...]]]

    def reasons(self, line: _Line) -> list[Reason]:
        """Why, the most useful first."""
        if not line.live:
            return [_review(line)]
        told = [*self._tied(line)]
        if line.uncovered <= 0:
            return told
        here = [row for row in self.stock[line.product_id] if row[0] == line.warehouse_id]
        told += self._here(line, here)
        told += self._elsewhere(line)
        told += self._incoming(line)
        if not any(reason.kind in {"free", "held", "check", "elsewhere", "incoming"} for reason in told):
            told.append(Reason("none", _("没有库存，也没有在途；可以转成采购申请。")))
        return told

    def _tied(self, line: _Line) -> Iterable[Reason]:
        for kind, quantity, number, day in self.own[line.id]:
            told = {"amount": figure(quantity, line.unit), "number": number, "day": day or _("日期未定")}
            may = self._may("purchasing.view")
            if kind == "way":
                text = _("%(amount)s 等 %(number)s 到货（%(day)s）") % told
                yield Reason("way", text, _link(may, "purchasing:order_detail", number))
            else:
                text = _("%(amount)s 已申请采购：%(number)s") % told
                yield Reason(
                    "asked", text, _link(self._may("purchasing.view"), "purchasing:requisition_detail", number)
                )

    def _here(self, line: _Line, here: list[tuple[Any, ...]]) -> Iterable[Reason]:
        free = sum((on_hand - reserved for _w, _c, kind, on_hand, reserved, _a in here if kind == "bin"), ZERO)
        held = sum((reserved for _w, _c, kind, _on_hand, reserved, _a in here if kind == "bin"), ZERO)
        if free > 0:
            told = {"amount": figure(free, line.unit)}
            text = (
                _("仓库有 %(amount)s 可用，还没有锁定：点「锁定库存」。")
                if line.reserves
                else (_("仓库有 %(amount)s 可用；公司设置为审核后不自动锁定：点「锁定库存」。"))
            )
            yield Reason("free", text % told)
        elif held - line.reserved > 0:
            names = self.holders[line.product_id]
            text = _("仓库的 %(amount)s 都已锁定给其他订单") % {"amount": figure(held - line.reserved, line.unit)}
            links: list[tuple[str, str]] = []
            for number, _customer, _quantity, _count in names:
                links += _link(self._may(VIEW), "sales:order_detail", number)
            more = names[0][3] - len(names) if names else 0
            if names:
                listed = _("、").join(f"{n} {customer} {figure(q, line.unit)}" for n, customer, q, _c in names)
                text = _("%(text)s：%(listed)s") % {"text": text, "listed": listed}
            if more > 0:
                text = _("%(text)s，另有 %(count)s 张订单") % {"text": text, "count": more}
            yield Reason("held", text, tuple(links))
        said = {
            "inspection": _("待检区有 %(amount)s，检验合格后可用"),
            "rejected": _("不良品区有 %(amount)s，不能发货"),
        }
        for kind, say in said.items():
            amount = sum((row[3] for row in here if row[2] == kind), ZERO)
            if amount > 0:
                yield Reason("check", say % {"amount": figure(amount, line.unit)})

    def _elsewhere(self, line: _Line) -> Iterable[Reason]:
        others = [
            (on_hand - reserved, code)
            for warehouse, code, kind, on_hand, reserved, _active in self.stock[line.product_id]
            if warehouse != line.warehouse_id and kind == "bin" and on_hand > reserved
        ]
        most = sorted(others, key=lambda other: (-other[0], other[1]))
        for free, code in most[:HOLDERS]:
            told = {"warehouse": code, "amount": figure(free, line.unit)}
            yield Reason("elsewhere", _("仓库 %(warehouse)s 有 %(amount)s 可调拨") % told)
        if more := len(most) - HOLDERS if len(most) > HOLDERS else 0:
            rest = {"count": more, "amount": figure(sum((free for free, _code in most[HOLDERS:]), ZERO), line.unit)}
            yield Reason("elsewhere", _("… 另有 %(count)s 个仓库共 %(amount)s") % rest)

    def _incoming(self, line: _Line) -> Iterable[Reason]:
        for number, day, free in self.coming[line.product_id][:2]:
            told = {"number": number, "day": day or _("日期未定"), "amount": figure(free, line.unit)}
            text = _("%(number)s 有 %(amount)s 在途（%(day)s），还没有锁定给这一行") % told
            if not line.takes_incoming:
                text = _("%(text)s：公司设置为不锁定在途采购") % {"text": text}
            yield Reason("incoming", text, _link(self._may("purchasing.view"), "purchasing:order_detail", number))

    def _may(self, permission: str) -> bool:
        return self.actor.may(permission)


def _review(line: _Line) -> Reason:
    words: dict[str, Callable[[], str]] = {
        "draft": lambda: _("还是草稿：提交并通过审核后才锁定库存。"),
        "pending_review": lambda: _("等待审核：通过后才锁定库存。"),
        "rejected": lambda: _("审核被驳回：修改并重新提交后才锁定库存。"),
    }
    return Reason("review", words.get(line.state, lambda: _("订单未审核。"))())


def _link(may: bool, page: str, number: str) -> tuple[tuple[str, str], ...]:
    if not may:
        return ()
    try:
        return ((number, reverse(page, args=[number])),)
    except NoReverseMatch:
        return ()
