"""Addresses of change orders and of the versions of orders."""

from django.urls import URLPattern, path

from gendan.changes.views import form, pages

app_name = "changes"
urlpatterns: list[URLPattern] = [
    path("co/", pages.change_page_list, name="change_list"),
    path("co/<str:number>", pages.change_page, name="change_detail"),
    path("co/<str:number>/edit", form.change_edit, name="change_edit"),
    path("co/<str:number>/counter", form.change_counter, name="change_counter"),
    path("co/<str:number>/do/<str:verb>", pages.change_verb, name="change_verb"),
    *(
        path(f"{kind}/<str:number>/{page}", view, {"kind": kind}, name=f"{name}_{kind}")
        for kind in ("po", "so")
        for page, view, name in (
            ("change", form.change_new, "change"),
            ("change-impact", form.change_impact, "impact"),
            ("versions", pages.versions, "versions"),
        )
    ),
]
