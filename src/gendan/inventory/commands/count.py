"""Stock-take: make a list, start, review, post."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.db.models.functions import Now
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.catalog.queries import virtual_location
from gendan.flow import steps as flow
from gendan.inventory.errors import CountIncomplete, EmptyDocument, UnknownLine
from gendan.inventory.models import StockCount
from gendan.inventory.queries.values import worth_now
from gendan.inventory.rules import ScopeIn
from gendan.inventory.steps import count as steps
from gendan.inventory.steps.claims import move_claimed
from gendan.inventory.steps.count import Place
from gendan.inventory.steps.ledger import Leg
from gendan.inventory.steps.lookup import find_warehouses
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Entry, record, record_all
from gendan.kernel.unit import Done, command, step

UPDATE, START, FINISH = _("修改盘点单"), _("开始盘点"), _("结束盘点")
RECOUNT, POST = _("重新盘点"), _("盘点过账")
UNCOUNTED = ("refuse", "skip", "zero")
SHOWN = 50
ZERO = Decimal(0)


@command("inventory.create_count", _("新建盘点单"))
def create_count(
    *,
    actor: Actor,
    warehouse: str,
    scope: ScopeIn | None = None,
    blind: bool = True,
    reason: str = "",
    start: bool = False,
) -> Done:
    """Make a count list of what a warehouse has by its books; ``blind`` hides the books from those who count.

    ``start`` begins in the same breath. Errors: Invalid (by field), PlaceInOtherCount.
    """
    return _create(actor, warehouse, scope or ScopeIn(), blind, reason.strip(), start)


@command("inventory.copy_count", _("复制盘点单"), permission="inventory.create_count")
def copy_count(*, actor: Actor, number: str) -> Done:
    """A new draft that counts the same places, by today's books. Errors: NotFound, Invalid (what is gone)."""
    old = StockCount.lock(actor, number)
    row = db.row("SELECT code FROM catalog_warehouse WHERE id = %s", [old.warehouse_id])
    assert row is not None
    return _create(actor, row[0], _scope_of(old), old.blind, old.reason)


@command("inventory.update_count", UPDATE, permission="inventory.create_count")
def update_count(
    *,
    actor: Actor,
    number: str,
    warehouse: str | None = None,
    bins: Sequence[str] | None = None,
    categories: Sequence[str] | None = None,
    products: Sequence[str] | None = None,
    blind: bool | None = None,
    reason: str | None = None,
    version: int | None = None,
) -> Done:
    """Change what a draft counts and how (``None``: as it was); its list is made anew.

    Errors: NotFound, Stale, WrongState, Invalid (by field).
    """
    count = StockCount.lock(actor, number, version)
    count.must_be({"draft"}, UPDATE)
    asked = {"bins": bins, "categories": categories, "products": products}
    scope = replace(_scope_of(count), **{name: tuple(codes) for name, codes in asked.items() if codes is not None})
    place = count.warehouse_id if warehouse is None else find_warehouses(actor, warehouse=warehouse)["warehouse"]
    steps.check_scope(actor, place, scope)
    lines = steps.build_list(actor, count.pk, place, scope, False)
    count.touch(
        warehouse_id=place,
        scope=scope.as_dict(),
        blind=count.blind if blind is None else blind,
        reason=count.reason if reason is None else reason.strip(),
    )
    record("inventory.count_updated", count.subject, actor, lines=lines, blind=count.blind, **scope.as_dict())
    return _done(count, lines=lines)


