"""My day: four lists, each with an honest count and its first rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from gendan.alerts.queries import overview as exceptions
from gendan.changes import queries as changes
from gendan.flow.queries import inbox as approvals
from gendan.inventory.queries import agenda as warehouse
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS, state_label
from gendan.kernel.subjects import page_of
from gendan.purchasing.queries import agenda, lines
from gendan.sales.queries import agenda as selling
from gendan.sales.queries import lines as sold
from gendan.web.format import money
from gendan.web.navigation import address

FIRST = 6
SEE_PRICE = "purchasing.view_price"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do or to know."""

    title: str
    note: str
    url: str
    on: date | None = None
    days_late: int = 0
    state: str = ""
    state_label: str = ""
    severity: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one kind within a list, with the page that shows them all."""

    title: str
    count: int
    rows: list[Row]
    url: str = ""
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """One of the four lists."""

    key: str
    title: str
    icon: str
    clear: str
    live: str
    parts: list[Part] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many in all."""
        return sum(part.count for part in self.parts)

    @property
    def capped(self) -> bool:
        """Whether there are more than were counted."""
        return any(part.capped for part in self.parts)


def my_day(actor: Actor) -> list[Box]:
    """The four lists of the start page."""
    seen = actor.may("purchasing.view")
    counts = lines.open_line_counts(actor) if seen else {}
    return [
        Box(
            "todo",
            gettext("待我处理"),
            "inbox",
            gettext("没有等您处理的事。"),
            "list:requisition list:po list:asn list:gr list:count list:transfer list:adjustment list:so list:dn"
            " list:inbox list:co",
            _approvals(actor)
            + _changes(actor)
            + (_todo(actor) if seen else [])
            + _sales(actor)
            + (_stock(actor) if actor.may("inventory.view") else []),
        ),
        Box(
            "alerts",
            gettext("异常"),
            "alert-triangle",
            gettext("没有需要处理的异常。"),
            "list:case list:po list:asn list:gr list:so list:dn",
            _cases(actor) + _late(actor, counts) + _underway(actor),
        ),
        Box(
            "today",
            gettext("今日"),
            "calendar",
            gettext("今天没有预计到货，也没有到期的明细。"),
            "list:po list:asn list:gr list:so",
            _sold_today(actor) + (_today(actor, counts) if seen else []),
        ),
        Box(
            "waiting",
            gettext("等待他人"),
            "clock",
            gettext("没有在等别人。"),
            "list:po list:requisition",
            _waiting(actor) if seen else [],
        ),
    ]


def _approvals(actor: Actor) -> list[Part]:
    """What waits for the actor by a flow, whatever the document; nothing is said when there is none."""
    page = approvals.inbox(actor, approvals.Wanted(), FIRST)
    count = approvals.todo_count(actor) if page.after else len(page.items)
    rows = [
        Row(
            row.number,
            " · ".join(
                text
                for text in (
                    row.partner,
                    money(row.amount, row.currency).striptags() if row.amount is not None else "",
                    row.submitter,
                    row.node,
                )
                if text
            ),
            row.url,
            row.due_at.astimezone(actor.zone).date() if row.due_at else None,
            row.days_late,
        )
        for row in page.items
    ]
    return [Part(gettext("待我审批"), count, rows, address("flow:inbox"))] if count else []


def _changes(actor: Actor) -> list[Part]:
    """Change orders that the actor can bring further; nothing is said when there is none."""
    found = changes.waiting(actor)
    titles = {
        "pending_approval": gettext("待审批的变更"),
        "awaiting_partner": gettext("等对方答复的变更"),
        "approved": gettext("已同意、还不能生效的变更"),
    }
    url = address("changes:change_list")
    return [
        Part(title, len(found[state]), [_change(row) for row in found[state][:FIRST]], f"{url}?state={state}")
        for state, title in titles.items()
        if state in found
    ]


