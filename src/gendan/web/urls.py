"""Addresses of the shell."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from gendan.web import views

app_name = "web"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("search", views.search, name="search"),
    path("bell", views.bell, name="bell"),
    path("live-address", views.live_address, name="live_address"),
    path("guide/", views.guide, {"slug": "index"}, name="guide_index"),
    path("guide/img/<str:name>", views.guide_image, name="guide_image"),
    path("guide/<slug:slug>", views.guide, name="guide"),
    path("settings/language", views.set_language, name="set_language"),
    path("settings/theme", views.set_theme, name="set_theme"),
    path("settings/company", views.switch_company, name="switch_company"),
]
if settings.DEBUG:
    urlpatterns += [path("", include("gendan.web.kit_urls"))]
