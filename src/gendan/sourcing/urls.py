"""Addresses of inquiries."""

from django.urls import URLPattern

app_name = "sourcing"
urlpatterns: list[URLPattern] = []
