"""The addresses of the shell with the style sheet, which is switched off outside DEBUG."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("gendan.web.urls")),
    path("", include("gendan.web.kit_urls")),
    path("", include("gendan.notices.urls")),
    path("", include("gendan.kernel.urls")),
    path("", include("gendan.accounts.urls")),
]
