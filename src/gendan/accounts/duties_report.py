"""The report on duties that one person should not hold together, as a file; see kernel/duties.py."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.kernel import duties
from gendan.kernel.actor import Actor
from gendan.kernel.audit.queries import must_see_all
from gendan.kernel.exports import Export, register
from gendan.kernel.values import whole

NAME = "accounts.duties"
DAYS, MOST_DAYS = 90, 730
MOST_ROWS = 100_000
COLUMNS = (
    ("at", _("时间")),
    ("user", _("操作人")),
    ("username", _("用户名")),
    ("label", _("规则")),
    ("number", _("单据")),
    ("then", _("做了")),
    ("first_number", _("之前的单据")),
    ("did", _("之前做了")),
    ("first_at", _("之前的时间")),
)


def days_in(given: Mapping[str, str]) -> int:
    """Over how many days the report goes."""
    return max(1, min(whole(given.get("days", "")) or DAYS, MOST_DAYS))


def _rows(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    must_see_all(actor)
    yield from duties.happened(actor, days_in(filters), MOST_ROWS)


register(Export(NAME, _("职责分离报告"), _rows, lambda actor: COLUMNS))
