"""What follows from what carriers say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gendan.carriers.adapters.kuaidi100 import md5, status_of
from gendan.carriers.adapters.simulator import plan_of
from gendan.carriers.rules import STATUSES, ScanIn, Update, next_check, normal_number, numbers_in, state_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HALF = timedelta(minutes=30)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def test_the_newest_status_counts_in_whatever_order_it_was_told():
    told = [(at(5), "out_for_delivery"), (at(1), "picked_up"), (at(6), ""), (at(3), "in_transit")]
    for seen in (told, told[::-1]):
        assert state_of(seen).status == "out_for_delivery"
        assert state_of(seen).last_event_at == at(6)
    assert state_of([]).status == "unknown"


def test_what_was_delivered_stays_so_unless_it_comes_back_or_is_disputed():
    told = [(at(1), "in_transit"), (at(2), "delivered")]
    assert (state_of(told).status, state_of(told).delivered_at) == ("delivered", at(2))
    assert state_of([*told, (at(3), "in_transit")]).status == "delivered"
    assert state_of([*told, (at(3), "exception")]).status == "exception"
    back = state_of([*told, (at(3), "returned")])
    assert (back.status, back.delivered_at) == ("returned", None)


def test_at_one_moment_the_status_that_is_further_counts():
    assert state_of([(NOW, "delivered"), (NOW, "in_transit")]).status == "delivered"


def test_the_whole_parcel_s_status_belongs_to_its_newest_event():
    update = Update("X1", [ScanIn(at(2), "b"), ScanIn(at(1), "a", status="picked_up")], "delivered")
    assert [scan.status for scan in update.stamped()] == ["delivered", "picked_up"]
    assert Update("X1", [], "delivered").stamped() == []


def test_it_is_asked_for_later_and_later_until_there_is_news():
    waits = [next_check("in_transit", quiet, 0, HALF, NOW, NOW) for quiet in range(8)]
    hours = [(when - NOW) / timedelta(hours=1) for when in waits if when]
    assert hours == [0.5, 1, 2, 4, 8, 12, 12, 12]
    assert next_check("out_for_delivery", 8, 0, HALF, NOW, NOW) == at(2)
    assert next_check("out_for_delivery", 0, 6, HALF, NOW, NOW) == at(12)


def test_it_is_not_asked_for_at_the_end_nor_for_ever():
    assert next_check("delivered", 0, 0, HALF, NOW, NOW) is None
    assert next_check("returned", 0, 0, HALF, NOW, NOW) is None
    assert next_check("in_transit", 0, 0, HALF, NOW - timedelta(days=61), NOW) is None


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("sf 1234 5678", ["SF12345678"]),
        ("ＳＦ１２３４", ["SF1234"]),
        ("SF1234，SF5678/yt9999、SF1234", ["SF1234", "SF5678", "YT9999"]),
        ("JDVA0001-1-1-", ["JDVA0001-1-1-"]),
        ("自提", []),
        ("", []),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, numbers: list[str]):
    assert numbers_in(typed) == numbers
    assert [normal_number(number) for number in numbers] == numbers


def test_the_same_event_has_one_key_in_any_zone():
    other = NOW.astimezone(datetime.now().astimezone().tzinfo)
    assert ScanIn(NOW, "到达", "上海").key == ScanIn(other, "到达", "上海", "in_transit", "0").key
    assert ScanIn(NOW, "到达", "上海").key != ScanIn(NOW, "离开", "上海").key


def test_the_signature_is_as_documented():
    assert md5("a", "b", "c") == "900150983CD24FB0D6963F7D28E17F72"  # MD5("abc")


@pytest.mark.parametrize(
    ("code", "name", "status"),
    [
        ("0", "", "in_transit"), ("1", "", "picked_up"), ("3", "", "delivered"), ("304", "投柜或站签收", "delivered"),
        ("501", "", "out_for_delivery"), ("203", "", "exception"), ("1002", "", "in_transit"), ("4", "", "returned"),
        ("14", "", "exception"), ("", "派件", "out_for_delivery"), ("", "", ""), ("99999", "", ""),
    ],
)  # fmt: skip
def test_its_states_are_ours(code: str, name: str, status: str):
    assert status_of(code, name) == status


def test_what_is_simulated_follows_from_the_last_digit():
    ends = {digit: plan_of(f"SF{digit}")[-1][:2] for digit in "0123456789X"}
    assert ends == {
        "0": (1, "delivered"), "1": (2, "delivered"), "2": (3, "delivered"), "3": (4, "delivered"),
        "4": (5, "delivered"), "5": (6, "delivered"), "6": (10, "delivered"), "7": (0.4, "in_transit"),
        "8": (5, "delivered"), "9": (4, "returned"), "X": (3, "delivered"),
    }  # fmt: skip
    for digit in "0123456789":
        days = [entry[0] for entry in plan_of(digit)]
        assert days == sorted(days)
        assert {entry[1] for entry in plan_of(digit)} <= set(STATUSES)
