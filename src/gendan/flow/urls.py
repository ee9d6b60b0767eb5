"""Addresses of approvals, of who stands in, of the company's calendar."""

from django.urls import path

from gendan.flow.views import calendar, designer

app_name = "flow"
urlpatterns = [
    path("settings/calendar", calendar.calendar, name="calendar"),
    path("settings/calendar/day", calendar.calendar_day, name="calendar_day"),
    path("settings/calendar/time", calendar.calendar_time, name="calendar_time"),
    path("settings/flows/", designer.flow_list, name="flow_list"),
    path("settings/flows/new", designer.flow_new, name="flow_new"),
    path("settings/flows/<str:kind>", designer.designer, name="designer"),
    path("settings/flows/<str:kind>/draft", designer.draft, name="draft"),
    path("settings/flows/<str:kind>/try", designer.try_it, name="try"),
    path("settings/flows/<str:kind>/documents", designer.documents, name="documents"),
    path("settings/flows/<str:kind>/publish", designer.publish, name="publish"),
    path("settings/flows/<str:kind>/off", designer.off, name="off"),
    path("settings/flows/<str:kind>/versions", designer.version_list, name="versions"),
    path("settings/flows/<str:kind>/versions/<int:number>/restore", designer.restore, name="restore"),
]