def _change(row: Mapping[str, Any]) -> Row:
    note = " · ".join(text for text in (row["order_number"], row["partner_name"], row["reason"], row["author"]) if text)
    return Row(row["number"], note, page_of("co", row["number"]), None, 0, row["state"], row["state_label"])


def _todo(actor: Actor) -> list[Part]:
    """What the actor may and should do next, by what they are allowed to do."""
    wanted = (
        ("purchasing.approve_order", "orders_to_approve", gettext("待审批的订单"), "pending_approval"),
        ("purchasing.approve_requisition", "requisitions_to_approve", gettext("待审批的申请"), "pending_approval"),
        ("purchasing.create_order", "requisitions_to_order", gettext("待下单的申请"), "approved"),
        ("purchasing.confirm_order", "orders_to_confirm", gettext("待供应商确认的订单"), "approved"),
        ("purchasing.receive_goods", "shipments_to_receive", gettext("已到货待收的发货"), "arrived"),
        ("purchasing.inspect_receipt", "receipts_to_inspect", gettext("待检的入库单"), "to_inspect"),
        ("purchasing.create_order", "own_order_drafts", gettext("我的订单草稿"), "draft"),
        ("purchasing.create_requisition", "own_requisition_drafts", gettext("我的申请草稿"), "draft"),
    )
    return [_part(actor, work, title, state) for code, work, title, state in wanted if actor.may(code)]


def _sales(actor: Actor) -> list[Part]:
    """What waits in the sales chain, by what the actor is allowed to do; nothing is said of what is not there."""
    wanted = (
        ("sales.approve_order", "orders_to_review", gettext("待审核的销售订单"), "sales:order_list", "pending_review"),
        (
            *("sales.update_order", "own_orders_to_send", gettext("我的销售订单草稿和被驳回的订单")),
            *("sales:order_list", "open&view=mine"),
        ),
        ("sales.update_quotation", "quotations_to_follow", gettext("快到期的报价"), "sales:quotation_list", "sent"),
        ("sales.pick_goods", "deliveries_to_pick", gettext("今天要拣的货"), "sales:delivery_list", "to_pick"),
        ("sales.deliver_order", "deliveries_to_ship", gettext("已拣好，待出库"), "sales:delivery_list", "packed"),
        ("sales.approve_return", "returns_to_approve", gettext("待批准的退货"), "sales:return_list", "requested"),
        ("sales.decide_return", "returns_to_decide", gettext("待检验的退货"), "sales:return_list", "received"),
        ("sales.settle_return", "returns_to_settle", gettext("待了结的退货"), "sales:return_list", "received"),
    )
    return _selling(actor, [row[1:] for row in wanted if actor.may(row[0])])


def _cases(actor: Actor) -> list[Part]:
    """Exceptions, one's own first, those that matter most first; nothing is said when there is none."""
    found = exceptions.of_the_day(actor, FIRST)
    url = address("alerts:case_list")
    parts = (
        (gettext("我负责的异常"), found[True], f"{url}?view=mine"),
        (gettext("其他异常"), found[False], url),
    )
    return [
        Part(title, rows[0]["many"], [_case(row, to) for row in rows], to, rows[0]["many"] >= lines.CAP)
        for title, rows, to in parts
        if rows
    ]


def _case(row: Mapping[str, Any], within: str) -> Row:
    """An exception, or those of one cause as one."""
    document = f"{row['document_number']} #{row['line_no']}" if row["line_no"] else row["document_number"]
    if row["cases"] == 1:
        note = " · ".join(text for text in (document, row["text"], row["partner_name"]) if text)
        return Row(row["rule_name"], note, page_of("case", row["number"]), severity=row["severity"])
    count = gettext("%(n)s 个异常") % {"n": row["cases"]}
    whose = row["partner_name"] or row["product_name"] or ""
    worst = gettext("最重的是 %(document)s：%(text)s") % {"document": document, "text": row["text"]}
    note = " · ".join(text for text in (whose, worst) if text)
    url = f"{within}{'&' if '?' in within else '?'}{urlencode({'rule': row['rule'], 'cause': row['cause']})}"
    return Row(f"{row['rule_name']} · {count}", note, url, severity=row["severity"])


