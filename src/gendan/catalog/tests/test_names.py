"""Units, currencies and taxes that every company starts with are called in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from gendan.catalog.queries import choices, known_name
from gendan.catalog.steps.defaults import CURRENCIES, TAXES, UNITS
from gendan.catalog.tests.make import make_actor, make_company
from gendan.web.format import qty


def test_what_a_company_starts_with_is_called_in_english_and_what_it_named_itself_as_it_did() -> None:
    names = [row[1] for rows in (UNITS, CURRENCIES, TAXES) for row in rows]
    with translation.override("en"):
        assert [name for name in names if not known_name(name).isascii() and known_name(name) not in {"m²", "m³"}] == []
        assert known_name("标准桶") == "标准桶"
        assert "5</span> <span" in qty(5, "件")
        assert "pcs" in qty(5, "件")
    with translation.override("zh-hant"):
        assert known_name("个") == "個"


@pytest.mark.django_db
def test_choices_are_called_in_the_readers_language() -> None:
    company = make_company()
    with translation.override("en"):
        found = {row["code"]: row["name"] for row in choices(make_actor(company=company), "currencies")}
    assert found["CNY"] == "Chinese yuan"
