"""What a new company starts with."""

from __future__ import annotations

from decimal import Decimal

from gendan.catalog.steps.places import ensure_virtual_locations, save_warehouse
from gendan.kernel import db, tables
from gendan.kernel.unit import step

UNITS = (
    ("PCS", "件", 0), ("EA", "个", 0), ("SET", "套", 0), ("PAIR", "双", 0), ("BOX", "盒", 0), ("CTN", "箱", 0),
    ("BAG", "袋", 0), ("ROLL", "卷", 0), ("BTL", "瓶", 0), ("SHEET", "张", 0), ("PALLET", "托", 0), ("KIT", "组", 0),
    ("KG", "千克", 3), ("G", "克", 2), ("T", "吨", 4), ("M", "米", 3), ("CM", "厘米", 2), ("M2", "平方米", 3),
    ("M3", "立方米", 4), ("L", "升", 3), ("HOUR", "小时", 2),
)  # fmt: skip
CURRENCIES = (
    ("CNY", "人民币", 2, "1"), ("USD", "美元", 2, "7.1"), ("EUR", "欧元", 2, "8.2"), ("HKD", "港币", 2, "0.91"),
    ("TWD", "新台币", 2, "0.23"), ("JPY", "日元", 0, "0.046"), ("GBP", "英镑", 2, "9.3"),
)  # fmt: skip
TAXES = (
    ("VAT13", "增值税 13%", "13"), ("VAT9", "增值税 9%", "9"), ("VAT6", "增值税 6%", "6"), ("VAT0", "零税率", "0")
)  # fmt: skip
WAREHOUSE = ("MAIN", "主仓")
_MASTER = {"company_id": "bigint", "code": "text", "name": "text", "is_active": "bool", "version": "int"}
_ONCE = "ON CONFLICT (company_id, code) DO NOTHING"


@step
def create_defaults(company_id: int) -> None:
    """Units, currencies, taxes, the main warehouse and the places outside. Repeating it changes nothing.

    The exchange rates are a start that the company corrects; its own currency counts 1.
    """

    def master(code: str, name: str) -> dict[str, object]:
        return {"company_id": company_id, "code": code, "name": name, "is_active": True, "version": 1}

    tables.insert(
        "catalog_unit",
        {**_MASTER, "decimals": "smallint"},
        [{**master(code, name), "decimals": decimals} for code, name, decimals in UNITS],
        conflict=_ONCE,
    )
    tables.insert(
        "catalog_currency",
        {**_MASTER, "minor_units": "smallint", "rate": "numeric"},
        [
            {**master(code, name), "minor_units": minor, "rate": rate}
            for (code, name, minor, _), rate in zip(CURRENCIES, _rates(company_id), strict=True)
        ],
        conflict=_ONCE,
    )
    tables.insert(
        "catalog_tax",
        {**_MASTER, "rate": "numeric", "included": "bool"},
        [{**master(code, name), "rate": Decimal(rate), "included": False} for code, name, rate in TAXES],
        conflict=_ONCE,
    )
    ensure_virtual_locations(company_id)
    if not db.row("SELECT 1 FROM catalog_warehouse WHERE company_id = %s AND code = %s", [company_id, WAREHOUSE[0]]):
        save_warehouse(company_id, *WAREHOUSE)


def _rates(company_id: int) -> list[Decimal]:
    """Units of the company's currency per unit of each default currency."""
    own = (db.row("SELECT currency FROM accounts_company WHERE id = %s", [company_id]) or ("CNY",))[0]
    in_yuan = {code: Decimal(rate) for code, _, _, rate in CURRENCIES}
    base = in_yuan.get(own, Decimal(1))
    return [round(rate / base, 6) for rate in in_yuan.values()]
