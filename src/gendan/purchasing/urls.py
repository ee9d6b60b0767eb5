"""Addresses of the purchase chain. A document's address is its number."""

from django.urls import URLPattern, path

from gendan.purchasing.views import (
    lines,
    order_form,
    orders,
    receipts,
    receiving,
    requisition_form,
    requisitions,
    shipments,
)

app_name = "purchasing"
urlpatterns: list[URLPattern] = [
    path("po/", orders.order_list, name="order_list"),
    path("po/new", order_form.order_new, name="order_new"),
    path("po/totals", order_form.order_totals, name="order_totals"),
    path("po/bulk/<str:verb>", orders.order_bulk, name="order_bulk"),
    path("po/<str:number>", orders.order_page, name="order_detail"),
    path("po/<str:number>/edit", order_form.order_edit, name="order_edit"),
    path("po/<str:number>/print", orders.order_print, name="order_print"),
    path("po/<str:number>/do/<str:verb>", orders.order_verb, name="order_verb"),
    path("po/<str:number>/lines/<int:line>/note", orders.order_line_note, name="order_line_note"),
    path("pr/", requisitions.requisition_list, name="requisition_list"),
    path("pr/new", requisition_form.requisition_new, name="requisition_new"),
    path("pr/order", requisitions.order_from_requisitions, name="order_from_requisitions"),
    path("pr/<str:number>", requisitions.requisition_page, name="requisition_detail"),
    path("pr/<str:number>/edit", requisition_form.requisition_edit, name="requisition_edit"),
    path("pr/<str:number>/do/<str:verb>", requisitions.requisition_verb, name="requisition_verb"),
    path("lines/", lines.line_list, name="line_list"),
    path("po/<str:number>/lines/<int:line>", lines.line_trace, name="line_trace"),
    path("po/<str:number>/lines/<int:line>/revise", lines.line_revise, name="line_revise"),
    path("shipments/", shipments.shipment_list, name="shipment_list"),
    path("shipments/new", shipments.shipment_new, name="shipment_new"),
    path("asn/<str:number>", shipments.shipment_detail, name="shipment_detail"),
    path("asn/<str:number>/edit", shipments.shipment_edit, name="shipment_edit"),
    path("asn/<str:number>/dispatch", shipments.shipment_dispatch, name="shipment_dispatch"),
    path("asn/<str:number>/arrive", shipments.shipment_arrive, name="shipment_arrive"),
    path("asn/<str:number>/cancel", shipments.shipment_cancel, name="shipment_cancel"),
    path("receive", receiving.receive, name="receive"),
    path("receive/scan", receiving.receive_scan, name="receive_scan"),
    path("receive/book", receiving.receive_book, name="receive_book"),
    path("receive/undo/<str:number>", receiving.receive_undo, name="receive_undo"),
    path("receipts/", receipts.receipt_list, name="receipt_list"),
    path("gr/<str:number>", receipts.receipt_detail, name="receipt_detail"),
    path("gr/<str:number>/reverse", receipts.receipt_reverse, name="receipt_reverse"),
    path("gr/<str:number>/inspect", receipts.receipt_inspect, name="receipt_inspect"),
]
