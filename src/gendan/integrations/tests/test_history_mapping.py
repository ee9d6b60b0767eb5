"""The mapping file: what is wrong with it is said before a row is read."""

import pytest

from gendan.integrations.history.mapping import MappingError, available, load_mapping, read_mapping

SMALL = """
name = "small"
[fields]
order_key = { column = "po" }
supplier_name = { column = "vendor" }
product_name = { column = "item" }
unit = { constant = "EA" }
warehouse_name = { constant = "Main" }
currency = { constant = "CNY" }
quantity = { column = "qty" }
price = { column = "price" }
"""


def test_the_mappings_that_come_along_are_valid():
    assert "scms" in available()
    for name in available():
        assert load_mapping(name).name == name


def test_a_small_mapping_needs_no_more():
    mapping = read_mapping(SMALL)
    assert mapping.columns() == {"po", "vendor", "item", "qty", "price"}
    assert mapping.fields["unit"].constant == "EA"


def test_a_mapping_of_ones_own_is_read_by_path(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert load_mapping(str(path)).name == "small"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("delivered = { column = 'x' }", "there is no such field"),
        ("value = { column = 'x', constant = '1' }", "exactly one of"),
        ("value = { columns = ['x', 'y'] }", "only text"),
        ("value = { column = 'x', colour = 'red' }", "unknown: fields.value.colour"),
        ("weight = { column = 'x', reference = '(' }", "fields.weight.reference"),
        ("weight = { column = 'x', reference = 'See (.*)' }", "group named line"),
        ("[file]\nencoding = 'utf-99'", "there is no utf-99"),
        ("[file]\ndecimal = ','", "must differ"),
        ("[file]\ndelimeter = ';'", "unknown: file.delimeter"),
        ("[dates]\nformats = '%Y'", "list of texts"),
        ("[checks]\norder = [['sent_on']]", "pair of date fields"),
        ("[colour]\nred = 1", "unknown: colour"),
        ("[price]\nstep = 'a cent'", "number in quotes"),
        ("[price]\nstep =", "not TOML"),
    ],
)
def test_what_is_wrong_is_named(more, said):
    with pytest.raises(MappingError, match=said.replace("(", r"\(")):
        read_mapping(SMALL + more)


def test_what_is_missing_is_named():
    with pytest.raises(MappingError, match="quantity"):
        read_mapping(SMALL.replace('quantity = { column = "qty" }', ""))
    with pytest.raises(MappingError, match="price or value"):
        read_mapping(SMALL.replace('price = { column = "price" }', ""))
    with pytest.raises(MappingError, match=r"there is no mapping other; there are: .*scms"):
        load_mapping("other")