@command("inventory.start_count", START, permission="inventory.create_count")
def start_count(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Begin: the list is made anew from the books of this moment.

    Errors: NotFound, Stale, WrongState, PlaceInOtherCount.
    """
    count = StockCount.lock(actor, number, version)
    count.must_be({"draft"}, START)
    lines = steps.build_list(actor, count.pk, count.warehouse_id, _scope_of(count), True)
    count.move_to("counting", START, started_at=Now())
    record("inventory.count_started", count.subject, actor, lines=lines)
    return _done(count, lines=lines)


@command("inventory.finish_count", FINISH)
def finish_count(*, actor: Actor, number: str, uncounted: str = "refuse", version: int | None = None) -> Done:
    """Hand the count over for review. Lines that nobody counted: ``refuse``, ``skip`` them, or count them as ``zero``.

    Errors: NotFound, Stale, WrongState, CountIncomplete, Invalid.
    """
    if uncounted not in UNCOUNTED:
        raise Invalid({"uncounted": _now("应为：%(choices)s。") % {"choices": ", ".join(UNCOUNTED)}})
    count = StockCount.lock(actor, number, version)
    count.must_be({"counting"}, FINISH)
    missing = _uncounted(count.pk)
    if missing and uncounted == "refuse":
        raise CountIncomplete(number=number, count=missing)
    if missing and uncounted == "zero":
        steps.count_rest_as_zero(actor, count.pk)
    count.move_to("review", FINISH, finished_at=Now())
    found = steps.differences(count.pk)
    data = {"differences": len(found), "uncounted": missing, "treated": uncounted if missing else ""}
    record("inventory.count_finished", count.subject, actor, _refs(found), **data)
    return _done(count, **data)


@command("inventory.recount", RECOUNT, permission="inventory.finish_count")
def recount(*, actor: Actor, number: str, lines: Sequence[int] | None = None, version: int | None = None) -> Done:
    """Send lines back to be counted again (``None``: every line that differs).

    Errors: NotFound, Stale, WrongState, UnknownLine, EmptyDocument, InApproval.
    """
    count = StockCount.lock(actor, number, version)
    count.must_be({"review"}, RECOUNT)
    flow.free(actor, count.subject)
    if lines is None:
        lines = [row.line_no for row in steps.differences(count.pk)]
    if not lines:
        raise EmptyDocument()
    found = steps.recount(count.pk, lines)
    if unknown := sorted(set(lines) - set(found)):
        raise UnknownLine(number=number, line=unknown[0])
    count.move_to("counting", RECOUNT)
    record("inventory.count_sent_back", count.subject, actor, lines=found[:SHOWN])
    return _done(count, lines=len(found))


@command("inventory.post_count", POST)
def post_count(*, actor: Actor, number: str, version: int | None = None) -> Done:
    """Book the differences (counted − expected when counted), on top of whatever moved since, when no flow has to
    approve them first.

    Errors: NotFound, Stale, WrongState, StockShort, InApproval.
    """
    count = StockCount.lock(actor, number, version)
    count.must_be({"review"}, POST)
    if not flow.lets(actor, count.subject):
        return _done(count, approval="running")
    return post_locked(actor, count)


@step
def post_locked(actor: Actor, count: StockCount) -> Done:
    """Book the differences of a locked count. Errors: WrongState, StockShort."""
    count.must_be({"review"}, POST)
    found = steps.differences(count.pk)
    move_claimed(actor, _legs(found, virtual_location(actor.company_id, "difference")), count.subject)
    steps.settle(count.pk)
    steps.keep_worth(count.pk, worth_now(actor, sorted({row.product_id for row in found})))
    count.move_to("posted", POST, posted_at=Now())
    changes = [
        {"product": r.product, "place": r.place, "change": (r.counted or ZERO) - r.expected} for r in found[:SHOWN]
    ]
    record("inventory.count_posted", count.subject, actor, _refs(found), differences=len(found), lines=changes)
    return _done(count, differences=len(found))


def _create(actor: Actor, warehouse: str, scope: ScopeIn, blind: bool, reason: str, start: bool = False) -> Done:
    warehouse_id = find_warehouses(actor, warehouse=warehouse)["warehouse"]
    steps.check_scope(actor, warehouse_id, scope)
    subject = steps.insert_count(actor, warehouse_id, scope, blind, reason)
    lines = steps.build_list(actor, subject.id, warehouse_id, scope, start)
    happened = ["inventory.count_created"]
    if start:
        db.execute("UPDATE inventory_stockcount SET state = 'counting', started_at = now() WHERE id = %s", [subject.id])
        happened.append("inventory.count_started")
    data = {"lines": lines, "blind": blind, "warehouse": warehouse, **scope.as_dict()}
    record_all(actor, [Entry(type_, subject, (f"warehouse:{warehouse}",), data) for type_ in happened])
    return Done(StockCount.KIND, subject.id, subject.number, "counting" if start else "draft", 1, {"lines": lines})


def _scope_of(count: StockCount) -> ScopeIn:
    return ScopeIn(**{name: tuple(codes) for name, codes in count.scope.items()})


def _legs(found: Sequence[Place], outside: int) -> list[Leg]:
    legs = []
    for row in found:
        change = (row.counted or ZERO) - row.expected
        ends = (outside, row.location_id) if change > 0 else (row.location_id, outside)
        legs.append(Leg(row.product_id, *ends, abs(change), row.lot_id, row.id))
    return legs


def _uncounted(count_id: int) -> int:
    row = db.row(
        "SELECT count(*) FROM inventory_stockcountline WHERE count_id = %s AND counted IS NULL",
        [count_id],
    )
    return int(row[0]) if row else 0


def _refs(found: Sequence[Place]) -> tuple[str, ...]:
    return tuple(f"product:{code}" for code in sorted({row.product for row in found})[:SHOWN])


def _done(count: StockCount, **data: object) -> Done:
    return Done(StockCount.KIND, count.pk, count.number, count.state, count.version, data)
