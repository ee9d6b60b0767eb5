"""Warehouses and bins."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gendan.catalog.steps.master.spec import Batch, Entry, Spec
from gendan.catalog.steps.places import add_own_locations
from gendan.kernel import db
from gendan.kernel.bulk import Column

ACTIVE = Column("is_active", gettext_lazy("启用"), "flag", default=True, sql_type="bool", aliases=("状态", "active"))
KINDS = {"bin": gettext_lazy("库位"), "inspection": gettext_lazy("待检区"), "rejected": gettext_lazy("不良品区")}


def _add_places(batch: Batch, changed: list[Entry]) -> None:
    if new := [entry.id for entry in changed if entry.current is None and entry.id]:
        add_own_locations(batch.company_id, new)


WAREHOUSES = Spec(
    "warehouses",
    "warehouse",
    pgettext_lazy("list", "仓库"),
    "catalog_warehouse",
    (
        Column(
            "code", gettext_lazy("编码"), "code", True, max_length=64, example="MAIN", aliases=("仓库编码", "warehouse")
        ),
        Column("name", gettext_lazy("名称"), required=True, example="主仓", aliases=("仓库名称", "warehouse name")),
        Column("address", gettext_lazy("地址"), max_length=400),
        ACTIVE,
    ),
    "catalog.save_warehouse",
    children=_add_places,
)


def _where(batch: Batch) -> tuple[list[str], dict[str, Any]]:
    values = [entry.values for entry in batch.keyed()]
    return ["w.code = ANY(%(warehouses)s::text[])", "t.code = ANY(%(codes)s::text[])"], {
        "warehouses": sorted({value["warehouse"] for value in values}),
        "codes": [value["code"] for value in values],
    }


def _check(batch: Batch) -> None:
    defaults: dict[str, int] = {}
    replaced = {e.values["warehouse"] for e in batch.good() if e.values["is_default"] and e.has_changed("is_default")}
    for entry in batch.good():
        current, values = entry.current, entry.values
        if current is not None and current["kind"] != values["kind"]:
            entry.errors["kind"] = _("库位的类型不能更改，请新建一个库位")
        if (
            current is not None
            and current["is_default"]
            and not values["is_default"]
            and (values["warehouse"] not in replaced)
        ):
            entry.errors["is_default"] = _("请在另一个库位上设为默认")
        if (
            values["is_default"]
            and entry.has_changed("is_default")
            and (values["kind"] != "bin" or not values["is_active"])
        ):
            entry.errors["is_default"] = _("只有启用的普通库位可以设为默认")
        if values["is_default"] and defaults.setdefault(values["warehouse"], entry.number) != entry.number:
            entry.errors["is_default"] = _("一个仓库只能有一个默认库位")


def _set_default(batch: Batch, changed: list[Entry]) -> None:
    chosen = [entry for entry in changed if entry.values["is_default"] and entry.has_changed("is_default")]
    if chosen:
        db.execute(
            "UPDATE catalog_warehouse w SET default_location_id = v.bin, version = w.version + 1, updated_at = now()"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS v(warehouse, bin) WHERE w.id = v.warehouse",
            [[batch.id_of("warehouses", e.values["warehouse"]) for e in chosen], [e.id for e in chosen]],
        )


def _default_bins(company_id: int, ids: list[int]) -> dict[int, str]:
    found = db.rows(
        "SELECT default_location_id, code FROM catalog_warehouse WHERE company_id = %s AND is_active"
        " AND default_location_id = ANY(%s::bigint[])",
        [company_id, ids],
    )
    return {id_: _("它是仓库 %(code)s 的默认库位") % {"code": code} for id_, code in found}


BINS = Spec(
    "bins",
    "bin",
    pgettext_lazy("list", "库位"),
    "catalog_location",
    (
        Column("warehouse", gettext_lazy("仓库"), "code", True, ref="warehouses", db="warehouse_id", sql_type="bigint",
               example="MAIN", aliases=("仓库编码",)),
        Column("code", gettext_lazy("库位编码"), "code", True, max_length=64, example="A-01-01",
               aliases=("编码", "库位", "bin", "bin code", "location")),
        Column("name", gettext_lazy("名称"), aliases=("库位名称",)),
        Column("kind", gettext_lazy("类型"), "choice", default="bin", choices=KINDS),
        Column("is_default", gettext_lazy("默认库位"), "flag", default=False, db=None),
        Column("allow_negative", gettext_lazy("允许负库存"), "flag", default=False, sql_type="bool"),
        ACTIVE,
    ),
    "catalog.save_warehouse",
    key=("warehouse", "code"),
    where=_where,
    check=_check,
    children=_set_default,
    in_use=_default_bins,
    dated=False,
)  # fmt: skip