def _late(actor: Actor, counts: Mapping[str, int]) -> list[Part]:
    """What is late, for who is shown no exceptions; for the others it is among them. What will be late, for all."""
    slipping = _sold(actor, gettext("预计晚于承诺的销售明细"), sold.LineFilter(only="slipping"))
    if actor.may("alerts.view"):
        return slipping
    late = _sold(actor, gettext("已晚的销售明细"), sold.LineFilter(due="late"))
    return late + slipping + (_alerts(actor, counts) if actor.may("purchasing.view") else [])


def _underway(actor: Actor) -> list[Part]:
    """Deliveries that should have arrived, or of which the carrier says nothing."""
    late = ("deliveries_late", gettext("应送达未签收的出库单"), "sales:delivery_list", "unsigned")
    return _selling(actor, [late] if actor.may("sales.sign_delivery") else [])


def _sold_today(actor: Actor) -> list[Part]:
    return _sold(actor, gettext("今天要发的销售明细"), sold.LineFilter(due="today"))


def _sold(actor: Actor, title: str, wanted: sold.LineFilter) -> list[Part]:
    """Open sales lines of one sort, for those who look after orders; nothing is said when there is none."""
    if not (actor.may("sales.view") and actor.may("sales.update_order")):
        return []
    page = sold.open_lines(actor, wanted, limit=FIRST)
    count = sold.open_line_counts(actor, wanted)[wanted.due or "all"] if page.after else len(page.items)
    rows = [
        Row(
            f"{row['order_number']}-{row['line']}",
            gettext("%(product)s · 未发 %(open)s %(unit)s · %(customer)s")
            % {
                "product": row["product_name"],
                "open": f"{row['outstanding'].normalize():f}",
                "unit": row["unit_name"],
                "customer": row["customer_name"],
            },
            reverse("sales:line_trace", args=[row["order_number"], row["line"]]),
            row["due_on"],
            row["days_late"] or row["days_expected_late"] or 0,
        )
        for row in page.items
    ]
    url = f"{address('sales:line_list')}?due={wanted.due}&only={wanted.only}"
    return [Part(title, count, rows, url, count >= lines.CAP)] if count else []


def _selling(actor: Actor, wanted: Sequence[tuple[str, str, str, str]]) -> list[Part]:
    parts = []
    for work, title, page, state in wanted if actor.may("sales.view") else ():
        found = selling.waiting(actor, work, FIRST)
        rows = [_document(actor, found.kind, row, "sales.view_price") for row in found.rows]
        parts.append(Part(title, found.count, rows, f"{address(page)}?state={state}", found.capped))
    return [part for part in parts if part.count]


def _stock(actor: Actor) -> list[Part]:
    """What waits in the warehouse, by what the actor is allowed to do; nothing is said of what is not there."""
    wanted = (
        ("inventory.post_count", "counts_to_review", gettext("待复核的盘点"), "review"),
        ("inventory.count_line", "counts_running", gettext("进行中的盘点"), "counting"),
        ("inventory.receive_transfer", "transfers_to_receive", gettext("待收的调拨"), "in_transit"),
        ("inventory.post_adjustment", "adjustments_to_post", gettext("待过账的调整"), "draft"),
    )
    found = [_stock_part(actor, work, title, state) for code, work, title, state in wanted if actor.may(code)]
    return [part for part in found if part.count]


