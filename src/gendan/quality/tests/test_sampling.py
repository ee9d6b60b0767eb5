"""The tables of ISO 2859-1 and the rules by which inspection becomes stricter or more lenient."""

from __future__ import annotations

from decimal import Decimal
from math import comb

import pytest

from gendan.quality.rules.aql import AQLS, LEVELS, Sampling, Severity, code_letter, one_step_tighter, plan_of, sampling
from gendan.quality.rules.inspection import failed, items_of, outside, verdict
from gendan.quality.rules.switching import Lot, Stage, next_stage, score, skips

LETTERS = "ABCDEFGHJKLMNPQR"


# Table 1, as it is printed: lot, level, letter.
@pytest.mark.parametrize(
    ("lot", "level", "letter"),
    [
        *[(2, "II", "A"), (8, "II", "A"), (9, "II", "B"), (50, "II", "D"), (90, "II", "E"), (150, "II", "F")],
        *[(280, "II", "G"), (500, "II", "H"), (501, "II", "J"), (1200, "II", "J"), (1201, "II", "K")],
        *[(3200, "II", "K"), (10_000, "II", "L"), (35_000, "II", "M"), (150_000, "II", "N"), (500_000, "II", "P")],
        *[(500_001, "II", "Q"), (1000, "I", "G"), (1000, "III", "K"), (1000, "S-1", "C"), (1000, "S-2", "C")],
        *[(1000, "S-3", "E"), (1000, "S-4", "F"), (600_000, "III", "R"), (600_000, "S-4", "K"), (8, "III", "B")],
    ],
)
def test_code_letters(lot: int, level: str, letter: str) -> None:
    assert code_letter(lot, level) == letter


# Tables 2-A, 2-B, 2-C, as they are printed (arrows followed): letter, AQL, sample, Ac.
PUBLISHED: list[tuple[Severity, str, str, int, int]] = [
    ("normal", "K", "1.0", 125, 3), ("normal", "K", "2.5", 125, 7), ("normal", "K", "4.0", 125, 10),
    ("normal", "K", "0.65", 125, 2), ("normal", "K", "0.10", 125, 0), ("normal", "J", "1.0", 80, 2),
    ("normal", "J", "2.5", 80, 5), ("normal", "J", "4.0", 80, 7), ("normal", "J", "6.5", 80, 10),
    ("normal", "H", "1.0", 50, 1), ("normal", "H", "4.0", 50, 5), ("normal", "G", "2.5", 32, 2),
    ("normal", "G", "4.0", 32, 3), ("normal", "L", "1.0", 200, 5), ("normal", "L", "2.5", 200, 10),
    ("normal", "L", "4.0", 200, 14), ("normal", "M", "1.0", 315, 7), ("normal", "N", "1.0", 500, 10),
    ("normal", "F", "2.5", 20, 1), ("normal", "F", "1.0", 13, 0), ("normal", "G", "1.0", 50, 1),
    ("normal", "D", "1.0", 13, 0), ("normal", "A", "2.5", 5, 0), ("normal", "Q", "10", 125, 21),
    ("tightened", "K", "1.0", 125, 2), ("tightened", "K", "2.5", 125, 5), ("tightened", "K", "4.0", 125, 8),
    ("tightened", "J", "1.0", 80, 1), ("tightened", "J", "2.5", 80, 3), ("tightened", "J", "4.0", 80, 5),
    ("tightened", "L", "2.5", 200, 8), ("tightened", "L", "4.0", 200, 12), ("tightened", "N", "2.5", 500, 18),
    ("tightened", "H", "1.0", 80, 1), ("tightened", "G", "1.0", 80, 1), ("tightened", "R", "0.025", 3150, 1),
    ("reduced", "K", "1.0", 50, 2), ("reduced", "K", "2.5", 50, 5), ("reduced", "K", "4.0", 50, 6),
    ("reduced", "J", "1.0", 32, 1), ("reduced", "J", "2.5", 32, 3), ("reduced", "J", "4.0", 32, 5),
    ("reduced", "L", "2.5", 80, 6), ("reduced", "L", "4.0", 80, 8), ("reduced", "F", "4.0", 8, 1),
]  # fmt: skip


@pytest.mark.parametrize(("severity", "letter", "aql", "size", "accept"), PUBLISHED)
def test_plans_are_the_published_ones(severity: Severity, letter: str, aql: str, size: int, accept: int) -> None:
    found = plan_of(letter, aql, severity)
    assert (found.sample, found.accept, found.reject) == (size, accept, accept + 1)


def accepts(plan: Sampling, percent: float) -> float:
    """The probability that a lot of so bad a quality passes."""
    share = percent / 100
    return sum(
        comb(plan.sample, bad) * share**bad * (1 - share) ** (plan.sample - bad) for bad in range(plan.accept + 1)
    )


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("aql", AQLS)
def test_every_plan_protects_as_the_standard_says(letter: str, aql: str) -> None:
    """At the AQL a normal plan accepts 86 to 100 % of the lots; a tightened one fewer, a reduced one not fewer."""
    normal, tightened = plan_of(letter, aql), plan_of(letter, aql, "tightened")
    reduced = plan_of(letter, aql, "reduced")
    assert 0.86 < accepts(normal, float(aql)) <= 1
    assert accepts(tightened, float(aql)) <= accepts(normal, float(aql)) + 1e-9
    assert accepts(reduced, float(aql)) >= accepts(tightened, float(aql))
    assert reduced.sample <= normal.sample


