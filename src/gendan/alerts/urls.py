"""Addresses of exceptions."""

from django.urls import URLPattern, path

from gendan.alerts.views import pages

app_name = "alerts"
urlpatterns: list[URLPattern] = [
    path("cases", pages.case_page_list, name="case_list"),
    path("cases/rules", pages.rule_page_list, name="rule_list"),
    path("ex/<str:number>", pages.case_page, name="case_detail"),
    path("ex/<str:number>/do/<str:verb>", pages.case_verb, name="case_verb"),
]
