"""What the left navigation offers. Data only: an entry appears when its page exists and the actor may see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gendan.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """One page in the navigation; ``permission`` (one of several will do) may be empty: it is for everybody."""

    label: str | Promise
    page: str
    icon: str
    permission: str = ""
    words: str = ""  # further words by which the command palette finds it
    count: str = ""  # the page that answers how much waits there, asked again when ``live`` changes
    live: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of entries."""

    label: str | Promise
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is shown."""

    label: str
    url: str
    icon: str
    page: str
    section: str
    current: bool
    words: str
    count: str = ""
    live: str = ""


SECTIONS: tuple[Section, ...] = (
    Section(
        _("工作台"),
        (
            Entry(_("我的一天"), "web:home", "home", words="wodeyitian shouye workbench home"),
            Entry(
                *(pgettext_lazy("list", "变更单"), "changes:change_list", "git-branch", "changes.view"),
                words="bgd CO change order",
            ),
            Entry(
                _("异常"),
                "alerts:case_list",
                "alert-triangle",
                "alerts.view",
                words="yc exceptions late",
                count="alerts:count",
                live="list:case",
            ),
            Entry(
                _("我的审批"),
                "flow:inbox",
                "clipboard-check",
                words="wdsp shenpi daiban approvals inbox",
                count="flow:count",
                live="list:inbox",
            ),
        ),
    ),
    Section(
        _("销售"),
        (
            Entry(pgettext_lazy("list", "报价单"), "sales:quotation_list", "file-text", "sales.view", "bjd QU offer"),
            Entry(_("销售订单"), "sales:order_list", "tag", "sales.view", "xsdd SO sales order"),
            Entry(_("未发明细"), "sales:line_list", "list-details", "sales.view", "wfmx open sales lines"),
            Entry(_("可承诺量与分配"), "sales:allocation", "arrows-left-right", "sales.view", "kcnl fp ATP allocation"),
            Entry(_("退货单"), "sales:return_list", "arrow-back-up", "sales.view", "thd RMA returns"),
            Entry(pgettext_lazy("list", "出库单"), "sales:delivery_list", "truck-delivery", "sales.view", "ckd DN"),
            Entry(_("客户准时率"), "insight:customer_performance", "chart-bar", "insight.view", "khzsl on time"),
        ),
    ),
    Section(
        _("采购"),
        (
            Entry(_("采购申请"), "purchasing:requisition_list", "clipboard-list", "purchasing.view", "cgsq PR"),
            Entry(pgettext_lazy("list", "询价单"), "sourcing:inquiry_list", "scale", "sourcing.view", "xjd RFQ bijia"),
            Entry(_("框架合同"), "sourcing:contract_list", "file-text", "sourcing.view", "kjht FC contract"),
            Entry(_("采购订单"), "purchasing:order_list", "shopping-cart", "purchasing.view", "cgdd PO"),
            Entry(_("未交明细"), "purchasing:line_list", "list-details", "purchasing.view", "wjmx open lines"),
            Entry(pgettext_lazy("list", "发货单"), "purchasing:shipment_list", "truck", "purchasing.view", "fhd ASN"),
            Entry(_("到货看板"), "transport:board", "calendar", "transport.view", "dhkb rl arrivals calendar"),
            Entry(_("纠正措施"), "quality:action_list", "message", "quality.view", "jzcs CAR"),
            Entry(_("供应商评分"), "insight:supplier_performance", "chart-bar", "insight.view", "gyspf gysjx KPI"),
        ),
    ),
    Section(
        _("结算"),
        (
            Entry(_("供应商发票"), "settlement:bill_list", "receipt", "settlement.view", "gysfp BILL invoice"),
            Entry(_("收付款"), "settlement:payment_list", "currency-yuan", "settlement.view", "sfk PAY payment"),
        ),
    ),
    Section(
        _("仓库"),
        (
            Entry(_("收货"), "purchasing:receive", "scan", "purchasing.receive_goods", "sh GR receive"),
            Entry(_("月台预约"), "transport:docks", "building-warehouse", "transport.view", "ytyy dock"),
            Entry(pgettext_lazy("list", "入库单"), "purchasing:receipt_list", "receipt", "purchasing.view", "rkd GR"),
            Entry(
                pgettext_lazy("list", "检验单"), "quality:inspection_list", "clipboard-check", "quality.view", "jyd QI"
            ),
            Entry(_("不良品"), "purchasing:reject_list", "trash", "purchasing.view", "blp rejects"),
            Entry(
                pgettext_lazy("list", "采购退货"),
                "purchasing:return_list",
                "arrow-back-up",
                "purchasing.view",
                "cgth RTV",
            ),
            Entry(_("拣货"), "sales:pick", "map-pin", "sales.pick_goods", "jh pick"),
            Entry(_("手持端"), "handheld:home", "device-mobile", "purchasing.receive_goods", "scd smq pda scanner"),
            Entry(_("库存"), "inventory:stock_list", "packages", "inventory.view", "kc stock"),
            Entry(_("库存流水"), "inventory:move_list", "history", "inventory.view", "kcls moves"),
            Entry(_("调拨"), "inventory:transfer_list", "arrows-exchange", "inventory.view", "db TR"),
            Entry(_("盘点"), "inventory:count_list", "clipboard-check", "inventory.view", "pd SC"),
            Entry(_("调整"), "inventory:adjustment_list", "adjustments", "inventory.view", "tz AJ"),
        ),
    ),
    Section(
        _("基础资料"),
        (
            Entry(pgettext_lazy("list", "产品"), "catalog:product_list", "box", "catalog.view", "cp product"),
            Entry(_("往来单位"), "catalog:partner_list", "building-store", "catalog.view", "wldw supplier customer"),
            Entry(_("仓库库位"), "catalog:warehouse_list", "building-warehouse", "catalog.view", "ckkw bin"),
            Entry(_("供应商资料"), "sourcing:paper_list", "file-text", "sourcing.view", "gyszl zhizhao papers"),
            Entry(_("供应商价格"), "catalog:price_list", "currency-yuan", "purchasing.view_price", "gysjg price"),
            Entry(_("销售价格"), "catalog:sales_price_list", "tag", "sales.view_price", "xsjg sales price"),
            Entry(
                _("单位与币种"),
                "catalog:basics",
                "database",
                "catalog.view",
                "jcsj dw bz sl khdj unit currency tax customer class",
            ),
        ),
    ),
    Section(
        _("设置"),
        (
            Entry(
                _("供应商答复设置"),
                "portal:supplier_settings",
                "link",
                "purchasing.save_answer_policy",
                "gysdf supplier",
            ),
            Entry(_("销售设置"), "sales:settings", "adjustments", "sales.view", "xssz sales review"),
            Entry(_("结算设置"), "settlement:settings", "scale", "settlement.view", "jssz sdpp tolerance match"),
            Entry(_("手持端设置"), "handheld:settings", "device-mobile", "handheld.save_settings", "scdsz mangshou"),
            Entry(_("公司"), "accounts:company_settings", "building", "accounts.view", "gs company"),
            Entry(_("异常规则"), "alerts:rule_list", "alert-triangle", "alerts.view", "ycgz rules"),
            Entry(_("审批流程"), "flow:flow_list", "git-branch", "flow.design", "splc shenpi approval flow"),
            Entry(_("工作日历"), "flow:calendar", "calendar", "accounts.view", "gzrl jiejiari calendar holiday"),
            Entry(pgettext_lazy("list", "用户"), "accounts:user_list", "users", "accounts.view", "yh user"),
            Entry(
                pgettext_lazy("list", "部门"), "accounts:department_list", "sitemap", "accounts.view", "bm department"
            ),
            Entry(pgettext_lazy("list", "角色"), "accounts:role_list", "shield-lock", "accounts.view", "js role"),
            Entry(pgettext_lazy("list", "承运商"), "carriers:carrier_list", "truck", "carriers.view", "cys carrier"),
            Entry(_("提醒渠道"), "notices:channel_list", "bell", "notices.view", "txqd dingding notice channel"),
            Entry(_("职责分离"), "accounts:duties", "scale", "kernel.audit", "zzfl segregation of duties"),
            Entry(_("审计日志"), "kernel:audit", "history", "kernel.audit kernel.audit_within", "sjrz rizhi audit log"),
            Entry(_("API 密钥"), "accounts:apikey_list", "key", "accounts.view", "miyao key"),
            Entry(
                _("导入导出"), "integrations:import_page", "file-spreadsheet", "integrations.import_file", "drdc excel"
            ),
        ),
    ),
)

# Candidates for the bottom bar of a phone; the first three that the actor has are shown beside «my day».
PHONE = (
    "purchasing:receive", "sales:pick", "flow:inbox", "sales:order_list", "sales:line_list",
    "purchasing:order_list", "purchasing:line_list", "inventory:stock_list",
    "purchasing:shipment_list", "purchasing:requisition_list", "catalog:product_list",
)  # fmt: skip
# Who buys and does not sell sees orders of customers, too, but works in these.
BUYS, SELLS = "purchasing.create_order", "sales.create_order"
OF_BUYERS = ("flow:inbox", "purchasing:order_list", "purchasing:line_list")


@cache
def address(page: str) -> str:
    """The address of a page, or nothing where it does not exist."""
    try:
        return reverse(page)
    except NoReverseMatch:
        return ""


def links(actor: Actor, path: str) -> list[Link]:
    """Every page the actor may open; the one being looked at is marked."""
    found = []
    for section in SECTIONS:
        for entry in section.entries:
            if entry.permission and not any(map(actor.may, entry.permission.split())):
                continue
            url = address(entry.page)
            if url:
                counted = address(entry.count) if entry.count else ""
                shown = (str(entry.label), url, entry.icon, entry.page, str(section.label), False, entry.words)
                found.append(Link(*shown, counted, entry.live))
    current = max((link.url for link in found if path.startswith(link.url)), key=len, default="")
    return [replace(k, current=k.url == current and (k.url != "/" or path == "/")) for k in found]


def phone_links(actor: Actor, found: list[Link]) -> list[Link]:
    """Four entries for the bottom bar: my day and the actor's three most likely pages."""
    by_page = {link.page: link for link in found}
    first = OF_BUYERS if actor.may(BUYS) and not actor.may(SELLS) else ()
    wanted = [by_page[page] for page in dict.fromkeys(("web:home", *first, *PHONE)) if page in by_page]
    return wanted[:4]
