"""What a company that has no document yet does first; each step is ticked off by what is there."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from gendan.catalog.queries import has_begun
from gendan.kernel.actor import Actor
from gendan.kernel.documents import any_document
from gendan.web.navigation import address


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do, where, and whether it is done."""

    title: str
    note: str
    url: str
    icon: str
    done: bool = False


def first_steps(actor: Actor) -> list[FirstStep]:
    """The steps that the actor may take; none once the company has a document of any kind, or when all is done."""
    if any_document(actor):
        return []
    there = has_begun(actor)
    importing = actor.may("integrations.import_file")
    by_file = gettext("也可以从 Excel 导入。") if importing else ""
    wanted = (
        ("catalog.save_product", "products", "catalog:product_new", "box", gettext("录入产品"),
         gettext("只要编码和名称，其余以后再补。") + by_file),
        ("catalog.save_partner", "partners", "catalog:partner_new", "building-store", gettext("录入供应商和客户"),
         gettext("一家公司可以既是供应商又是客户。") + by_file),
        ("catalog.save_warehouse", "bins", "catalog:warehouse_list", "building-warehouse", gettext("看看仓库和库位"),
         gettext("主仓已经建好；改个名字，加上库位。")),
        ("purchasing.create_requisition", "", "purchasing:requisition_new", "clipboard-list",
         gettext("提第一张采购申请"), gettext("说明要什么、要多少、什么时候要。")),
        ("purchasing.create_order", "", "purchasing:order_new", "shopping-cart", gettext("下第一张采购订单"),
         gettext("选供应商和产品；单价可以从价格表带出。")),
        ("sales.create_order", "", "sales:order_new", "tag", gettext("录第一张销售订单"),
         gettext("选客户和产品，系统给出能承诺的交期。")),
    )  # fmt: skip
    found = [
        FirstStep(title, note, url, icon, bool(there.get(key)))
        for permission, key, page, icon, title, note in wanted
        if actor.may(permission) and (url := address(page))
    ]
    return found if any(not step.done for step in found) else []
