"""Addresses of exceptions."""

from django.urls import URLPattern, path

from gendan.alerts.views import case, cases, overview, remedies, rules

app_name = "alerts"
urlpatterns: list[URLPattern] = [
    path("cases", cases.case_page_list, name="case_list"),
    path("cases/groups", overview.groups, name="case_groups"),
    path("cases/board", overview.case_board, name="case_board"),
    path("cases/calendar", overview.case_calendar, name="case_calendar"),
    path("cases/count", cases.count, name="count"),
    path("cases/do/<str:verb>", cases.case_bulk, name="case_bulk"),
    path("cases/rules", rules.rule_page_list, name="rule_list"),
    path("cases/rules/<str:code>", rules.rule_save, name="rule_save"),
    path("ex/<str:number>", case.case_page, name="case_detail"),
    path("ex/<str:number>/do/<str:verb>", case.case_verb, name="case_verb"),
    path("ex/<str:number>/remedies/<str:code>", remedies.remedy, name="remedy"),
    path("urges/<int:urge_id>", remedies.urge, name="urge"),
]
