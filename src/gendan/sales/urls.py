"""Addresses of the sales chain. A document's address is its number."""

from django.urls import URLPattern, path

from gendan.sales.views import orders

app_name = "sales"
urlpatterns: list[URLPattern] = [
    path("so/", orders.order_list, name="order_list"),
    path("so/<str:number>", orders.order_page, name="order_detail"),
]
