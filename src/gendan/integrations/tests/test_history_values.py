"""Cells to values: text, numbers, dates, the price rule. No database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendan.integrations.history import values
from gendan.integrations.history.mapping import DateSpec, FileSpec, PriceSpec
from gendan.integrations.history.records import Kind

SCMS_DATES = DateSpec(formats=("%d-%b-%y", "%m/%d/%Y"))
CHINESE = FileSpec(decimal=".", thousands=",")
GERMAN = FileSpec(decimal=",", thousands=".")


@pytest.mark.parametrize(
    ("raw", "clean", "kinds"),
    [
        ("Orgenics, Ltd", "Orgenics, Ltd", ()),
        ("  Orgenics ", "Orgenics", ()),
        ("CO.,LTD.  (KHB)", "CO.,LTD. (KHB)", (Kind.SPACES,)),
        ("深圳\u3000华强", "深圳 华强", (Kind.SPACES,)),
        ("Box 9113 GrÃ¸nland", "Box 9113 Grønland", (Kind.MOJIBAKE,)),
        ("Côte d'Ivoire", "Côte d'Ivoire", ()),
        ("São Paulo", "São Paulo", ()),
        ("Ãgua", "Ãgua", ()),
    ],
)
def test_text_is_cleaned_and_says_what_was_repaired(raw, clean, kinds):
    assert values.clean(raw, repair_mojibake=True) == (clean, kinds)


@pytest.mark.parametrize(
    ("text", "spec", "number"),
    [
        ("19", CHINESE, "19"),
        ("1,234,567.50", CHINESE, "1234567.50"),
        ("１２３．５", CHINESE, "123.5"),
        ("1.234,5", GERMAN, "1234.5"),
        ("-3", CHINESE, "-3"),
        ("1,23", CHINESE, None),
        ("12,34,567", CHINESE, None),
        ("1.234.5", CHINESE, None),
        ("NaN", CHINESE, None),
        ("Infinity", CHINESE, None),
        ("1e9", CHINESE, None),
        ("Weight Captured Separately", CHINESE, None),
        ("", CHINESE, None),
    ],
)
def test_numbers_are_exact_or_not_numbers(text, spec, number):
    assert values.number(text, spec) == (None if number is None else Decimal(number))


@given(st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=6))
def test_every_printed_decimal_reads_back(number):
    assert values.number(f"{number:,f}", CHINESE) == number


@given(st.text(max_size=20))
def test_no_text_makes_reading_a_number_fail(text):
    read = values.number(text, CHINESE)
    assert read is None or read.is_finite()


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2068, 12, 31)))
def test_both_date_formats_of_one_file_read_back(day):
    assert values.day(f"{day.day}-{day:%b-%y}", SCMS_DATES) == day
    assert values.day(f"{day.month}/{day.day}/{day.year}", SCMS_DATES) == day


def test_a_word_is_no_date():
    assert values.day("Date Not Captured", SCMS_DATES) is None
    assert values.day("31-Feb-10", SCMS_DATES) is None


def price(quantity, stated, value, **spec):
    first, second = (None if figure is None else Decimal(figure) for figure in (stated, value))
    return values.line_price(Decimal(quantity), first, second, PriceSpec(**spec))


def test_a_price_that_multiplies_stands():
    assert price("19", "29", "551") == values.Price(Decimal(29), Decimal(551))


def test_a_price_that_was_rounded_is_taken_from_the_value():
    found = price("44", "19.54", "859.65")
    assert found.unit_price == Decimal("19.5375")
    assert found.value == Decimal("859.65")
    assert found.kinds == (Kind.PRICE_ROUNDED,)


def test_a_price_that_is_simply_different_is_told_apart():
    assert price("10", "5", "60").kinds == (Kind.PRICE_DIFFERS,)
    assert price("10", "5", "60").unit_price == 6


def test_a_value_that_six_decimals_cannot_give_is_told():
    found = price("22333", "16.08", "359064.74")
    assert found.kinds == (Kind.PRICE_ROUNDED, Kind.VALUE_NOT_EXACT)
    assert found.unit_price == Decimal("16.077766")


def test_goods_that_cost_nothing_are_told():
    assert price("2915", "0", "0").kinds == (Kind.FREE_OF_CHARGE,)


def test_one_of_price_and_value_is_enough():
    assert price("3", "1.5", None) == values.Price(Decimal("1.5"), Decimal("4.50"))
    assert price("3", None, "1").unit_price == Decimal("0.333")
    assert price("3", None, None) is None


@given(
    st.decimals(min_value="0.001", max_value=10**7, places=3),
    st.decimals(min_value=0, max_value=10**6, places=2),
    st.decimals(min_value=0, max_value=10**9, places=2),
)
def test_the_line_is_worth_what_was_paid_or_says_that_it_is_not(quantity, stated, value):
    found = price(quantity, stated, value)
    again = (quantity * found.unit_price).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    assert found.value == value
    assert again == value or Kind.VALUE_NOT_EXACT in found.kinds
    assert abs(quantity * found.unit_price - value) <= max(Decimal("0.005"), quantity * Decimal("0.0000005"))
    assert -found.unit_price.as_tuple().exponent <= 6


def test_days_far_from_now_stay_days():
    assert values.day("2-Jun-06", SCMS_DATES) == date(2006, 6, 2)
    assert values.day("12/31/2015", SCMS_DATES) == date(2015, 12, 31)
    assert date(2015, 12, 31) - date(2006, 6, 2) > timedelta(0)
