"""Addresses of carriers and their parcels."""

from django.urls import path

from gendan.carriers import push, views

app_name = "carriers"
urlpatterns = [
    path("carriers/push/<str:token>", push.push, name="push"),
    path("carriers/", views.carrier_list, name="carrier_list"),
    path("carriers/new", views.carrier_new, name="carrier_new"),
    path("carriers/<str:code>", views.carrier_edit, name="carrier"),
    path("carriers/<str:carrier>/parcels/<str:number>", views.parcel, name="parcel"),
    path("carriers/<str:carrier>/parcels/<str:number>/events", views.parcel_record, name="parcel_record"),
    path("carriers/<str:carrier>/parcels/<str:number>/check", views.parcel_check, name="parcel_check"),
]
