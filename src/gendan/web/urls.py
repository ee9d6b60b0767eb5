"""Addresses of the shell."""

from django.conf import settings
from django.urls import URLPattern, path

from gendan.web import views

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("search", views.search, name="search"),
    path("bell", views.bell, name="bell"),
    path("guide/", views.guide, {"slug": "index"}, name="guide_index"),
    path("guide/img/<str:name>", views.guide_image, name="guide_image"),
    path("guide/<slug:slug>", views.guide, name="guide"),
    path("settings/language", views.set_language, name="set_language"),
    path("settings/theme", views.set_theme, name="set_theme"),
    path("settings/company", views.switch_company, name="switch_company"),
]
if settings.DEBUG or getattr(settings, "SHOW_KIT", False):
    from gendan.web import kit

    urlpatterns += [
        path("_kit", kit.page, name="kit"),
        path("_kit/lookup", kit.lookup, name="kit_lookup"),
        path("_kit/totals", kit.totals, name="kit_totals"),
        path("_kit/save", kit.save, name="kit_save"),
        path("_kit/scan", kit.scan, name="kit_scan"),
        path("_kit/long", kit.long_grid, name="kit_long"),
    ]
