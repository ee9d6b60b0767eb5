"""«When can it leave?» for products by their codes, in words and in the unit that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from gendan.catalog.queries import figure
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import EmptyDocument
from gendan.purchasing.rules.lines import MAX_LINES
from gendan.sales.queries.atp import Promisable, Unsure, promisable
from gendan.sales.rules.atp import PURCHASE, STOCK, Answer, Part

PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class AskIn:
    """A line as it is asked for; ``product`` and ``unit`` are codes (no unit: the product's own)."""

    product: str
    quantity: Decimal
    unit: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A part of the answer in the asked unit."""

    kind: str
    quantity: Decimal
    on: date | None
    number: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Available:
    """The answer to one line: ``on`` is when all of it can leave (None: nobody knows), ``promise`` the day to promise
    (not before the day that was asked for), ``in_time`` whether that is the asked day, ``by_then`` how much of it can
    leave by then; ``unsure`` is what is on its way and cannot be promised.
    """

    product: str
    product_name: str
    unit: str
    unit_name: str
    quantity: Decimal
    wished: date | None
    on: date | None
    promise: date | None
    in_time: bool
    by_then: Decimal
    from_stock: bool
    text: str
    sources: list[Source] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


_ITEMS = """
SELECT t.n, pr.id, pr.code, pr.name, u.code, u.name, coalesce(pu.factor, 1), u.decimals,
 u.id = pr.unit_id OR pu.id IS NOT NULL
FROM unnest(%(products)s::text[], %(units)s::text[]) WITH ORDINALITY AS t(product, unit, n)
LEFT JOIN catalog_product pr ON pr.company_id = %(company)s::bigint AND pr.code = t.product
LEFT JOIN catalog_unit u ON u.company_id = %(company)s::bigint
 AND CASE WHEN t.unit = '' THEN u.id = pr.unit_id ELSE u.code = t.unit END
LEFT JOIN catalog_productunit pu ON pu.product_id = pr.id AND pu.unit_id = u.id AND u.id <> pr.unit_id
ORDER BY t.n
"""
_WAREHOUSE = "SELECT id FROM catalog_warehouse WHERE company_id = %(company)s::bigint AND code = %(warehouse)s::text"


def available(actor: Actor, warehouse: str, asked: Sequence[AskIn], skip_lines: Sequence[int] = ()) -> list[Available]:
    """When each line can leave the warehouse (a code), served in their order; two exchanges. Errors: Invalid,
    EmptyDocument.
    """
    if not asked:
        raise EmptyDocument()
    if len(asked) > MAX_LINES:
        raise Invalid({"lines": _("一张单据最多 %(count)s 行。") % {"count": MAX_LINES}})
    params = {
        "company": actor.company_id,
        "warehouse": warehouse,
        "products": [each.product for each in asked],
        "units": [each.unit for each in asked],
    }
    places, items = db.batch([(_WAREHOUSE, params), (_ITEMS, params)])
    _check(warehouse, places, asked, items)
    place = places[0][0]
    there = promisable(actor, {(place, item[1]) for item in items}, skip_lines)
    return [_answer(there, place, each, item) for each, item in zip(asked, items, strict=True)]


def _check(warehouse: str, places: list[db.Row], asked: Sequence[AskIn], items: list[db.Row]) -> None:
    problems: dict[str, str] = {}
    if not places:
        problems["warehouse"] = _("仓库 %(code)s 不存在或已停用。") % {"code": warehouse}
    for n, (each, item) in enumerate(zip(asked, items, strict=True)):
        if item[1] is None:
            problems[f"lines.{n}.product"] = _("产品 %(code)s 不存在或已停用。") % {"code": each.product}
        elif not item[8]:
            told = {"product": each.product, "unit": each.unit}
            problems[f"lines.{n}.unit"] = _("产品 %(product)s 没有单位 %(unit)s。") % told
        if problem := quantity_problem(each.quantity, item[7]):
            problems[f"lines.{n}.quantity"] = problem
    if problems:
        raise Invalid(problems)


def _answer(there: Promisable, place: int, asked: AskIn, item: db.Row) -> Available:
    _n, product, code, name, unit, unit_name, factor, _decimals, _fits = item
    answer = there.shelves[place, product].take(asked.quantity * factor)
    wished = asked.on
    promise = answer.on if wished is None or answer.on is None else max(answer.on, wished)
    sources = [_source(part, factor, unit_name, len(answer.parts) > 1) for part in answer.parts]
    return Available(
        code,
        name,
        unit,
        unit_name,
        asked.quantity,
        wished,
        answer.on,
        promise,
        wished is not None and answer.on is not None and answer.on <= wished,
        _shown(answer.by(wished or there.today) / factor),
        answer.from_stock,
        in_words(answer, sources),
        sources,
        [overdue(each, factor, unit_name) for each in there.unsure.get((place, product), [])],
    )


def _source(part: Part, factor: Decimal, unit: str, many: bool) -> Source:
    quantity = _shown(part.quantity / factor)
    text = part_text(part, figure(quantity, unit) if many else "")
    return Source(part.kind, quantity, part.on, part.number, part.line, text)


def _shown(quantity: Decimal) -> Decimal:
    return quantity.quantize(PLACES, ROUND_DOWN)


def part_text(part: Part, amount: str = "") -> str:
    """One part of an answer: «12-12 由 PO-000001 到货可发», with its amount in front where there are several."""
    if part.kind == STOCK:
        text = _("有现货")
    elif part.kind == PURCHASE:
        text = _("%(day)s 由 %(number)s 到货可发") % {"day": part.on, "number": part.number}
    elif part.on is not None:
        text = _("下单后 %(days)s 天，预计 %(day)s") % {"days": part.days, "day": part.on}
    else:
        text = _("没有现货和在途，也没有交货周期资料，日期未知")
    return f"{amount} {text}".strip()


def in_words(answer: Answer, sources: Sequence[Source]) -> str:
    """The whole answer in one sentence."""
    return _("；").join(source.text for source in sources)


def overdue(each: Unsure, factor: Decimal, unit: str) -> str:
    """Something on its way that cannot be promised, in words."""
    told = {"number": each.number, "amount": figure(_shown(each.quantity / factor), unit), "day": each.due_on}
    if each.due_on is None:
        return _("%(number)s 的 %(amount)s 还没有交期，未计入") % told
    return _("%(number)s 的 %(amount)s 原定 %(day)s 到，已逾期，未计入") % told
