"""Reading what pages post: every field that cannot be read is named at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gendan.kernel.errors import Invalid
from gendan.kernel.values import BadValue


def fields_of(request: HttpRequest, names: dict[str, Any], problems: dict[str, str] | None = None) -> dict[str, Any]:
    """The named fields of a posted form, each read by its function (empty: None).

    What cannot be read is put into ``problems``; without them Invalid names it.
    """
    values: dict[str, Any] = dict.fromkeys(names)
    found: dict[str, str] = {}
    for name, read in names.items():
        text = request.POST.get(name, "").strip()
        try:
            values[name] = read(text) if text else None
        except BadValue as bad:
            found[name] = bad.text
    _named(found, problems)
    return values


def version_of(request: HttpRequest) -> int | None:
    """The version of the document that the form was made from."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def texts_of(request: HttpRequest, lengths: dict[str, int], problems: dict[str, str] | None = None) -> dict[str, Any]:
    """The named texts of a posted form; those that are too long are put into ``problems``, else Invalid names them."""
    values = {name: request.POST.get(name, "").strip() for name in lengths}
    found = {
        name: _("最多 %(count)s 个字。") % {"count": length}
        for name, length in lengths.items()
        if len(values[name]) > length
    }
    _named(found, problems)
    return values


def _named(found: dict[str, str], problems: dict[str, str] | None) -> None:
    if problems is not None:
        problems |= found
    elif found:
        raise Invalid({**found})
