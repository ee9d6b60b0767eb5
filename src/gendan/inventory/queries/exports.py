"""The columns of stock and of the ledger when they leave as a file: (key of the row, heading)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Columns = tuple[tuple[str, str | Promise], ...]

STOCK_COLUMNS: Columns = (
    ("product", _("产品编码")),
    ("name", _("产品")),
    ("specification", _("规格")),
    ("unit_name", _("单位")),
    ("warehouse", _("仓库")),
    ("bin", _("库位")),
    ("lot", _("批次")),
    ("expires_on", _("有效期至")),
    ("on_hand", _("现存")),
    ("reserved", _("锁定")),
    ("blocked", _("待检/不良")),
    ("available", _("可用")),
    ("incoming", _("待入库")),
    ("next_on", _("最近到货")),
    ("safety_stock", _("安全库存")),
)
MOVE_COLUMNS: Columns = (
    ("occurred_at", _("时间")),
    ("product", _("产品编码")),
    ("name", _("产品")),
    ("lot", _("批次")),
    ("quantity", _("数量")),
    ("unit_name", _("单位")),
    ("from_warehouse", _("调出仓库")),
    ("from_bin", _("从")),
    ("to_warehouse", _("调入仓库")),
    ("to_bin", _("到")),
    ("source_kind", _("来源")),
    ("source_number", _("单号")),
    ("user", _("操作人")),
)
