"""The papers that a customer may download, each cut down to the customer's own order."""

from __future__ import annotations

from typing import Any

from gendan.kernel.pdf import PRINTS, Print

NAMES = {"note": "sales.delivery", "packing": "sales.packing"}


class Papers:
    """By the name in the address; read late, since sales registers them when it is ready."""

    def __contains__(self, name: object) -> bool:
        return name in NAMES

    def __getitem__(self, name: str) -> Print:
        return PRINTS[NAMES[name]]

    def items(self) -> list[tuple[str, Print]]:
        """Name and paper, in the order in which they are offered."""
        return [(name, PRINTS[full]) for name, full in NAMES.items()]


PAPERS = Papers()


def own_part(content: dict[str, Any], order: str) -> dict[str, Any]:
    """What of a paper is about one order: a delivery may serve several."""
    kept = dict(content)
    for name in ("lines", "loose"):
        if name in kept:
            kept[name] = [line for line in kept[name] if line["order_number"] == order]
    if any("contents" in parcel for parcel in kept.get("parcels", ())):
        parcels = [
            {**parcel, "contents": [line for line in parcel["contents"] if line["order_number"] == order]}
            for parcel in kept["parcels"]
        ]
        kept["parcels"] = [parcel for parcel in parcels if parcel["contents"]]
    kept["references"] = list(dict.fromkeys(line["customer_reference"] for line in kept["lines"]))
    return kept
