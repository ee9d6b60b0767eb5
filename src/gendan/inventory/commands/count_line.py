"""Counting itself: a scan, a typed figure, an undo."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.catalog.queries import product_by_barcode
from gendan.inventory.errors import CountedBelowZero, EntryGone, NotOnList, UnknownBarcode, UnknownLine, WhichPlace
from gendan.inventory.models import StockCount
from gendan.inventory.steps import count as steps
from gendan.inventory.steps.count import Place
from gendan.inventory.steps.ledger import ensure_lots
from gendan.inventory.steps.lookup import Wanted, find_lines
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, plain
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import LARGEST, decimals_of

COUNT, UNDO = _("盘点录入"), _("撤销盘点录入")
ZERO = Decimal(0)


@command("inventory.count_line", COUNT)
def count_line(
    *,
    actor: Actor,
    number: str,
    quantity: Decimal,
    line: int | None = None,
    product: str = "",
    place: str = "",
    lot: str = "",
    add: bool = False,
    new: bool = False,
) -> Done:
    """Enter what was counted of a line, by its number or by product (code or barcode), place (bin) and lot.

    The quantity is in the stock unit, or in the unit of the barcode. It replaces what was counted before, or is added
    to it with ``add``. ``new`` adds a place or lot that the list does not know. Two people may count at once; the
    count's version stays. Errors: NotFound, WrongState, UnknownLine, UnknownBarcode, NotOnList, WhichPlace,
    CountedBelowZero, PlaceInOtherCount, Invalid.
    """
    count = StockCount.lock(actor, number)
    count.must_be({"counting"}, COUNT)
    found, factor = _place(actor, count, line, product, place, lot, new)
    entered = quantity * factor
    _check(found, entered, add)
    entry, counted = steps.enter(actor, found.id, entered, not add)
    record(
        "inventory.line_counted",
        _subject(count, found),
        actor,
        (count.subject.ref, f"product:{found.product}"),
        line=found.line_no,
        quantity=entered,
        counted=counted,
    )
    return _done(count, found, counted, entry)


@command("inventory.undo_count_entry", UNDO, permission="inventory.count_line")
def undo_count_entry(*, actor: Actor, number: str, entry: int) -> Done:
    """Take an entry back as if it had never been made. Errors: NotFound, WrongState, EntryGone, CountedBelowZero."""
    count = StockCount.lock(actor, number)
    count.must_be({"counting"}, UNDO)
    found = db.row(
        "UPDATE inventory_stockcountentry e SET undone = true FROM inventory_stockcountline x"
        " WHERE e.id = %s AND x.id = e.line_id AND x.count_id = %s AND x.round = e.round AND NOT e.undone"
        " RETURNING x.line_no, e.quantity",
        [entry, count.pk],
    )
    if found is None:
        raise EntryGone()
    place = steps.line_numbered(count.pk, found[0])
    assert place is not None
    counted = steps.refresh(actor, place.id)
    if counted is not None and counted < 0:
        raise CountedBelowZero(product=place.product, counted=place.counted, quantity=found[1])
    record(
        "inventory.count_entry_undone",
        _subject(count, place),
        actor,
        (count.subject.ref, f"product:{place.product}"),
        line=place.line_no,
        entry=entry,
    )
    return _done(count, place, counted, entry)


def _place(
    actor: Actor, count: StockCount, line: int | None, product: str, bin_code: str, lot: str, new: bool
) -> tuple[Place, Decimal]:
    """The line that is meant, and how many stock units one of the entered unit is."""
    if line is not None:
        place = steps.line_numbered(count.pk, line)
        if place is None:
            raise UnknownLine(number=count.number, line=line)
        return place, Decimal(1)
    known = product_by_barcode(actor, product) if product else None
    if known is None:
        raise UnknownBarcode(code=product)
    found = steps.lines_matching(count.pk, known["code"], bin_code, lot)
    if len(found) > 1:
        raise WhichPlace(product=known["code"], count=len(found))
    if found:
        return found[0], known["factor"]
    if not new:
        raise NotOnList(
            number=count.number, product=known["code"], place=" ".join(filter(None, (bin_code, lot))) or "–"
        )
    return _add(actor, count, known["code"], bin_code, lot), known["factor"]


def _add(actor: Actor, count: StockCount, product: str, bin_code: str, lot: str) -> Place:
    wanted = Wanted(product, Decimal(1), lot, bin_code)
    (row,) = find_lines(actor, count.warehouse_id, [wanted], new_lots=True)
    lot_id = row.lot_id or ensure_lots(actor.company_id, [(row.product_id, lot)] if lot else []).get(
        (row.product_id, lot)
    )
    line_no = steps.add_place(count.pk, row.product_id, row.product, lot_id, row.place_id, bin_code)
    place = steps.line_numbered(count.pk, line_no)
    assert place is not None
    return place


def _subject(count: StockCount, place: Place) -> Subject:
    """Entries are events of their line, so that the history of the count stays readable."""
    return Subject("count_line", place.id, f"{count.number}/{place.line_no}")


def _check(place: Place, quantity: Decimal, add: bool) -> None:
    if not quantity.is_finite() or abs(quantity) >= LARGEST or (quantity < 0 and not add):
        raise Invalid({"quantity": _now("数量必须是 0 或正数。")})
    if not place.decimals and decimals_of(quantity):
        raise Invalid({"quantity": _now("该单位的数量只能是整数。")})
    if decimals_of(quantity) > place.decimals:
        raise Invalid({"quantity": _now("该单位最多 %(places)s 位小数。") % {"places": place.decimals}})
    counted = place.counted or ZERO
    if add and counted + quantity < 0:
        raise CountedBelowZero(product=place.product, counted=counted, quantity=-quantity)


def _done(count: StockCount, place: Place, counted: Decimal | None, entry: int) -> Done:
    data = {
        "line": place.line_no,
        "product": place.product,
        "bin": place.place,
        "lot": place.lot,
        "counted": None if counted is None else str(plain(counted)),
        "entry": entry,
    }
    return Done(StockCount.KIND, count.pk, count.number, count.state, count.version, data)
