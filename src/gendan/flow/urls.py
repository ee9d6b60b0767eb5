"""Addresses of approvals, of who stands in, of the company's calendar."""

from django.urls import path

from gendan.flow.views import calendar, delegates, designer, inbox

app_name = "flow"
urlpatterns = [
    path("approvals/", inbox.inbox_page, name="inbox"),
    path("approvals/count", inbox.count, name="count"),
    path("approvals/bulk", inbox.bulk_approve, name="bulk_approve"),
    path("approvals/read", inbox.bulk_read, name="bulk_read"),
    path("approvals/tasks/<int:task_id>/<str:verb>", inbox.task_verb, name="task_verb"),
    path("approvals/substitutes", delegates.substitutes, name="substitutes"),
    path("approvals/substitutes/<int:delegate_id>/end", delegates.substitute_end, name="substitute_end"),
    path("approvals/<str:kind>/<str:number>", inbox.document, name="document"),
    path("approvals/<str:kind>/<str:number>/withdraw", inbox.withdraw, name="withdraw"),
    path("settings/calendar", calendar.calendar, name="calendar"),
    path("settings/calendar/day", calendar.calendar_day, name="calendar_day"),
    path("settings/calendar/time", calendar.calendar_time, name="calendar_time"),
    path("settings/flows/", designer.flow_list, name="flow_list"),
    path("settings/flows/new", designer.flow_new, name="flow_new"),
    path("settings/flows/<str:kind>", designer.designer, name="designer"),
    path("settings/flows/<str:kind>/draft", designer.draft, name="draft"),
    path("settings/flows/<str:kind>/now", designer.now, name="now"),
    path("settings/flows/<str:kind>/try", designer.try_it, name="try"),
    path("settings/flows/<str:kind>/documents", designer.documents, name="documents"),
    path("settings/flows/<str:kind>/publish", designer.publish, name="publish"),
    path("settings/flows/<str:kind>/off", designer.off, name="off"),
    path("settings/flows/<str:kind>/versions", designer.version_list, name="versions"),
    path("settings/flows/<str:kind>/versions/<int:number>/restore", designer.restore, name="restore"),
]
