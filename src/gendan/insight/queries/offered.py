"""The periods that pages of figures offer."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _


def periods(today: date) -> list[tuple[str, str]]:
    """This month, the quarters before, years: as (value, label)."""
    quarter = (today.month - 1) // 3 + 1
    found = [("all", _("全部")), ("month", _("本月")), ("quarter", _("本季度")), ("year", _("今年"))]
    year, number = today.year, quarter
    for _n in range(4):
        year, number = (year, number - 1) if number > 1 else (year - 1, 4)
        found.append((f"{year}-Q{number}", f"{year} Q{number}"))
    whole = today.year * 12 + today.month - 1
    found += [(name := f"{n // 12}-{n % 12 + 1:02}", name) for n in range(whole - 1, whole - 7, -1)]
    found += [(str(today.year - n), str(today.year - n)) for n in range(1, 4)]
    return found
