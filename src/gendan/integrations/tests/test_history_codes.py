"""Codes made from names: readable, and depending on nothing but the name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gendan.integrations.history.codes import item_code, name_code
from gendan.integrations.history.mapping import CodeSpec

SUPPLIER = CodeSpec(prefix="S-", drop=frozenset({"LTD", "LIMITED", "BV", "CO"}), length=24)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Orgenics, Ltd", "S-ORGENICS"),
        ("CIPLA LIMITED", "S-CIPLA"),
        ("ABBOTT LOGISTICS B.V.", "S-ABBOTT-LOGISTICS"),
        ("Müller Söhne", "S-MULLER-SOHNE"),
        ("深圳华强电子有限公司", "S-SZHQDZYXGS"),
    ],
)
def test_a_short_name_is_its_code(name, code):
    assert name_code(name, SUPPLIER) == code


def test_long_names_with_the_same_beginning_stay_apart():
    hong_kong = name_code("INVERNESS MEDICAL INNOVATIONS HONG KONG LTD", SUPPLIER)
    south_africa = name_code("INVERNESS MEDICAL INNOVATIONS SOUTH AFRICA LTD", SUPPLIER)
    assert hong_kong != south_africa
    assert re.fullmatch(r"S-INVERNESS-MEDICAL-[0-9A-F]{4}", hong_kong)


def test_case_and_blanks_do_not_change_the_hash():
    assert name_code("A (France)", SUPPLIER) == name_code("A  (FRANCE)", SUPPLIER)


def test_the_mapping_can_give_a_code():
    assert name_code("Côte d'Ivoire", CodeSpec(prefix="DD-", known={"Côte d'Ivoire": "CI"})) == "DD-CI"


def test_products_of_one_description_and_two_brands_are_two():
    generic = item_code("Efavirenz 600mg, tablets", ("Efavirenz 600mg, tablets", "Generic"), CodeSpec())
    stocrin = item_code("Efavirenz 600mg, tablets", ("Efavirenz 600mg, tablets", "Stocrin"), CodeSpec())
    assert generic != stocrin
    assert generic.startswith("EFAVIRENZ-600MG-TABLETS-")


@given(st.text(min_size=1, max_size=200))
def test_any_name_has_a_code_that_fits(name):
    code = name_code(name, SUPPLIER)
    assert re.fullmatch(r"S-[A-Z0-9]+(-[A-Z0-9]+)*", code)
    assert len(code) <= 2 + 24 + 5
    assert name_code(name, SUPPLIER) == code
