"""Addresses of transport. A shipment's address is its number."""

from django.urls import URLPattern, path

from gendan.transport.views import board, docks, shipment

app_name = "transport"
urlpatterns: list[URLPattern] = [
    path("transport/", board.board, name="board"),
    path("transport/calendar", board.calendar, name="calendar"),
    path("transport/docks", docks.day, name="docks"),
    path("transport/docks/new", docks.edit, name="dock_new"),
    path("transport/docks/<str:code>", docks.edit, name="dock_edit"),
    path("transport/asn/<str:number>", shipment.shipment, name="shipment"),
    path("transport/asn/<str:number>/book", shipment.book, name="book"),
    path("transport/asn/<str:number>/unbook", shipment.unbook, name="unbook"),
    path("transport/asn/<str:number>/freight", shipment.save_freight, name="freight_save"),
    path("transport/asn/<str:number>/freight/<int:no>/remove", shipment.remove_freight, name="freight_remove"),
]
