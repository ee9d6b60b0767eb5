"""Two at once: a carrier's code and names are one carrier's, whoever is faster."""

from __future__ import annotations

from typing import Any

import pytest

from gendan.accounts.tests.make import make_actor
from gendan.carriers import commands
from gendan.carriers.errors import CarrierExists, CarrierNameTaken
from gendan.kernel.tests.make import at_once
from gendan.kernel.unit import Done

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_those_who_set_up_the_same_carrier_one_does():
    actor = make_actor()

    def save(code: str, name: str) -> Any:
        values = {"name": name, "aliases": ["快递"]}
        return lambda: commands.save_carrier(actor=actor, code=code, new=True, values=values)

    same = at_once([save("A", "甲"), save("A", "甲")])
    assert {type(result) for result in same} == {Done, CarrierExists}
    commands.save_carrier(actor=actor, code="A", values={"aliases": []})
    others = at_once([save("B", "乙"), save("C", "丙")])
    assert {type(result) for result in others} == {Done, CarrierNameTaken}
