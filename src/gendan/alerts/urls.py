"""Addresses of exceptions."""

from django.urls import URLPattern, path

from gendan.alerts.views import case, cases, measures, overview, own_rules, remedies, rules

app_name = "alerts"
urlpatterns: list[URLPattern] = [
    path("cases", cases.case_page_list, name="case_list"),
    path("cases/groups", overview.groups, name="case_groups"),
    path("cases/board", overview.case_board, name="case_board"),
    path("cases/calendar", overview.case_calendar, name="case_calendar"),
    path("cases/count", cases.count, name="count"),
    path("cases/do/<str:verb>", cases.case_bulk, name="case_bulk"),
    path("cases/rules", rules.rule_page_list, name="rule_list"),
    path("cases/rules/<str:code>/telling", rules.rule_telling, name="rule_telling"),
    path("cases/rules/<str:code>", rules.rule_save, name="rule_save"),
    path("cases/own-rules", own_rules.own_list, name="own_list"),
    path("cases/own-rules/new", own_rules.own_new, name="own_new"),
    path("cases/own-rules/export", own_rules.own_export, name="own_export"),
    path("cases/own-rules/import", own_rules.own_import, name="own_import"),
    path("cases/own-rules/<str:code>", own_rules.own_page, name="own_rule"),
    path("cases/own-rules/<str:code>/restore/<int:version>", own_rules.own_restore, name="own_restore"),
    path("cases/trial/<str:code>", own_rules.trial, name="trial"),
    path("cases/measures", measures.measures_page, name="measures"),
    path("cases/measures/apply", measures.apply, name="proposal_apply"),
    path("cases/measures/undo/<int:proposal>", measures.undo, name="proposal_undo"),
    path("cases/report", measures.report_now, name="report_now"),
    path("cases/report/<str:week>", measures.report_page, name="report"),
    path("ex/<str:number>", case.case_page, name="case_detail"),
    path("ex/<str:number>/people", case.case_people, name="case_people"),
    path("ex/<str:number>/do/<str:verb>", case.case_verb, name="case_verb"),
    path("ex/<str:number>/remedies/<str:code>", remedies.remedy, name="remedy"),
    path("urges/<int:urge_id>", remedies.urge, name="urge"),
]
