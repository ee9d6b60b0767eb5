"""Addresses of the sales chain. A document's address is its number."""

from django.urls import URLPattern, path

from gendan.sales.views import lines, order_form, orders, promises, returns
from gendan.sales.views.settings import settings_page
from gendan.sales.views.trace import line_trace

app_name = "sales"
urlpatterns: list[URLPattern] = [
    path("sales/settings", settings_page, name="settings"),
    path("so/", orders.order_list, name="order_list"),
    path("sales/lines/", lines.line_list, name="line_list"),
    path("so/new", order_form.order_new, name="order_new"),
    path("so/totals", order_form.order_totals, name="order_totals"),
    path("so/bulk/<str:verb>", orders.order_bulk, name="order_bulk"),
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
    path("dn/<str:number>/return", returns.return_refused, name="return_refused"),
]
