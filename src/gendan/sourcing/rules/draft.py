"""What people can change of an inquiry before it is sent; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gendan.sourcing.rules.inquiry import LineIn, SupplierIn

CHINESE = frozenset({"", "cn", "chn", "china", "中国", "中國", "中华人民共和国"})
TRADITIONAL = frozenset({"tw", "hk", "mo", "taiwan", "hong kong", "macao", "macau", "台湾", "臺灣", "香港", "澳门"})


@dataclass(frozen=True, slots=True)
class InquiryDraft:
    """An inquiry as it is asked for; ``warehouse`` is where the goods go."""

    warehouse: str
    title: str = ""
    closes_at: datetime | None = None
    sealed: bool = False
    note: str = ""
    lines: tuple[LineIn, ...] = ()
    suppliers: tuple[SupplierIn, ...] = ()


def language_of(country: str) -> str:
    """In which language a supplier of a country is written to, unless somebody says otherwise."""
    name = country.strip().lower()
    return "zh-hans" if name in CHINESE else "zh-hant" if name in TRADITIONAL else "en"
