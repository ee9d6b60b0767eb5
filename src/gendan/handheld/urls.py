"""Addresses of handheld devices: everything below /m/ is one installable application."""

from django.urls import path

from gendan.handheld.views import app, settings

app_name = "handheld"
urlpatterns = [
    path("m/", app.home, name="home"),
    path("m/manifest.webmanifest", app.manifest, name="manifest"),
    path("m/worker.js", app.worker, name="worker"),
    path("m/waiting", app.waiting, name="waiting"),
    path("m/work/<str:mode>/<str:name>", app.work, name="work"),
    path("m/look/<str:name>", app.look, name="look"),
    path("m/send", app.send, name="send"),
    path("settings/handheld", settings.settings, name="settings"),
]
