"""How far a sales line is, as its bar shows it: set aside, left, signed for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from gendan.catalog.queries import figure

Row = Mapping[str, Any]
ZERO = Decimal(0)
HUNDRED = Decimal(100)


def progress(line: Row) -> dict[str, Any]:
    """The parts of a line's bar in percent by colour, its figures in words, and what stands beside it."""
    whole, gone = line["quantity"], line["cancelled"]
    answered = line["signed"] + line["refused"]
    held = min(line["shipped"] + line["reserved"] / line["factor"], whole - gone)
    parts, reached = [], ZERO
    for colour, upto in (("received", answered), ("shipped", line["shipped"]), ("confirmed", held)):
        width = max(min(upto, whole) - reached, ZERO)
        reached += width
        parts.append((colour, width))
    parts.append(("cancelled", gone))
    words = [
        _("订货 %(n)s") % {"n": figure(whole)},
        _("锁定 %(n)s") % {"n": figure(line["reserved"] / line["factor"])},
        _("发货 %(n)s") % {"n": figure(line["shipped"])},
        _("签收 %(n)s") % {"n": figure(line["signed"])},
    ]
    words += [_("拒收 %(n)s") % {"n": figure(line["refused"])}] if line["refused"] else []
    words += [_("已取消 %(n)s") % {"n": figure(gone)}] if gone else []
    return {
        "parts": [(colour, f"{float(width / whole * HUNDRED):.2f}") for colour, width in parts if width > 0],
        "said": " · ".join(words),
        "done": line["shipped"],
        "wanted": whole - gone,
        "unit": line["unit_name"],
        "refused": line["refused"],
    }
