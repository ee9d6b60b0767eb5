"""What rules of one's own can look at: where it is kept, its dates, and the facts that conditions may use.

The SQL calls a line ``l``, its document ``o``, the product ``pr``, the partner ``p``, the warehouse ``w``. Only what a
trigger leaves is told in facts, so what they cost follows what is due.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.flow.subjects import Fact

Facts = Mapping[str, tuple[str, Fact]]


@dataclass(frozen=True, slots=True)
class Subject:
    """``columns``: key, kind, id, number, line, its number, partner, product, warehouse, person, amount, customers and
    cause, as a finder tells them. ``source`` joins all that ``facts`` need; ``open`` leaves what is under way.
    ``dates`` are facts that a trigger may count from. ``only`` narrows to some documents; ``events`` are the beginnings
    of the types of events that may set a rule off.
    """

    label: str | Promise
    kind: str
    columns: tuple[str, ...]
    source: str
    open: str
    facts: Facts
    dates: Mapping[str, str]
    only: str
    events: tuple[str, ...]


def _user(person: str) -> str:
    return f"coalesce((SELECT u.username FROM accounts_user u WHERE u.id = {person}), '')"


def _number(label: str | Promise, *, price: bool = False) -> Fact:
    return Fact(label, "number", price=price)


_PRODUCT: Facts = {
    "product": ("pr.code", Fact(_("产品编码"))),
    "product_name": ("pr.name", Fact(_("产品名称"))),
    "specification": ("pr.specification", Fact(_("规格"))),
    "category": ("coalesce(c.code, '')", Fact(_("分类编码"))),
    "category_name": ("coalesce(c.name, '')", Fact(_("产品分类"))),
}
_SUPPLIER: Facts = {
    "supplier": ("p.code", Fact(_("供应商编码"))),
    "supplier_name": ("p.name", Fact(_("供应商名称"))),
}
_CUSTOMER: Facts = {
    "customer": ("p.code", Fact(_("客户编码"))),
    "customer_name": ("p.name", Fact(_("客户名称"))),
}
_WAREHOUSE: Facts = {"warehouse": ("w.code", Fact(_("仓库编码")))}
_DOCUMENT: Facts = {
    "number": ("o.number", Fact(_("单号"))),
    "state": ("o.state", Fact(_("状态代码"))),
    "note": ("coalesce(o.note, '')", Fact(_("备注"))),
}
_JOIN_PRODUCT = (
    " JOIN catalog_product pr ON pr.id = l.product_id LEFT JOIN catalog_category c ON c.id = pr.category_id"
    " JOIN catalog_warehouse w ON w.id = l.warehouse_id"
)
_MISSING_PO = "greatest(l.quantity - l.cancelled - l.received, 0)"
_MISSING_SO = "l.quantity - l.cancelled - l.shipped"


def _day(column: str, label: str | Promise) -> tuple[str, Fact]:
    return column, Fact(label, "date")


_PO_LINE = Subject(
    _("采购订单行"),
    "po",
    ("'line:' || l.id", "'po'", "o.id", "o.number", "l.id", "l.line_no", "l.supplier_id", "l.product_id",
     "l.warehouse_id", "coalesce(o.buyer_id, o.created_by_id)",
     f"round(l.net / l.quantity * {_MISSING_PO} * o.rate, 4)", "0", "'supplier:' || l.supplier_id"),
    "purchasing_orderline l JOIN purchasing_purchaseorder o ON o.id = l.order_id"
    f" JOIN catalog_partner p ON p.id = l.supplier_id{_JOIN_PRODUCT}",
    "l.company_id = %(company)s::bigint AND l.is_open",
    {
        "number": _DOCUMENT["number"],
        "line_no": ("l.line_no", _number(_("行号"))),
        **_SUPPLIER,
        **_PRODUCT,
        **_WAREHOUSE,
        "quantity": ("l.quantity", _number(_("数量"))),
        "confirmed": ("l.confirmed", _number(_("已确认数量"))),
        "shipped": ("l.shipped", _number(_("已发货数量"))),
        "received": ("l.received", _number(_("已入库数量"))),
        "missing": (_MISSING_PO, _number(_("待入库数量"))),
        "price": ("l.unit_price", _number(_("单价"), price=True)),
        "amount": (f"round(l.net / l.quantity * {_MISSING_PO} * o.rate, 2)",
                   _number(_("未入库金额（本位币）"), price=True)),
        "buyer": (_user("coalesce(o.buyer_id, o.created_by_id)"), Fact(_("采购员用户名"))),
        "ordered_on": _day("o.ordered_on", _("下单日期")),
        "required_on": _day("l.required_on", _("需求日")),
        "promised_on": _day("l.promised_on", _("承诺交期")),
        "expected_on": _day("l.expected_on", _("预计到货")),
        "due_on": _day("l.due_on", _("应到日期")),
        "note": ("coalesce(l.note, '')", Fact(_("备注"))),
    },
    {"ordered_on": "o.ordered_on", "required_on": "l.required_on", "promised_on": "l.promised_on",
     "expected_on": "l.expected_on", "due_on": "l.due_on"},
    "o.number = ANY(%(documents)s::text[])",
    ("purchasing.order_", "purchasing.shipment_", "purchasing.goods_", "purchasing.promise_", "changes."),
)  # fmt: skip
_SO_LINE = Subject(
    _("销售订单行"),
    "so",
    ("'line:' || l.id", "'so'", "o.id", "o.number", "l.id", "l.line_no", "l.customer_id", "l.product_id",
     "l.warehouse_id", "coalesce(o.salesperson_id, o.created_by_id)",
     f"round(l.net / l.quantity * ({_MISSING_SO}) * o.rate, 4)", "1", "'customer:' || l.customer_id"),
    "sales_salesline l JOIN sales_salesorder o ON o.id = l.order_id"
    f" JOIN catalog_partner p ON p.id = l.customer_id{_JOIN_PRODUCT}",
    "l.company_id = %(company)s::bigint AND l.is_open",
    {
        "number": _DOCUMENT["number"],
        "line_no": ("l.line_no", _number(_("行号"))),
        **_CUSTOMER,
        **_PRODUCT,
        **_WAREHOUSE,
        "quantity": ("l.quantity", _number(_("数量"))),
        "reserved": ("round(l.reserved / l.factor, 6)", _number(_("已锁定数量"))),
        "shipped": ("l.shipped", _number(_("已发货数量"))),
        "missing": (_MISSING_SO, _number(_("待发货数量"))),
        "price": ("l.unit_price", _number(_("单价"), price=True)),
        "amount": (f"round(l.net / l.quantity * ({_MISSING_SO}) * o.rate, 2)",
                   _number(_("未发货金额（本位币）"), price=True)),
        "salesperson": (_user("coalesce(o.salesperson_id, o.created_by_id)"), Fact(_("销售员用户名"))),
        "ordered_on": _day("o.ordered_on", _("下单日期")),
        "requested_on": _day("l.requested_on", _("客户要求日期")),
        "promised_on": _day("l.promised_on", _("承诺交期")),
        "expected_on": _day("l.expected_on", _("预计发货")),
        "due_on": _day("l.due_on", _("应发日期")),
        "note": ("coalesce(l.note, '')", Fact(_("备注"))),
    },
    {"ordered_on": "o.ordered_on", "requested_on": "l.requested_on", "promised_on": "l.promised_on",
     "expected_on": "l.expected_on", "due_on": "l.due_on"},
    "o.number = ANY(%(documents)s::text[])",
    ("sales.", "changes."),
)  # fmt: skip
_PO = Subject(
    _("采购订单"),
    "po",
    ("'po:' || o.id", "'po'", "o.id", "o.number", "NULL::bigint", "NULL::int", "o.supplier_id", "NULL::bigint",
     "o.warehouse_id", "coalesce(o.buyer_id, o.created_by_id)", "round(o.net * o.rate, 4)", "0",
     "'supplier:' || o.supplier_id"),
    "purchasing_purchaseorder o JOIN catalog_partner p ON p.id = o.supplier_id"
    " JOIN catalog_warehouse w ON w.id = o.warehouse_id",
    "o.company_id = %(company)s::bigint AND o.is_open",
    {
        **_DOCUMENT,
        **_SUPPLIER,
        **_WAREHOUSE,
        "amount": ("round(o.gross * o.rate, 2)", _number(_("金额（本位币，含税）"), price=True)),
        "currency": ("o.currency", Fact(_("币种"))),
        "buyer": (_user("coalesce(o.buyer_id, o.created_by_id)"), Fact(_("采购员用户名"))),
        "ordered_on": _day("o.ordered_on", _("下单日期")),
        "approved_on": _day("o.approved_at::date", _("批准日期")),
    },
    {"ordered_on": "o.ordered_on", "approved_on": "o.approved_at::date"},
    "o.number = ANY(%(documents)s::text[])",
    ("purchasing.order_", "purchasing.shipment_", "purchasing.goods_", "purchasing.promise_", "changes."),
)  # fmt: skip
_SO = Subject(
    _("销售订单"),
    "so",
    ("'so:' || o.id", "'so'", "o.id", "o.number", "NULL::bigint", "NULL::int", "o.customer_id", "NULL::bigint",
     "o.warehouse_id", "coalesce(o.salesperson_id, o.created_by_id)", "round(o.net * o.rate, 4)", "1",
     "'customer:' || o.customer_id"),
    "sales_salesorder o JOIN catalog_partner p ON p.id = o.customer_id"
    " JOIN catalog_warehouse w ON w.id = o.warehouse_id",
    "o.company_id = %(company)s::bigint AND o.is_open",
    {
        **_DOCUMENT,
        **_CUSTOMER,
        **_WAREHOUSE,
        "amount": ("round(o.gross * o.rate, 2)", _number(_("金额（本位币，含税）"), price=True)),
        "currency": ("o.currency", Fact(_("币种"))),
        "salesperson": (_user("coalesce(o.salesperson_id, o.created_by_id)"), Fact(_("销售员用户名"))),
        "ordered_on": _day("o.ordered_on", _("下单日期")),
        "requested_on": _day("o.requested_on", _("客户要求日期")),
    },
    {"ordered_on": "o.ordered_on", "requested_on": "o.requested_on"},
    "o.number = ANY(%(documents)s::text[])",
    ("sales.", "changes."),
)  # fmt: skip
_SHIPMENT = Subject(
    _("供应商发货单"),
    "asn",
    ("'asn:' || o.id", "'asn'", "o.id", "o.number", "NULL::bigint", "NULL::int", "o.supplier_id", "NULL::bigint",
     "o.warehouse_id", "o.created_by_id", "NULL::numeric", "0", "'supplier:' || o.supplier_id"),
    "purchasing_shipment o JOIN catalog_partner p ON p.id = o.supplier_id"
    " JOIN catalog_warehouse w ON w.id = o.warehouse_id",
    "o.company_id = %(company)s::bigint AND o.is_open",
    {
        **_DOCUMENT,
        **_SUPPLIER,
        **_WAREHOUSE,
        "carrier": ("o.carrier", Fact(_("承运商"))),
        "tracking_number": ("o.tracking_number", Fact(_("运单号"))),
        "shipped_on": _day("o.shipped_on", _("发货日期")),
        "expected_on": _day("o.expected_on", _("预计到货")),
        "arrived_on": _day("o.arrived_on", _("到货日期")),
    },
    {"shipped_on": "o.shipped_on", "expected_on": "o.expected_on", "arrived_on": "o.arrived_on"},
    "o.number = ANY(%(documents)s::text[])",
    ("purchasing.shipment_", "purchasing.goods_"),
)  # fmt: skip
_STOCK = Subject(
    _("库存（产品在一个仓库）"),
    "product",
    ("'stock:' || l.product_id || ':' || l.warehouse_id", "'product'", "l.product_id", "pr.code", "NULL::bigint",
     "NULL::int", "NULL::bigint", "l.product_id", "l.warehouse_id", "NULL::bigint", "NULL::numeric", "0",
     "'product:' || l.product_id"),
    "(SELECT b.product_id, lo.warehouse_id, sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved"
    " FROM inventory_balance b JOIN catalog_location lo ON lo.id = b.location_id"
    " WHERE b.company_id = %(company)s::bigint AND lo.kind = 'bin' GROUP BY b.product_id, lo.warehouse_id) l"
    f"{_JOIN_PRODUCT}",
    "pr.company_id = %(company)s::bigint",
    {
        **_PRODUCT,
        **_WAREHOUSE,
        "on_hand": ("l.on_hand", _number(_("现存"))),
        "held": ("l.reserved", _number(_("锁定"))),
        "free": ("l.on_hand - l.reserved", _number(_("可用"))),
        "safety": ("pr.safety_stock", _number(_("安全库存"))),
        "is_active": ("pr.is_active", Fact(_("产品启用"), "flag")),
    },
    {},
    "pr.code = ANY(%(documents)s::text[])",
    (),
)  # fmt: skip
_TASK = Subject(
    _("审批任务"),
    "",
    ("'task:' || t.id", "i.kind", "i.document_id", "i.number", "NULL::bigint", "NULL::int", "NULL::bigint",
     "NULL::bigint", "NULL::bigint", "t.user_id", "NULL::numeric", "0", "'person:' || t.user_id"),
    "flow_task t JOIN flow_instance i ON i.id = t.instance_id",
    "t.company_id = %(company)s::bigint AND t.state = 'waiting' AND t.kind = 'approve' AND i.state = 'running'"
    " AND i.kind IN ('po', 'so', 'requisition', 'co')",
    {
        "number": ("i.number", Fact(_("单号"))),
        "kind": ("i.kind", Fact(_("单据类型代码"))),
        "person": (_user("t.user_id"), Fact(_("审批人用户名"))),
        "asked_on": _day("(t.created_at AT TIME ZONE %(zone)s::text)::date", _("发起审批的日期")),
        "wanted_by": _day("(t.due_at AT TIME ZONE %(zone)s::text)::date", _("要求完成的日期")),
        "hours": ("floor(extract(epoch FROM %(now)s::timestamptz - t.created_at) / 3600)", _number(_("已等待小时数"))),
    },
    {"asked_on": "(t.created_at AT TIME ZONE %(zone)s::text)::date",
     "wanted_by": "(t.due_at AT TIME ZONE %(zone)s::text)::date"},
    "i.number = ANY(%(documents)s::text[])",
    (),
)  # fmt: skip
_PARTNER = Subject(
    _("供应商或客户"),
    "partner",
    ("'partner:' || p.id", "'partner'", "p.id", "p.code", "NULL::bigint", "NULL::int", "p.id", "NULL::bigint",
     "NULL::bigint", "p.salesperson_id", "NULL::numeric", "0", "'partner:' || p.id"),
    "catalog_partner p",
    "p.company_id = %(company)s::bigint AND p.is_active",
    {
        "code": ("p.code", Fact(_("编码"))),
        "name": ("p.name", Fact(_("名称"))),
        "is_supplier": ("p.is_supplier", Fact(_("是供应商"), "flag")),
        "is_customer": ("p.is_customer", Fact(_("是客户"), "flag")),
        "country": ("p.country", Fact(_("国家/地区"))),
        "payment_days": ("p.payment_days", _number(_("账期（天）"))),
        "lead_time_days": ("p.lead_time_days", _number(_("交货周期（天）"))),
        "open_purchase_lines": ("(SELECT count(*) FROM purchasing_orderline l WHERE l.company_id = p.company_id"
                                " AND l.supplier_id = p.id AND l.is_open)", _number(_("未完结的采购行数"))),
        "late_purchase_lines": ("(SELECT count(*) FROM purchasing_orderline l WHERE l.company_id = p.company_id"
                                " AND l.supplier_id = p.id AND l.is_open AND l.due_on < %(today)s::date)",
                                _number(_("已晚的采购行数"))),
    },
    {},
    "p.code = ANY(%(documents)s::text[])",
    ("catalog.partner_",),
)  # fmt: skip

_BILL = Subject(
    _("供应商发票"),
    "bill",
    ("'bill:' || o.id", "'bill'", "o.id", "o.number", "NULL::bigint", "NULL::int", "o.supplier_id", "NULL::bigint",
     "NULL::bigint", "o.created_by_id", "round((o.gross - o.paid) * o.rate, 4)", "0", "'supplier:' || o.supplier_id"),
    "settlement_bill o JOIN catalog_partner p ON p.id = o.supplier_id",
    "o.company_id = %(company)s::bigint AND o.is_open",
    {
        **_DOCUMENT,
        **_SUPPLIER,
        "reference": ("o.reference", Fact(_("发票号"))),
        "amount": ("round(o.gross * o.rate, 2)", _number(_("金额（本位币，含税）"), price=True)),
        "unpaid": ("round((o.gross - o.paid) * o.rate, 2)", _number(_("未付金额（本位币）"), price=True)),
        "currency": ("o.currency", Fact(_("币种"))),
        "differs": ("o.state = 'mismatch'", Fact(_("与订单或入库有差异"), "flag")),
        "dated_on": _day("o.dated_on", _("开票日期")),
        "due_on": _day("o.due_on", _("付款到期日")),
    },
    {"dated_on": "o.dated_on", "due_on": "o.due_on"},
    "o.number = ANY(%(documents)s::text[])",
    ("settlement.bill_", "settlement.payment_"),
)  # fmt: skip

SUBJECTS: Mapping[str, Subject] = {
    "po_line": _PO_LINE,
    "so_line": _SO_LINE,
    "po": _PO,
    "so": _SO,
    "asn": _SHIPMENT,
    "bill": _BILL,
    "stock": _STOCK,
    "task": _TASK,
    "partner": _PARTNER,
}
# The kinds whose events touch what a subject tells; a task's cases stand on whatever it is about.
KINDS: Mapping[str, tuple[str, ...]] = {
    code: (subject.kind,) if subject.kind else ("po", "so", "requisition", "co") for code, subject in SUBJECTS.items()
}
