"""Which column of a resource a header means."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils import translation

from gendan.kernel.bulk import Column


def _normal(text: str) -> str:
    """Letters and digits only, lower case; what stands in brackets does not count."""
    return re.sub(r"[\W_]+", "", re.sub(r"[(（【\[].*?[)）】\]]", "", text)).lower()


def _labels(column: Column) -> list[str]:
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(str(column.label))
    return found


def guess(headers: Sequence[str], columns: Sequence[Column]) -> dict[int, str]:
    """Position of a header → name of its column; labels in any language go before names, names before aliases."""
    ways: tuple[Callable[[Column], list[str]], ...] = (
        _labels,
        lambda column: [column.name],
        lambda column: list(column.aliases),
    )
    found: dict[int, str] = {}
    for way in ways:
        known: dict[str, str] = {}
        for column in columns:
            for text in way(column):
                known.setdefault(_normal(text), column.name)
        for position, header in enumerate(headers):
            name = known.get(_normal(header))
            if name and position not in found and name not in found.values():
                found[position] = name
    return found
