"""The API of all contexts under /api/v1: each context's `api.router` is added here."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from ninja import NinjaAPI

from gendan.kernel.strict import refuse_unknown_parameters


def build() -> NinjaAPI:
    """Collect the routers; gendan.kernel.api adds authentication and the rendering of errors where it exists."""
    api = NinjaAPI(
        title="gendan",
        version="1",
        description="采销订单跟踪: numbers are strings, documents are addressed by number, errors are "
        '{"code", "message", "data"}. Authorization: Bearer <key>.',
        urls_namespace="api",
        docs_url=None,  # it would load its scripts from elsewhere; gendan.config.api_page describes the API
        openapi_url="/openapi.json",
    )
    if find_spec("gendan.kernel.api"):
        import_module("gendan.kernel.api").install(api)
    # Addresses are tried in turn, so those that are called most come first: orders before master data.
    for context in reversed(settings.CONTEXTS):
        if find_spec(f"gendan.{context}.api") and context != "kernel":
            api.add_router("", import_module(f"gendan.{context}.api").router)
    api.add_router("", import_module("gendan.kernel.document_api").router)
    api.add_router("", import_module("gendan.kernel.audit.api").router)
    refuse_unknown_parameters(api)
    return api


api = build()
