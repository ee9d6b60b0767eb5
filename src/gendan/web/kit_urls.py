"""Addresses of the style sheet; part of the product only with DEBUG."""

from django.urls import path

from gendan.web import kit

app_name = "kit"
urlpatterns = [
    path("_kit", kit.page, name="page"),
    path("_kit/lookup", kit.lookup, name="lookup"),
    path("_kit/totals", kit.totals, name="totals"),
    path("_kit/save", kit.save, name="save"),
    path("_kit/scan", kit.scan, name="scan"),
    path("_kit/long", kit.long_grid, name="long"),
]
