"""Classes of customers and the addresses that goods go to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gendan.catalog.queries import VIEW_SALES_PRICE
from gendan.catalog.steps.master.places import ACTIVE
from gendan.catalog.steps.master.spec import Batch, Entry, Spec, Values
from gendan.kernel import db
from gendan.kernel.bulk import Column


def _check_classes(batch: Batch) -> None:
    for entry in batch.good():
        if not 0 <= entry.values["discount"] <= 100:
            entry.errors["discount"] = _("应在 %(low)s 到 %(high)s 之间") % {"low": 0, "high": 100}


def _classes_in_use(company_id: int, ids: list[int]) -> dict[int, str]:
    found = db.rows(
        "SELECT customer_class_id, min(code) FROM catalog_partner WHERE company_id = %s AND is_active"
        " AND customer_class_id = ANY(%s::bigint[]) GROUP BY customer_class_id",
        [company_id, ids],
    )
    return {id_: _("客户 %(code)s 正在使用") % {"code": code} for id_, code in found}


CUSTOMER_CLASSES = Spec(
    "customer-classes",
    "customer_class",
    pgettext_lazy("list", "客户等级"),
    "catalog_customerclass",
    (
        Column("code", gettext_lazy("编码"), "code", True, max_length=64, example="A", aliases=("等级编码", "class")),
        Column("name", gettext_lazy("名称"), required=True, example="重点客户", aliases=("等级名称", "class name")),
        Column("priority", gettext_lazy("优先级"), "integer", default=0, high=9999, sql_type="smallint", example="10",
               help=gettext_lazy("缺货时数字大的客户优先")),
        Column("discount", gettext_lazy("默认折扣 %"), "number", default=Decimal(0), decimals=4, sql_type="numeric",
               example="5", aliases=("折扣", "默认折扣"), permission=VIEW_SALES_PRICE,
               help=gettext_lazy("从标准价中减去的百分比，如 5 表示九五折")),
        ACTIVE,
    ),
    "catalog.save_customer_class",
    check=_check_classes,
    in_use=_classes_in_use,
)  # fmt: skip


def _where(batch: Batch) -> tuple[list[str], dict[str, Any]]:
    values = [entry.values for entry in batch.keyed()]
    return ["s.code = ANY(%(partners)s::text[])", "t.code = ANY(%(codes)s::text[])"], {
        "partners": sorted({value["partner"] for value in values}),
        "codes": [value["code"] for value in values],
    }


def _check_addresses(batch: Batch) -> None:
    claimed: dict[str, int] = {}
    claims = [e for e in batch.good() if e.values["is_default"] and e.has_changed("is_default")]
    for entry in claims:
        if not entry.values["is_active"]:
            entry.errors["is_default"] = _("只有启用的地址可以设为默认")
        elif claimed.setdefault(entry.values["partner"], entry.number) != entry.number:
            entry.errors["is_default"] = _("一个往来单位只能有一个默认地址")
    for entry in batch.good():
        replaced = claimed.get(entry.values["partner"], entry.number) != entry.number
        if replaced and "is_default" in entry.given and entry.given["is_default"]:
            entry.errors["is_default"] = _("一个往来单位只能有一个默认地址")
        elif replaced or not entry.values["is_active"]:
            entry.values["is_default"] = False
    _take_the_first(batch, set(claimed))


def _take_the_first(batch: Batch, settled: set[str]) -> None:
    """The first address of a partner without a default becomes it, unless the row says otherwise."""
    new = [e for e in batch.good() if e.current is None and "is_default" not in e.given and e.values["is_active"]]
    if not new:
        return
    ids = sorted({batch.id_of("partners", entry.values["partner"]) or 0 for entry in new})
    found = db.rows(
        "SELECT DISTINCT p.code FROM catalog_partneraddress a JOIN catalog_partner p ON p.id = a.partner_id"
        " WHERE a.partner_id = ANY(%s::bigint[]) AND a.is_active",
        [ids],
    )
    settled |= {code for (code,) in found}
    for entry in new:
        if entry.values["partner"] not in settled:
            entry.values["is_default"] = True
            settled.add(entry.values["partner"])


def _lock_partners(batch: Batch) -> None:
    """One batch at a time per partner, locked before its addresses are: who is the default is decided among them."""
    ids = sorted({found.id for found in batch.lookups["partners"].values() if found.id})
    db.execute("SELECT 1 FROM catalog_partner WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE", [ids])


def _clear_defaults(batch: Batch, changed: list[Entry]) -> None:
    """Before another address becomes the default, the former one stops being it."""
    chosen = [entry for entry in changed if entry.values["is_default"] and entry.has_changed("is_default")]
    if not chosen:
        return
    partners = sorted({batch.id_of("partners", entry.values["partner"]) or 0 for entry in chosen})
    db.execute(
        "UPDATE catalog_partneraddress SET is_default = false, version = version + 1, updated_at = now()"
        " WHERE partner_id = ANY(%s::bigint[]) AND is_default AND id <> ALL(%s::bigint[])",
        [partners, [entry.id for entry in changed if entry.id]],
    )
    db.execute(
        "UPDATE catalog_partneraddress SET is_default = false WHERE is_default AND id = ANY(%s::bigint[])",
        [[entry.id for entry in changed if entry.id and not entry.values["is_default"]]],
    )


def _shown_at(values: Values) -> tuple[str, ...]:
    return (f"partner:{values['partner']}",)


ADDRESSES = Spec(
    "addresses",
    "address",
    pgettext_lazy("list", "收货地址"),
    "catalog_partneraddress",
    (
        Column("partner", gettext_lazy("往来单位"), "code", True, ref="partners", db="partner_id", sql_type="bigint",
               example="C001", aliases=("客户", "客户编码", "往来单位编码", "customer"),
               help=gettext_lazy("往来单位的编码或名称")),
        Column("code", gettext_lazy("地址编码"), "code", True, max_length=64, example="01",
               aliases=("编码", "address code")),
        Column("name", gettext_lazy("收货人"), required=True, example="李强",
               aliases=("收货单位", "联系人", "receiver", "consignee")),
        Column("phone", gettext_lazy("电话"), max_length=40, aliases=("手机", "联系电话", "mobile")),
        Column("address", gettext_lazy("地址"), required=True, max_length=400, example="苏州市工业园区星湖街 1 号",
               aliases=("收货地址", "详细地址")),
        Column("country", gettext_lazy("国家/地区"), max_length=80, aliases=("国家", "地区")),
        Column("postal_code", gettext_lazy("邮政编码"), max_length=20, aliases=("邮编", "zip", "postcode")),
        Column("is_default", gettext_lazy("默认地址"), "flag", default=False, sql_type="bool", aliases=("默认",)),
        ACTIVE,
    ),
    "catalog.save_partner",
    key=("partner", "code"),
    where=_where,
    prepare=_lock_partners,
    check=_check_addresses,
    before=_clear_defaults,
    shown_at=_shown_at,
)  # fmt: skip
