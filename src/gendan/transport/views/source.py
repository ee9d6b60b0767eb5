"""By whose word a shipment arrives on its day."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def source_text(row: dict[str, Any]) -> str:
    """By whose word a shipment arrives on its day."""
    usual = row["usual"]
    if usual is not None:
        words = {"days": usual.days, "n": usual.shipments, "carrier": usual.carrier and row["carrier"]}
        if usual.carrier:
            return _("按 %(carrier)s 最近 %(n)s 次，路上一般 %(days)s 天") % words
        return _("按这家供应商最近 %(n)s 次，路上一般 %(days)s 天") % words
    return {"arrived": _("已到货"), "carrier": _("承运商预计"), "supplier": _("供应商填写")}.get(row["source"], "")
