"""Addresses of inspection plans, inspections and corrective actions."""

from django.urls import path

from gendan.quality.views import actions, inspections, plans

app_name = "quality"
urlpatterns = [
    path("quality/plans/", plans.plan_list, name="plan_list"),
    path("quality/plans/new", plans.plan_new, name="plan_new"),
    path("quality/plans/<str:code>", plans.plan_edit, name="plan"),
    path("qi/", inspections.inspection_list, name="inspection_list"),
    path("qi/<str:number>", inspections.inspection_detail, name="inspection_detail"),
    path("qi/<str:number>/results", inspections.inspection_results, name="inspection_results"),
    path("car/", actions.action_list, name="action_list"),
    path("car/new", actions.action_new, name="action_new"),
    path("car/<str:number>", actions.action_detail, name="action_detail"),
    path("car/<str:number>/<str:verb>", actions.action_verb, name="action_verb"),
]
