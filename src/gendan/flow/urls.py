"""Addresses of approvals, of who stands in, of the company's calendar."""

from django.urls import path

from gendan.flow.views import calendar

app_name = "flow"
urlpatterns = [
    path("settings/calendar", calendar.calendar, name="calendar"),
    path("settings/calendar/day", calendar.calendar_day, name="calendar_day"),
    path("settings/calendar/time", calendar.calendar_time, name="calendar_time"),
]
