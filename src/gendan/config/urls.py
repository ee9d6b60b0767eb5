"""Every address: the contexts' own urls, the API, allauth's pages."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from gendan.config.api import api
from gendan.config.api_page import api_page
from gendan.config.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health),
    path("api/v1/", api.urls),
    path("settings/api", api_page, name="api_page"),
    path("accounts/", include("allauth.urls")),
    *(
        path("", include(f"gendan.{context}.urls"))
        for context in reversed(settings.CONTEXTS)
        if find_spec(f"gendan.{context}.urls")
    ),
]

handler403 = "gendan.web.views.permission_denied"
handler404 = "gendan.web.views.page_not_found"
handler500 = "gendan.web.views.server_error"
