"""Addresses of customers' links. Those below /c/ (customers) and /s/ (suppliers) are open to who has the link."""

from django.urls import path

from gendan.portal.views import (
    inquiry,
    public,
    staff,
    supplier,
    supplier_goods,
    supplier_order,
    supplier_settings,
    supplier_staff,
)

app_name = "portal"
urlpatterns = [
    path("c/<str:token>", public.page, name="page"),
    path("c/<str:token>/logo", public.logo, name="logo"),
    path("c/<str:token>/sign/<str:number>", public.sign, name="sign"),
    path("c/<str:token>/return", public.ask_back, name="ask_back"),
    path("c/<str:token>/ask", public.ask, name="ask"),
    path("c/<str:token>/paper/<str:name>/<str:number>", public.paper, name="paper"),
    path("s/<str:token>", supplier_order.home, name="supplier"),
    path("s/<str:token>/po/<str:number>", supplier_order.order, name="supplier_order"),
    path("s/<str:token>/po/<str:number>/answer", supplier_order.answer, name="supplier_answer"),
    path("s/<str:token>/co/<str:number>", supplier_order.answer_change, name="supplier_change"),
    path("s/<str:token>/po/<str:number>/pdf", supplier_order.paper, name="supplier_pdf"),
    path("s/<str:token>/po/<str:number>/progress", supplier_goods.progress, name="supplier_progress"),
    path("s/<str:token>/ship", supplier_goods.ship, name="supplier_ship"),
    path("s/<str:token>/asn/<str:number>/dispatch", supplier_goods.dispatch, name="supplier_dispatch"),
    path("s/<str:token>/asn/<str:number>/labels", supplier_goods.labels, name="supplier_labels"),
    path("s/<str:token>/statement", supplier_goods.statement, name="supplier_statement"),
    path("s/<str:token>/logo", supplier_order.logo, name="supplier_logo"),
    path("s/<str:token>/urges/<int:urge_id>", supplier.page, name="urging"),
    path("s/<str:token>/urges/<int:urge_id>/answer", supplier.answer, name="urging_answer"),
    path("q/<str:token>", inquiry.page, name="inquiry"),
    path("q/<str:token>/answer", inquiry.answer, name="inquiry_answer"),
    path("q/<str:token>/sheet", inquiry.sheet, name="inquiry_sheet"),
    path("q/<str:token>/logo", inquiry.logo, name="inquiry_logo"),
    path("so/<str:number>/customer-links", staff.create, name="create"),
    path("so/<str:number>/customer-answers", staff.answer, name="answer"),
    path("po/<str:number>/send", supplier_staff.send, name="send"),
    path("settings/supplier-answers", supplier_settings.settings, name="supplier_settings"),
    path("supplier-links/<int:supplier_link>", supplier_staff.link, name="supplier_link"),
    path("supplier-links/<int:supplier_link>/pdf", supplier_staff.link_pdf, name="supplier_link_pdf"),
    path("supplier-links/<int:supplier_link>/revoke", supplier_staff.revoke, name="revoke_supplier"),
    path("co/<str:number>/accept-counter", supplier_staff.take_counter, name="take_counter"),
    path("co/<str:number>/decline-counter", supplier_staff.drop_counter, name="drop_counter"),
    path("customer-links/<int:link_id>", staff.link, name="link"),
    path("customer-links/<int:link_id>/revoke", staff.revoke, name="revoke"),
]
