"""What the palette finds: pages by name, documents by number, products and partners by anything."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from gendan.alerts.queries import marks as exceptions
from gendan.catalog import queries as catalog
from gendan.changes import queries as changing
from gendan.inventory.queries import agenda as warehouse
from gendan.kernel.actor import Actor
from gendan.kernel.documents import KINDS, state_label
from gendan.kernel.numbering import WIDTH
from gendan.kernel.subjects import page_of
from gendan.purchasing.queries import agenda
from gendan.quality.queries import search as inspecting
from gendan.sales.queries import search as selling
from gendan.web import navigation

LIMIT = 6
LABELS = {
    "po": _("采购订单"),
    "asn": pgettext_lazy("list", "发货单"),
    "requisition": _("采购申请"),
    "gr": pgettext_lazy("list", "入库单"),
    "transfer": _("调拨"),
    "adjustment": _("库存调整"),
    "count": _("盘点"),
    "so": _("销售订单"),
    "dn": _("出库单"),
    "rma": _("退货单"),
    "quotation": _("报价单"),
    "wave": _("波次"),
    "co": pgettext_lazy("list", "变更单"),
    "rtv": pgettext_lazy("list", "采购退货"),
    "qi": pgettext_lazy("list", "检验单"),
    "car": _("纠正措施"),
}
ICONS = {
    "po": "shopping-cart",
    "asn": "truck",
    "requisition": "clipboard-list",
    "gr": "package-import",
    "transfer": "arrows-exchange",
    "adjustment": "adjustments",
    "count": "clipboard-check",
    "so": "tag",
    "dn": "truck-delivery",
    "rma": "arrow-back-up",
    "quotation": "report-money",
    "wave": "route",
    "co": "arrows-left-right",
    "rtv": "arrow-back-up",
    "qi": "clipboard-check",
    "car": "message",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette."""

    title: str
    url: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind."""

    title: str
    hits: list[Hit]


def find(actor: Actor, q: str) -> list[Group]:
    """Groups that have hits, the likeliest first; without a text the pages the actor has."""
    q = q.strip()[:80]
    groups = [Group(gettext("页面"), _pages(actor, q))]
    if q:
        groups = [
            Group(gettext("单据"), _documents(actor, q)),
            Group(gettext("异常"), _cases(actor, q)),
            *groups,
            Group(pgettext("list", "产品"), _products(actor, q)),
            Group(gettext("往来单位"), _partners(actor, q)),
        ]
    return [group for group in groups if group.hits]


def _pages(actor: Actor, q: str) -> list[Hit]:
    wanted = q.lower()
    found = [
        Hit(link.label, link.url, link.icon, link.section)
        for link in navigation.links(actor, "")
        if not wanted or wanted in link.label.lower() or any(w.lower().startswith(wanted) for w in link.words.split())
    ]
    return found[: LIMIT if wanted else 12]


def numbers_meant(q: str) -> list[str]:
    """The document numbers that a text may stand for: «123», «po123», «PO-000123»."""
    found = re.fullmatch(r"([A-Za-z]{0,6})[-\s]?0*(\d{1,12})", q)
    numbers = [q.upper()]
    if found:
        prefixes = [found.group(1).upper()] if found.group(1) else sorted({kind.PREFIX for kind in KINDS.values()})
        numbers += [f"{prefix}-{int(found.group(2)):0{WIDTH}d}" for prefix in prefixes]
    return numbers


def _documents(actor: Actor, q: str) -> list[Hit]:
    numbers, rows, hits = numbers_meant(q), [], []
    if actor.may("purchasing.view"):
        rows += agenda.documents_by_number(actor, numbers)
    if actor.may("sales.view"):
        rows += selling.documents_by_number(actor, numbers, q)
    if actor.may("inventory.view"):
        rows += warehouse.documents_by_number(actor, numbers)
    if actor.may("quality.view"):
        rows += inspecting.documents_by_number(actor, numbers)
    rows += changing.documents_by_number(actor, numbers)
    for row in rows:
        document = KINDS[row["kind"]]
        note = " · ".join(
            t for t in (str(LABELS.get(row["kind"], "")), state_label(document, row["state"]), row["partner"]) if t
        )
        if url := page_of(row["kind"], row["number"]):
            hits.append(Hit(row["number"], url, ICONS.get(row["kind"], "file-text"), note))
    return hits[:LIMIT]


def _cases(actor: Actor, q: str) -> list[Hit]:
    """Exceptions by their number."""
    return [
        Hit(f"{one.number} {one.word}", one.url, "alert-triangle", f"{one.document} {one.text}")
        for one in exceptions.cases_by_number(actor, numbers_meant(q))
    ]


def _products(actor: Actor, q: str) -> list[Hit]:
    if not actor.may(catalog.VIEW):
        return []
    found = catalog.find_products(actor, q, limit=LIMIT)
    return [
        Hit(f"{row['code']} {row['name']}", url, "box", row["specification"])
        for row in found
        if (url := page_of("product", row["code"]))
    ]


def _partners(actor: Actor, q: str) -> list[Hit]:
    if not actor.may(catalog.VIEW):
        return []
    found = catalog.find_partners(actor, q, limit=LIMIT)
    return [
        Hit(f"{row['code']} {row['name']}", url, "building-store", row["short_name"] or "")
        for row in found
        if (url := page_of("partner", row["code"]))
    ]
