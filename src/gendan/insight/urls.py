"""Addresses of figures."""

from django.urls import path

from gendan.insight.views import customers, suppliers, terms

app_name = "insight"
urlpatterns = [
    path("suppliers/performance", suppliers.supplier_performance, name="supplier_performance"),
    path("suppliers/performance/lines", suppliers.completed_lines, name="completed_lines"),
    path("suppliers/scorecard/<path:supplier>", suppliers.supplier_scorecard, name="supplier_scorecard"),
    path("settings/scorecard", terms.settings, name="scorecard_terms"),
    path("customers/performance", customers.customer_performance, name="customer_performance"),
    path("customers/performance/lines", customers.shipped_lines, name="shipped_lines"),
]
