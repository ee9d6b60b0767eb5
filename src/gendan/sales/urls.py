"""Addresses of the sales chain. A document's address is its number."""

from django.urls import URLPattern, path

from gendan.sales.views import allocation, deliveries, lines, order_form, orders, outbound, picking, promises, returns
from gendan.sales.views import quotation_form, quotations
from gendan.sales.views.settings import settings_page
from gendan.sales.views.trace import line_trace

app_name = "sales"
urlpatterns: list[URLPattern] = [
    path("qu/", quotations.quotation_list, name="quotation_list"),
    path("qu/new", quotation_form.quotation_new, name="quotation_new"),
    path("qu/<str:number>", quotations.quotation_page, name="quotation_detail"),
    path("qu/<str:number>/edit", quotation_form.quotation_edit, name="quotation_edit"),
    path("qu/<str:number>/order", quotations.quotation_order, name="quotation_order"),
    path("qu/<str:number>/do/<str:verb>", quotations.quotation_verb, name="quotation_verb"),
    path("sales/settings", settings_page, name="settings"),
    path("so/", orders.order_list, name="order_list"),
    path("sales/lines/", lines.line_list, name="line_list"),
    path("so/new", order_form.order_new, name="order_new"),
    path("so/totals", order_form.order_totals, name="order_totals"),
    path("so/bulk/<str:verb>", orders.order_bulk, name="order_bulk"),
    path("allocation", allocation.allocation, name="allocation"),
    path("allocation/reallocate", allocation.reallocate, name="reallocate"),
    path("allocation/shortage", allocation.request_shortage, name="allocation_shortage"),
    path("so/cover-line", promises.cover_line, name="cover_line"),
    path("so/move-reservation", promises.move_reservation, name="move_reservation"),
    path("so/<str:number>/why", promises.order_why, name="order_why"),
    path("so/<str:number>/promise", promises.order_promise, name="order_promise"),
    path("so/<str:number>", orders.order_page, name="order_detail"),
    path("so/<str:number>/edit", order_form.order_edit, name="order_edit"),
    path("so/<str:number>/do/<str:verb>", orders.order_verb, name="order_verb"),
    path("so/<str:number>/lines/<int:line>", line_trace, name="line_trace"),
    path("so/<str:number>/lines/<int:line>/note", orders.order_line_note, name="order_line_note"),
    path("so/<str:number>/lines/<int:line>/close", orders.order_line_close, name="order_line_close"),
    path("rma/", returns.return_list, name="return_list"),
    path("rma/new", returns.return_new, name="return_new"),
    path("rma/<str:number>", returns.return_detail, name="return_detail"),
    path("rma/<str:number>/receive", returns.return_receive, name="return_receive"),
    path("rma/<str:number>/decide", returns.return_decide, name="return_decide"),
    path("rma/<str:number>/<str:verb>", returns.return_verb, name="return_verb"),
    path("dn/", deliveries.delivery_list, name="delivery_list"),
    path("dn/new", deliveries.delivery_new, name="delivery_new"),
    path("dn/ship", outbound.ship_many, name="ship_many"),
    path("dn/<str:number>", deliveries.delivery_detail, name="delivery_detail"),
    path("dn/<str:number>/edit", deliveries.delivery_edit, name="delivery_edit"),
    path("dn/<str:number>/pack", outbound.delivery_pack, name="delivery_pack"),
    path("dn/<str:number>/ship", deliveries.delivery_ship, name="delivery_ship"),
    path("dn/<str:number>/sign", outbound.delivery_sign, name="delivery_sign"),
    path("dn/<str:number>/do/<str:verb>", deliveries.delivery_verb, name="delivery_verb"),
    path("wv/", outbound.wave_list, name="wave_list"),
    path("wv/new", outbound.wave_new, name="wave_new"),
    path("wv/<str:number>", outbound.wave_detail, name="wave_detail"),
    path("wv/<str:number>/cancel", outbound.wave_cancel, name="wave_cancel"),
    path("pick", picking.pick, name="pick"),
    path("pick/scan", picking.pick_scan, name="pick_scan"),
    path("pick/count", picking.pick_count, name="pick_count"),
    path("pick/short", picking.pick_short, name="pick_short"),
    path("dn/<str:number>/return", returns.return_refused, name="return_refused"),
]