def _stock_part(actor: Actor, work: str, title: str, state: str) -> Part:
    found = warehouse.waiting(actor, work, FIRST)
    rows = []
    for row in found.rows:
        place = " → ".join(code for code in (row["place"], row["to_place"]) if code)
        note = " · ".join(text for text in (place, row["reason"], row["person"]) if text)
        label = state_label(KINDS[found.kind], row["state"])
        rows.append(Row(row["number"], note, page_of(found.kind, row["number"]), None, 0, row["state"], label))
    return Part(title, found.count, rows, f"{address(f'inventory:{found.kind}_list')}?state={state}", found.capped)


def _alerts(actor: Actor, counts: Mapping[str, int]) -> list[Part]:
    """Late lines, the longest first, and shipments that should have arrived."""
    late = _part(actor, "shipments_late", gettext("应到未到的发货"), "in_transit")
    return [_lines(actor, "late", gettext("已晚的明细"), counts["late"]), late]


def _today(actor: Actor, counts: Mapping[str, int]) -> list[Part]:
    """What arrives and what is due today."""
    return [
        _part(actor, "shipments_today", gettext("今天预计到的发货"), "in_transit"),
        _lines(actor, "today", gettext("今天到期的明细"), counts["today"]),
    ]


def _waiting(actor: Actor) -> list[Part]:
    """What others have to decide before the actor can go on."""
    own = gettext("我的申请，等待审批")
    orders = "orders_above_limit" if actor.may("purchasing.approve_order") else "orders_pending"
    parts = [_part(actor, "own_requisitions_pending", own, "pending_approval")]
    if actor.may("purchasing.create_order") and not (orders == "orders_above_limit" and actor.amount_limit is None):
        parts.insert(0, _part(actor, orders, gettext("订单，等待审批"), "pending_approval"))
    if not actor.may("purchasing.confirm_order"):
        parts.append(_part(actor, "orders_to_confirm", gettext("订单，等待供应商确认"), "approved"))
    return parts


_LISTS = {
    "po": "purchasing:order_list",
    "requisition": "purchasing:requisition_list",
    "asn": "purchasing:shipment_list",
    "gr": "purchasing:receipt_list",
}


def _part(actor: Actor, work: str, title: str, state: str) -> Part:
    found = agenda.waiting(actor, work, FIRST)
    url = address(_LISTS[found.kind])
    return Part(
        title,
        found.count,
        [_document(actor, found.kind, row) for row in found.rows],
        f"{url}?state={state}" if url else "",
        found.capped,
    )


def _document(actor: Actor, kind: str, row: Mapping[str, Any], sees: str = SEE_PRICE) -> Row:
    amount = money(row["amount"], row["currency"]).striptags() if row["amount"] and actor.may(sees) else ""
    person = "" if row["person"] == actor.name else row["person"]
    note = " · ".join(str(text) for text in (row["partner"], amount, person) if text)
    label = state_label(KINDS[kind], row["state"])
    url = page_of(kind, row["number"])
    return Row(row["number"], note, url, row["on"], row["days_late"] or 0, row["state"], label)


def _lines(actor: Actor, due: str, title: str, count: int) -> Part:
    page = lines.open_lines(actor, lines.LineFilter(due=due), limit=FIRST)
    url = address("purchasing:line_list")
    rows = [
        Row(
            f"{row['order_number']}-{row['line']}",
            gettext("%(product)s · 还差 %(open)s %(unit)s · %(supplier)s")
            % {
                "product": row["product_name"],
                "open": f"{row['outstanding'].normalize():f}",
                "unit": row["unit_name"],
                "supplier": row["supplier_name"],
            },
            _line_url(row["order_number"], row["line"]),
            row["due_on"],
            row["days_late"] or 0,
        )
        for row in page.items
    ]
    return Part(title, count, rows, f"{url}?due={due}" if url else "", count >= lines.CAP)


def _line_url(number: str, line: int) -> str:
    """«Where is it» of a line; the order's page until that exists."""
    try:
        return reverse("purchasing:line", args=[number, line])
    except NoReverseMatch:
        return page_of("po", number)
