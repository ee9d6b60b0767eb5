"""Refusals name lines by their place; who left out or regrouped lines names them as the asker knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def readdressed(fields: Mapping[str, str], places: Sequence[int]) -> dict[str, str]:
    """``lines.0.quantity`` becomes ``lines.3.quantity`` when the first line came from place 3."""
    found = {}
    for name, text in fields.items():
        parts = name.split(".")
        if parts[0] == "lines" and len(parts) > 1 and parts[1].isdecimal() and int(parts[1]) < len(places):
            parts[1] = str(places[int(parts[1])])
        found[".".join(parts)] = text
    return found
