"""Numbers of parcels, codes on labels, and what a scanner makes of them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendan.kernel import codes

PREFIXES = st.from_regex(r"[1-9][0-9]{3,11}", fullmatch=True)
PAYLOADS = st.from_regex(r"[0-9]{17}", fullmatch=True)


def digit_by_hand(payload: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(payload)))
    return str((10 - total % 10) % 10)


@given(PAYLOADS)
def test_the_check_digit_is_what_the_specification_computes(payload):
    assert codes.check_digit(payload) == digit_by_hand(payload)
    assert codes.is_sscc(payload + digit_by_hand(payload))


@given(PAYLOADS, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(payload, place, by):
    number = payload + codes.check_digit(payload)
    wrong = str((int(number[place]) + by) % 10)
    assert not codes.is_sscc(number[:place] + wrong + number[place + 1 :])


@given(PAYLOADS, st.integers(0, 16))
def test_two_digits_changed_about_are_noticed_unless_they_differ_by_five(payload, place):
    number = payload + codes.check_digit(payload)
    first, second = number[place], number[place + 1]
    turned = number[:place] + second + first + number[place + 2 :]
    assert codes.is_sscc(turned) == (abs(int(first) - int(second)) in {0, 5})


@given(PREFIXES, st.lists(st.integers(0, 10**5 - 1), min_size=2, max_size=20, unique=True))
def test_parcels_of_a_company_have_different_numbers_under_its_prefix(prefix, serials):
    made = [codes.sscc(prefix, serial) for serial in serials]
    assert len(set(made)) == len(serials)
    assert all(codes.is_sscc(number) and number[1:].startswith(prefix) for number in made)
    assert not any(codes.is_internal(number) for number in made)


def test_the_example_of_the_specification():
    assert codes.sscc("0614141", 1 * 10**9 + 123456789) == "106141411234567897"


def test_the_extension_digit_goes_on_where_the_serial_number_ends():
    assert codes.sscc("106141411234", 9999)[:17] == "01061414112349999"
    assert codes.sscc("106141411234", 10000)[:17] == "11061414112340000"
    with pytest.raises(codes.SerialsUsedUp):
        codes.sscc("106141411234", 100_000)


def test_a_number_without_company_prefix_says_so():
    internal = codes.sscc("", 42)
    assert internal == "00000000" + "000000042" + codes.check_digit("00000000000000042")
    assert codes.is_internal(internal)
    assert codes.spaced(internal).split() == ["0", "0000000", "000000042", internal[-1]]


@given(PREFIXES, st.integers(0, 9999))
def test_what_is_printed_is_what_is_read(prefix, serial):
    number = codes.sscc(prefix, serial)
    for sent in (number, "00" + number, f"]C100{number}", f"(00){number}", f"(00) {codes.spaced(number, prefix)}"):
        assert codes.scanned(sent).sscc == number, sent


def test_a_gs1_message_is_taken_apart():
    read = codes.scanned("]C1010950600013436917261231" + "10LOT-7\x1d21S1")
    assert (read.gtin, read.lot, read.serial) == ("09506000134369", "LOT-7", "S1")
    assert read.expires_on == date(2026, 12, 31)
    assert read.is_gs1


@pytest.mark.parametrize("text", ["P0001", "12345670", "A-01-02", "006141412345678973", "(x) 螺栓", "中文", ""])
def test_other_codes_stay_as_they_are(text):
    assert codes.scanned(f" {text} ") == codes.Scanned(text)


@pytest.mark.parametrize("text", ["中文", "", "a\tb", "x" * 49])
def test_what_code_128_cannot_write_is_left_to_the_qr_code(text):
    assert codes.bars(text) == ""


def test_bars_that_would_be_too_fine_are_not_printed():
    long = "MED-2026-LONG-CODE-000123"
    assert codes.bars(long, 92) != ""
    assert codes.bars(long, 56) == ""