def test_a_sample_as_large_as_the_lot_is_the_lot() -> None:
    assert sampling(5, "II", "0.10") == Sampling("K", 5, 0, 1)
    assert sampling(1000, "II", "1.0") == Sampling("J", 80, 2, 3)
    assert all(sampling(lot, level, aql).sample <= lot for lot in (1, 7, 60, 4000) for level in LEVELS for aql in AQLS)
    assert one_step_tighter("K", "1.0") == 2
    assert one_step_tighter("K", "0.010") is None


def lots(severity: Stage, *passed: bool, letter: str = "J", defective: int = 0) -> list[Lot]:
    """Lots, newest first."""
    return [Lot(severity, letter, defective, each) for each in passed]


GOOD, BAD = True, False


def test_two_of_five_bad_lots_make_it_tightened_and_five_good_ones_normal_again() -> None:
    def then(history: list[Lot]) -> Stage:
        return next_stage(history, "1.0", reduced_allowed=False)

    assert then([]) == "normal"
    assert then(lots("normal", BAD, GOOD, GOOD, GOOD)) == "normal"
    assert then(lots("normal", BAD, GOOD, GOOD, GOOD, BAD)) == "tightened"
    assert then(lots("normal", BAD, GOOD, GOOD, GOOD, GOOD, BAD)) == "normal"
    assert then(lots("tightened", *[GOOD] * 4) + lots("normal", BAD, BAD)) == "tightened"
    assert then(lots("tightened", *[GOOD] * 5) + lots("normal", BAD, BAD)) == "normal"
    assert then(lots("tightened", GOOD, GOOD, BAD, GOOD, GOOD)) == "tightened"


def test_five_bad_lots_under_tightened_inspection_stop_sampling_until_the_supplier_did_something() -> None:
    history = lots("tightened", *[BAD] * 5) + lots("normal", BAD, BAD)
    assert next_stage(history, "1.0", reduced_allowed=False) == "stopped"
    assert next_stage(lots("stopped", GOOD) + history, "1.0", reduced_allowed=False) == "stopped"
    assert next_stage(lots("stopped", GOOD) + history, "1.0", reduced_allowed=False, resumed=True) == "tightened"


def test_a_score_of_thirty_allows_reduced_inspection() -> None:
    ten = lots("normal", *[GOOD] * 10, defective=1)
    assert score(ten, "1.0") == 30  # J, AQL 0.65: Ac 1
    assert next_stage(ten, "1.0", reduced_allowed=True) == "reduced"
    assert next_stage(ten, "1.0", reduced_allowed=False) == "normal"
    assert score(lots("normal", *[GOOD] * 10, defective=2), "1.0") == 0
    assert score(lots("normal", *[GOOD] * 15, letter="H"), "1.0") == 30  # Ac 1: two points each
    assert next_stage(lots("reduced", GOOD) + ten, "1.0", reduced_allowed=True) == "reduced"
    assert next_stage(lots("reduced", BAD) + ten, "1.0", reduced_allowed=True) == "normal"
    assert next_stage(lots("reduced", GOOD) + ten, "1.0", reduced_allowed=False) == "normal"


def test_lots_are_skipped_after_so_many_good_ones() -> None:
    skipped = Lot("normal", "", 0, True, True)
    good = lots("normal", GOOD, GOOD, GOOD)
    assert not skips(good[:2], 3, 4)
    assert skips(good, 3, 4)
    assert skips([skipped, skipped, *good], 3, 4)
    assert not skips([skipped, skipped, skipped, *good], 3, 4)
    assert skips([*good[:1], skipped, skipped, skipped, *good], 3, 4)
    assert not skips([*lots("normal", BAD), skipped, *good], 3, 4)
    assert not skips(good, 0, 4)
    assert next_stage([skipped, *lots("normal", BAD, BAD)], "1.0", reduced_allowed=False) == "tightened"


def test_results_and_verdicts() -> None:
    assert [items_of(Decimal(q)) for q in ("0.2", "5", "5.01")] == [1, 5, 6]
    values = [Decimal(v) for v in ("9.94", "9.95", "10.05", "10.06")]
    assert outside({"low": "9.95", "high": "10.05"}, values) == 2
    assert outside({"low": None, "high": "10.05"}, values) == 1
    zero, ten = Decimal(0), Decimal(10)
    assert verdict(ten, Decimal(4), Decimal(5), zero) == ""
    assert verdict(ten, ten, zero, zero) == "accepted"
    assert verdict(ten, Decimal(4), Decimal(6), zero) == "partly"
    assert verdict(ten, zero, ten, zero) == "rejected"
    assert verdict(ten, ten, zero, Decimal(2)) == "conceded"


class Line:
    method, reject, defective = "aql", 3, 3


def test_a_sample_with_as_many_bad_items_as_the_rejection_number_fails() -> None:
    line = Line()
    assert failed(line)
    line.defective = 2
    assert not failed(line)
    line.defective, line.method = 9, "all"
    assert not failed(line)
