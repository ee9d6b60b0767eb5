"""Situations of inspection for tests."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from gendan.kernel.unit import Done
from gendan.purchasing.tests.make import World, make_order, receive
from gendan.quality import commands
from gendan.quality.models import Inspection, InspectionLine
from gendan.quality.rules.inspection import CheckIn, FoundIn, ResultIn
from gendan.quality.rules.plan import PlanIn

WIDTH = CheckIn("外径", "measure", Decimal("9.95"), Decimal("10.05"), "mm")
LOOK = CheckIn("外观")


def make_plan(world: World, code: str = "IQC-01", **fields: Any) -> Done:
    """A plan of samples for BOLT, AQL 1.0, level II, unless said otherwise."""
    values = {"name": "紧固件来料检验", "product": "BOLT", "method": "aql", "aql": "1.0", **fields}
    return commands.save_plan(actor=world.actor, plan=PlanIn(code, **values))


def came(world: World, quantity: int = 1000, *more: int) -> tuple[Inspection, Done]:
    """So many BOLT (then NUT) came in; the inspection and the receipt."""
    receipt = receive(world, make_order(world, quantity, *more).number)
    return Inspection.objects.get(company_id=world.company_id, source_number=receipt.number), receipt


def of(inspection: Inspection, line: int = 1) -> InspectionLine:
    """A line as it is now."""
    return InspectionLine.objects.get(inspection=inspection, line_no=line)


def found(world: World, inspection: Inspection, defective: int, *results: FoundIn, line: int = 1) -> Done:
    """Write what was found of a line."""
    return commands.record_results(
        actor=world.actor, number=inspection.number, lines=[ResultIn(line, results, defective=defective)]
    )
