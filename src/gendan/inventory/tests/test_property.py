"""Whatever the warehouse does, in whatever order: the ledger agrees, and nothing falls below zero."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from gendan.inventory import commands
from gendan.inventory.models import Adjustment, Balance, StockCount, StockCountLine, Transfer, TransferLine
from gendan.inventory.rules import AdjustmentLineIn, ArrivalIn, TransferLineIn
from gendan.inventory.tests.make import make_world
from gendan.kernel import verify
from gendan.kernel.errors import AppError

PRODUCTS = st.sampled_from([("BOLT", ""), ("NUT", ""), ("GLUE", "L1"), ("GLUE", "L2")])
PLACES = st.sampled_from(["A-01", "A-02", "DEFAULT"])
QUANTITIES = st.integers(1, 12)

MOSTLY = st.integers(0, 3)


class Warehouse(RuleBasedStateMachine):
    """Transfers, adjustments and counts in any order; refusals are fine, differences are not."""

    done: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    looked: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.world = make_world()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    def attempt(self, command: Any, **fields: Any) -> Any:
        """Run a command; None when it was refused, and then nothing of it remains."""
        try:
            answer = command(actor=self.world.actor, **fields)
        except AppError:
            self.refused[command.__name__] += 1
            return None
        self.done[command.__name__] += 1
        return answer

    @rule(what=PRODUCTS, place=PLACES, quantity=QUANTITIES)
    def bring_in(self, what: tuple[str, str], place: str, quantity: int) -> None:
        line = AdjustmentLineIn(what[0], Decimal(quantity), place, what[1])
        assert self.attempt(commands.create_adjustment, warehouse="MAIN", kind="opening", lines=[line], post=True)

    @rule(what=PRODUCTS, place=PLACES, change=st.integers(-12, 12).filter(bool), post=st.booleans())
    def correct(self, what: tuple[str, str], place: str, change: int, post: bool) -> None:
        line = AdjustmentLineIn(what[0], Decimal(change), place, what[1])
        self.attempt(
            commands.create_adjustment, warehouse="MAIN", kind="correction", reason="查", lines=[line], post=post
        )

    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        numbers = list(Adjustment.objects.order_by("id").values_list("number", flat=True))
        if numbers:
            self.attempt(commands.reverse_adjustment, number=data.draw(st.sampled_from(numbers)), reason="错")

    @rule(data=st.data(), what=PRODUCTS, start=PLACES, end=PLACES, quantity=QUANTITIES, away=st.booleans(), real=MOSTLY)
    def transfer(
        self, data: st.DataObject, what: tuple[str, str], start: str, end: str, quantity: int, away: bool, real: int
    ) -> None:
        """Mostly of what lies somewhere, now and then of what does not."""
        held = list(
            Balance.objects.filter(on_hand__gt=0, location__warehouse=self.world.main)
            .order_by("id")
            .values_list("product__code", "lot__code", "location__code", "on_hand")
        )
        if held and real:
            product, lot, start, there = data.draw(st.sampled_from(held))
            what, quantity = (product, lot or ""), min(quantity, int(there))
        line = TransferLineIn(what[0], Decimal(quantity), start, "E-01" if away else end, what[1])
        self.attempt(
            commands.create_transfer, warehouse="MAIN", to_warehouse="EAST" if away else "", lines=[line], post=True
        )

    @rule(data=st.data(), quantity=QUANTITIES, back=st.booleans())
    def arrive(self, data: st.DataObject, quantity: int, back: bool) -> None:
        numbers = list(Transfer.objects.filter(state="in_transit").order_by("id").values_list("number", flat=True))
        if numbers:
            number = data.draw(st.sampled_from(numbers))
            if back:
                self.attempt(commands.recall_transfer, number=number)
            else:
                self.attempt(commands.receive_transfer, number=number, lines=[ArrivalIn(1, Decimal(quantity))])

    @rule(blind=st.booleans())
    def start_count(self, blind: bool) -> None:
        self.attempt(commands.create_count, warehouse="MAIN", blind=blind, start=True)

    @precondition(lambda self: StockCount.objects.filter(state="counting").exists())
    @rule(data=st.data(), quantity=st.integers(0, 15), add=st.booleans())
    def count(self, data: st.DataObject, quantity: int, add: bool) -> None:
        number = StockCount.objects.filter(state="counting").latest("pk").number
        lines = list(StockCountLine.objects.filter(count__number=number).values_list("line_no", flat=True))
        where: dict[str, Any] = {"product": "NUT", "place": "A-02", "new": True}
        if lines:
            where = {"line": data.draw(st.sampled_from(sorted(lines)))}
        self.attempt(commands.count_line, number=number, quantity=Decimal(quantity), add=add, **where)

    @precondition(lambda self: StockCount.objects.filter(state="counting").exists())
    @rule(uncounted=st.sampled_from(["skip", "zero"]), post=st.sampled_from(["post", "again", "cancel"]))
    def end_count(self, uncounted: str, post: str) -> None:
        number = StockCount.objects.filter(state="counting").latest("pk").number
        assert self.attempt(commands.finish_count, number=number, uncounted=uncounted)
        if post == "again":
            self.attempt(commands.recount, number=number)
        if post == "post":
            self.attempt(commands.post_count, number=number)
        if StockCount.objects.filter(number=number, state="review").exists():
            assert self.attempt(commands.cancel_document, number=number)

    @invariant()
    def the_books_agree(self) -> None:
        found = [str(d) for name, c in verify.CHECKS.items() if name.startswith("inventory.") for d in c.find(None)]
        assert found == []
        self.looked["books"] += 1

    @invariant()
    def nothing_is_below_zero(self) -> None:
        assert not Balance.objects.filter(on_hand__lt=0).exists()
        self.looked["balances"] += 1

    @invariant()
    def transit_holds_what_has_not_arrived(self) -> None:
        open_ = sum(
            x.quantity - x.received - x.returned for x in TransferLine.objects.filter(transfer__state="in_transit")
        )
        held = sum(b.on_hand for b in Balance.objects.filter(location__kind="transit"))
        assert open_ == held
        self.looked["transit"] += 1


@pytest.mark.slow
@pytest.mark.django_db
def test_any_sequence_keeps_the_books() -> None:
    run_state_machine_as_test(
        Warehouse,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
            database=None,
        ),
    )
    walked = Warehouse.done.total() + Warehouse.refused.total()
    assert walked > 100
    assert Warehouse.done.keys() >= {"create_adjustment", "create_transfer", "create_count"}
    assert min(Warehouse.looked[what] for what in ("books", "balances", "transit")) > 100
