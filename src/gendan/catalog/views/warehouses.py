"""Pages of warehouses and bins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.catalog import commands, queries
from gendan.catalog.forms import values_of, version_of
from gendan.catalog.steps.master import SPECS
from gendan.catalog.views.common import address, list_page, saved
from gendan.kernel.http import actor_of, redirect_to

BIN_FIELDS = ("name", "is_default", "allow_negative")


@require_GET
def warehouse_list(request: HttpRequest) -> HttpResponse:
    """All warehouses."""
    return list_page(request, "warehouses", "catalog/warehouse_list.html")


@require_GET
def warehouse(request: HttpRequest, code: str) -> HttpResponse:
    """One warehouse with its bins."""
    actor = actor_of(request)
    row = queries.record(actor, "warehouses", code)
    extra = {
        "warehouse": row,
        "panels": queries.panels_of(actor, "warehouse", row),
        "stock_url": address("inventory:stock_list", warehouse=code),
        "kinds": {name: str(label) for name, label in _kinds().items()},
    }
    return list_page(request, "bins", "catalog/warehouse.html", {"warehouse": code}, **extra)


def _kinds() -> dict[str, object]:
    return next(dict(column.choices) for column in SPECS["bins"].columns if column.name == "kind")


@require_http_methods(["GET", "POST"])
def warehouse_new(request: HttpRequest) -> HttpResponse:
    """Make a warehouse."""
    actor = actor_of(request)
    actor.must("catalog.save_warehouse")
    if request.method == "POST":
        values = values_of(SPECS["warehouses"], request, ("code", "name", "address"))
        done = commands.save_warehouse(actor=actor, values=values, new=True)
        saved(request, _("仓库 %(code)s 已建立，默认库位、待检区和不良品区已备好。") % {"code": done.number})
        return redirect_to(request, reverse("catalog:warehouse", args=[done.number]))
    return render(request, "catalog/warehouse_form.html", {"warehouse": None})


@require_http_methods(["GET", "POST"])
def warehouse_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change a warehouse."""
    actor = actor_of(request)
    actor.must("catalog.save_warehouse")
    if request.method == "POST":
        values = {**values_of(SPECS["warehouses"], request, ("name", "address")), "code": code}
        commands.save_warehouse(actor=actor, values=values, version=version_of(request), new=False)
        saved(request, _("仓库 %(code)s 已保存。") % {"code": code})
        return redirect_to(request, reverse("catalog:warehouse", args=[code]))
    row = queries.record(actor, "warehouses", code)
    return render(request, "catalog/warehouse_form.html", {"warehouse": row})


@require_POST
def bins_add(request: HttpRequest, code: str) -> HttpResponse:
    """Make the bins of a range."""
    done = commands.add_bins(actor=actor_of(request), warehouse=code, pattern=request.POST.get("pattern", ""))
    text = _("新建 %(created)s 个库位，%(existing)s 个原已存在。")
    saved(request, text % done.data)
    return redirect_to(request, reverse("catalog:warehouse", args=[code]))


@require_http_methods(["GET", "POST"])
def bin_edit(request: HttpRequest, warehouse: str, code: str) -> HttpResponse:
    """Change a bin."""
    actor = actor_of(request)
    actor.must("catalog.save_warehouse")
    if request.method == "POST":
        values = {**values_of(SPECS["bins"], request, BIN_FIELDS), "warehouse": warehouse, "code": code}
        commands.save_bin(actor=actor, values=values, version=version_of(request), new=False)
        saved(request, _("库位 %(code)s 已保存。") % {"code": code})
        return redirect_to(request, reverse("catalog:warehouse", args=[warehouse]))
    row = queries.bin_record(actor, warehouse, code)
    return render(request, "catalog/bin_form.html", {"bin": row, "kinds": _kinds()})
