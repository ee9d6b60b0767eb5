"""Every remedy by its code."""

from __future__ import annotations

from collections.abc import Mapping

from gendan.alerts.remedies import buying, goods_back, rejected, selling, shared, stock, urging, writing_off
from gendan.alerts.remedies.kinds import Remedy

REMEDIES: Mapping[str, Remedy] = {
    remedy.code: remedy
    for remedy in (
        urging.REMEDY,
        goods_back.REMEDY,
        rejected.REMEDY,
        writing_off.REMEDY,
        *buying.REMEDIES,
        *stock.REMEDIES,
        *selling.REMEDIES,
        *shared.REMEDIES,
    )
}
# Offered wherever they help, whether a rule names them or not.
EVERYWHERE = ("take_reservation", "reallocate")
