"""When something is tried again, and how times of the day and choices are read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

NOW, DIGEST = "now", "digest"
MODES = (NOW, DIGEST)
ANY_KIND = "*"
# Pauses before the second attempt and those after it; then it has failed.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
GAPS = ("to", "phone", "email", "username")  # what an address may leave open for each person


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after that many attempts that failed; None: it is not tried again."""
    return PAUSES[attempts - 1] if 1 <= attempts <= len(PAUSES) else None


def gaps_of(address: str) -> tuple[str, ...]:
    """What an address leaves open for each person; none: it leads to one place for all."""
    return tuple(gap for gap in GAPS if f"{{{gap}}}" in address)


def filled(address: str, person: Mapping[str, str]) -> str | None:
    """The address for one person; None when something that it leaves open is not known of them."""
    for gap in gaps_of(address):
        value = person.get(gap, "").strip()
        if not value:
            return None
        address = address.replace(f"{{{gap}}}", value)
    return address


def clock(value: Any) -> time | None:
    """A time of the day written as 22:30; None for nothing. ValueError for anything else."""
    text = str(value or "").strip()
    if not text:
        return None
    hour, _colon, minute = text.partition(":")
    if not (hour.isdecimal() and minute[:2].isdecimal() and len(hour) <= 2):
        raise ValueError(text)
    return time(int(hour), int(minute[:2]))


def choice(kinds: Any, known: Mapping[str, Any], channels: frozenset[str]) -> dict[str, dict[str, str]]:
    """What is chosen for kinds and channels that exist; ValueError where something else is said."""
    if not isinstance(kinds, Mapping):
        raise ValueError("kinds")
    found: dict[str, dict[str, str]] = {}
    for kind, modes in kinds.items():
        if (kind not in known and kind != ANY_KIND) or not isinstance(modes, Mapping):
            raise ValueError(str(kind))
        for code, mode in modes.items():
            if code not in channels or mode not in (*MODES, ""):
                raise ValueError(f"{kind}.{code}")
        found[kind] = {code: mode for code, mode in modes.items() if mode}
    return found


_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")


def variables_in(text: str) -> set[str]:
    """The names that a template uses; ValueError where braces are not those of a name."""
    if _BRACES.search(_VARIABLE.sub("", text)):
        raise ValueError(text)
    return set(_VARIABLE.findall(text))


_ASIDE = re.compile(r"[ ]?（[^（）]*\}\}[^（）]*）|[ ]?\([^()]*\}\}[^()]*\)")
_NOTHING = frozenset({"", "—"})


def rendered(text: str, values: Mapping[str, str]) -> str:
    """A template with its names replaced; what is put in is not looked through again. A line or a remark in brackets
    that names only what is not known is left out.
    """

    def says_nothing(part: str) -> bool:
        names = _VARIABLE.findall(part)
        return bool(names) and all(values.get(name, "").strip() in _NOTHING for name in names)

    text = _ASIDE.sub(lambda found: "" if says_nothing(found[0]) else found[0], text)
    text = "\n".join(line for line in text.split("\n") if not says_nothing(line))
    text = re.sub(r"\n{3,}", "\n\n", text)
    return _VARIABLE.sub(lambda found: values.get(found[1], ""), text)
