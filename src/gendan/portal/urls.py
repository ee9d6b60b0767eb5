"""Addresses of customers' links. Those below /c/ (customers) and /s/ (suppliers) are open to who has the link."""

from django.urls import path

from gendan.portal.views import public, staff, supplier

app_name = "portal"
urlpatterns = [
    path("c/<str:token>", public.page, name="page"),
    path("c/<str:token>/logo", public.logo, name="logo"),
    path("c/<str:token>/sign/<str:number>", public.sign, name="sign"),
    path("c/<str:token>/return", public.ask_back, name="ask_back"),
    path("c/<str:token>/ask", public.ask, name="ask"),
    path("c/<str:token>/paper/<str:name>/<str:number>", public.paper, name="paper"),
    path("s/<str:token>", supplier.page, name="urge"),
    path("s/<str:token>/logo", supplier.logo, name="urge_logo"),
    path("s/<str:token>/answer", supplier.answer, name="urge_answer"),
    path("so/<str:number>/customer-links", staff.create, name="create"),
    path("so/<str:number>/customer-answers", staff.answer, name="answer"),
    path("customer-links/<int:link_id>", staff.link, name="link"),
    path("customer-links/<int:link_id>/revoke", staff.revoke, name="revoke"),
]
