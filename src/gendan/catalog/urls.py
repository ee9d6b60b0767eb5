"""Addresses of master data. A record's address ends in its code, which may contain slashes: verbs come before it."""

from django.urls import path

from gendan.catalog import views

app_name = "catalog"
urlpatterns = [
    path("catalog/products", views.product_list, name="product_list"),
    path("catalog/products/lookup", views.product_lookup, name="product_lookup"),
    path("catalog/products/new", views.product_new, name="product_new"),
    path("catalog/products/edit/<path:code>", views.product_edit, name="product_edit"),
    path("catalog/products/<path:code>", views.product, name="product"),
    path("catalog/partners", views.partner_list, name="partner_list"),
    path("catalog/partners/lookup", views.partner_lookup, name="partner_lookup"),
    path("catalog/partners/new", views.partner_new, name="partner_new"),
    path("catalog/partners/credit/<path:code>", views.partner_credit, name="partner_credit"),
    path("catalog/partners/edit/<path:code>", views.partner_edit, name="partner_edit"),
    path("catalog/partners/<path:code>", views.partner, name="partner"),
    path("catalog/addresses/lookup/<path:partner>", views.address_lookup, name="address_lookup"),
    path("catalog/addresses/new/<path:partner>", views.address_new, name="address_new"),
    path("catalog/addresses/<int:address_id>", views.address_edit, name="address_edit"),
    path("catalog/sales-prices", views.sales_price_list, name="sales_price_list"),
    path("catalog/sales-prices/new", views.sales_price_new, name="sales_price_new"),
    path("catalog/sales-prices/<int:price_id>", views.sales_price_edit, name="sales_price_edit"),
    path("catalog/sales-prices/<int:price_id>/delete", views.sales_price_delete, name="sales_price_delete"),
    path("catalog/prices", views.price_list, name="price_list"),
    path("catalog/prices/new", views.price_new, name="price_new"),
    path("catalog/prices/<int:price_id>", views.price_edit, name="price_edit"),
    path("catalog/prices/<int:price_id>/delete", views.price_delete, name="price_delete"),
    path("catalog/warehouses", views.warehouse_list, name="warehouse_list"),
    path("catalog/warehouses/lookup", views.warehouse_lookup, name="warehouse_lookup"),
    path("catalog/warehouses/new", views.warehouse_new, name="warehouse_new"),
    path("catalog/warehouses/edit/<path:code>", views.warehouse_edit, name="warehouse_edit"),
    path("catalog/warehouses/bins/<path:code>", views.bins_add, name="bins_add"),
    path("catalog/warehouses/<path:code>", views.warehouse, name="warehouse"),
    path("catalog/bins/lookup/<path:warehouse>", views.bin_lookup, name="bin_lookup"),
    path("catalog/bins/<str:warehouse>/<path:code>", views.bin_edit, name="bin_edit"),
    path("catalog/categories/lookup", views.category_lookup, name="category_lookup"),
    path("catalog/switch/<str:resource>/<str:to>", views.switch, name="switch"),
    path("catalog/basics", views.basic_list, {"resource": "units"}, name="basics"),
    path("catalog/basics/<str:resource>", views.basic_list, name="basic_list"),
    path("catalog/basics/<str:resource>/new", views.basic_new, name="basic_new"),
    path("catalog/basics/<str:resource>/<path:code>", views.basic_edit, name="basic_edit"),
]
