"""Numbers: unique, quick to draw by many at once, with gaps where somebody gave up."""

from __future__ import annotations

from threading import Barrier

import pytest
from django.db import transaction

from gendan.accounts.tests.make import make_company
from gendan.kernel import numbering
from gendan.kernel.models import Sequence
from gendan.kernel.tests.make import at_once


@pytest.fixture
def company_id() -> int:
    return make_company().pk


@pytest.mark.django_db
class TestNumbers:
    def test_they_count_from_one_per_company_and_prefix(self, company_id: int):
        other = make_company().pk
        assert numbering.next_number(company_id, "PO") == "PO-000001"
        assert numbering.next_number(company_id, "PO") == "PO-000002"
        assert numbering.next_number(company_id, "PR") == "PR-000001"
        assert numbering.next_number(other, "PO") == "PO-000001"

    def test_several_are_one_statement(self, company_id: int, django_assert_num_queries):
        with django_assert_num_queries(1):
            drawn = numbering.next_numbers(company_id, "PO", 3)
        assert drawn == ["PO-000001", "PO-000002", "PO-000003"]

    def test_a_transaction_that_gives_up_leaves_a_gap(self, company_id: int):
        with transaction.atomic():
            numbering.next_number(company_id, "PO")
            transaction.set_rollback(True)
        assert numbering.next_number(company_id, "PO") == "PO-000002"

    def test_making_sequences_again_keeps_their_numbers(self, company_id: int):
        numbering.next_number(company_id, "PO")
        numbering.ensure_sequences(company_id, ["PO", "XX"])
        assert numbering.next_number(company_id, "PO") == "PO-000002"
        assert numbering.next_number(company_id, "XX") == "XX-000001"
        assert Sequence.objects.filter(company_id=company_id, prefix="PO").count() == 1

    def test_numbers_beyond_a_million_grow_longer(self, company_id: int):
        drawn = numbering.next_numbers(company_id, "PO", 1_000_001)
        assert drawn[-1] == "PO-1000001"


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_many_at_once_never_draw_the_same(self, company_id: int):
        results = at_once([lambda: [numbering.next_number(company_id, "PO") for _ in range(50)]] * 6)
        drawn = [number for result in results for number in result]
        assert len(set(drawn)) == 300

    def test_nobody_waits_for_somebody_elses_transaction(self, company_id: int):
        all_four = Barrier(4, timeout=60)  # passed only by four transactions that are open together

        def draw_and_dawdle() -> str:
            with transaction.atomic():
                number = numbering.next_number(company_id, "PO")
                all_four.wait(30)
                return number

        results = at_once([draw_and_dawdle] * 4)
        assert len(set(results)) == 4
