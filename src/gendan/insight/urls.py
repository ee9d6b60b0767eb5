"""Addresses of figures."""

from django.urls import path

from gendan.insight import views

app_name = "insight"
urlpatterns = [
    path("suppliers/performance", views.supplier_performance, name="supplier_performance"),
    path("suppliers/performance/lines", views.completed_lines, name="completed_lines"),
    path("customers/performance", views.customer_performance, name="customer_performance"),
    path("customers/performance/lines", views.shipped_lines, name="shipped_lines"),
]
