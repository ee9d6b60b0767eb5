"""What approval flows know of adjustments, counts and transfers, and what follows when they agree."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gendan.flow import facts
from gendan.flow.guard import guard
from gendan.flow.subjects import Fact
from gendan.inventory.commands import adjustment, count, transfer
from gendan.inventory.models import Adjustment, StockCount, Transfer
from gendan.inventory.permissions import VIEW
from gendan.kernel.actor import Actor

_COMMON = {
    "warehouse": Fact(_("仓库编码")),
    "reason": Fact(_("原因")),
    "requester": Fact(_("制单人用户名")),
    "department": Fact(_("制单人部门编码")),
    "line_count": Fact(_("行数"), "number"),
    "quantity": Fact(_("数量合计（库存单位）"), "number"),
}
_LISTED = {"lines": Fact(_("明细"), "list", facts.LINES)}
_SQL = """
SELECT jsonb_build_object('warehouse', w.code, 'reason', o.reason, 'requester', {user}, 'department', {department},
 'line_count', (SELECT count(*) FROM {source} WHERE {of}),
 'quantity', coalesce((SELECT sum(abs({quantity})) FROM {source} WHERE {of}), 0), {more}, 'lines', {lines})
FROM {table} o JOIN catalog_warehouse w ON w.id = o.warehouse_id WHERE o.id = {{id}}
"""


def _sql(table: str, source: str, of: str, quantity: str, more: str) -> str:
    return _SQL.format(
        table=table,
        source=source,
        of=of,
        quantity=quantity,
        more=more,
        user=facts.user("o.created_by_id"),
        department=facts.department("o.created_by_id"),
        lines=facts.lines(source, of, quantity=quantity),
    )


def _adjusted(actor: Actor, number: str, _note: str) -> str:
    return adjustment.post_locked(actor, Adjustment.lock(actor, number)).state


def _counted(actor: Actor, number: str, _note: str) -> str:
    return count.post_locked(actor, StockCount.lock(actor, number)).state


def _sent(actor: Actor, number: str, _note: str) -> str:
    return transfer.post_locked(actor, Transfer.lock(actor, number)).state


def register_subjects() -> None:
    """Tell the flows."""
    guard(
        Adjustment,
        _("库存调整过账"),
        VIEW,
        {**_COMMON, "kind": Fact(_("调整类型")), "reverses": Fact(_("是冲销单"), "flag"), **_LISTED},
        _sql(
            "inventory_adjustment",
            "inventory_adjustmentline l",
            "l.adjustment_id = o.id",
            "l.change",
            "'kind', o.kind, 'reverses', o.reverses_id IS NOT NULL",
        ),
        _adjusted,
    )
    guard(
        StockCount,
        _("盘点过账"),
        VIEW,
        {**_COMMON, "blind": Fact(_("盲盘"), "flag"), **_LISTED},
        _sql(
            "inventory_stockcount",
            "inventory_stockcountline l",
            "l.count_id = o.id AND l.counted <> l.expected",
            "(l.counted - l.expected)",
            "'blind', o.blind",
        ),
        _counted,
    )
    guard(
        Transfer,
        _("仓库间调拨"),
        VIEW,
        {**_COMMON, "to_warehouse": Fact(_("调入仓库编码")), **_LISTED},
        _sql(
            "inventory_transfer",
            "inventory_transferline l",
            "l.transfer_id = o.id",
            "l.quantity",
            "'to_warehouse', (SELECT t.code FROM catalog_warehouse t WHERE t.id = o.to_warehouse_id)",
        ),
        _sent,
    )
