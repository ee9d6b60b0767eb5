"""Reading the forms of master data: the same columns as everywhere, as the browser posts them."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gendan.catalog.steps.master import Spec
from gendan.kernel.errors import Invalid


def values_of(spec: Spec, request: HttpRequest, fields: tuple[str, ...]) -> dict[str, Any]:
    """The posted fields by name: a check box that is off is not posted at all."""
    columns = {column.name: column for column in spec.columns}
    return {
        name: name in request.POST if columns[name].kind == "flag" else request.POST.get(name, "") for name in fields
    }


def rows_of(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    """The rows of a grid that posts JSON under a name."""
    try:
        rows = json.loads(request.POST.get(name) or "[]")
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Invalid({name: _("无法读取表格，请刷新页面后再试")})
    return rows


def version_of(request: HttpRequest) -> int | None:
    """The version that the user saw."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
