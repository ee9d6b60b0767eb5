"""Addresses of import and export."""

from django.urls import path

from gendan.integrations import views

app_name = "integrations"
urlpatterns = [
    path("import", views.import_page, name="import_page"),
    path("import/upload", views.upload, name="upload"),
    path("import/history", views.history, name="history"),
    path("import/template/<str:resource>", views.template, name="template"),
    path("import/file/<str:token>", views.import_preview, name="import_preview"),
    path("export/<str:resource>", views.export, name="export"),
]
