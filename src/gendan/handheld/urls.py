"""Addresses of handheld devices: everything below /m/ is one installable application."""

from django.urls import path

from gendan.handheld.views import app, settings

app_name = "handheld"
urlpatterns = [
    path("m/", app.home, name="home"),
    path("m/manifest.webmanifest", app.manifest, name="manifest"),
    path("m/worker.js", app.worker, name="worker"),
    path("m/waiting", app.waiting, name="waiting"),
    path("m/work/receive/<str:work>", app.work_receive, name="work_receive"),
    path("m/work/putaway/<str:warehouse>", app.work_putaway, name="work_putaway"),
    path("m/work/pick/<str:number>", app.work_pick, name="work_pick"),
    path("m/work/count/<str:number>", app.work_count, name="work_count"),
    path("m/look/<str:warehouse>", app.look, name="look"),
    path("m/send", app.send, name="send"),
    path("settings/handheld", settings.settings, name="settings"),
]
