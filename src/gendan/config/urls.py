"""Every address: the contexts' own urls, the API, sign-in."""

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
    path("accounts/", include("gendan.config.sign_in_urls")),
    *(
        path("", include(f"gendan.{context}.urls"))
        for context in reversed(settings.CONTEXTS)
        if find_spec(f"gendan.{context}.urls")
    ),
]

handler400 = "gendan.web.views.bad_request"
handler403 = "gendan.web.views.permission_denied"
handler404 = "gendan.web.views.page_not_found"
handler500 = "gendan.web.views.server_error"
