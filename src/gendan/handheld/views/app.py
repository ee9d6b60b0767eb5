"""The application for handheld devices: its one page, what browsers need to install it, and what it asks and sends."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.handheld import permissions, rules
from gendan.handheld.errors import AnotherPerson
from gendan.handheld.modes import MODES, perform, putaway, read_all, work_of
from gendan.handheld.queries import home as queries
from gendan.handheld.texts import TEXTS
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of

SCRIPTS = ("handheld/store.js", "handheld/queue.js", "handheld/camera.js", "handheld/screen.js", "handheld/app.js")
DECODER = ("web/vendor/zxing-reader.min.js", "web/vendor/zxing-reader.wasm")
OTHERS = ("web/gendan.css", "handheld/handheld.css", "web/js/theme.js", "web/icons.svg", "web/icon.svg")
# The decoder is WebAssembly: compiling it is allowed here, and on no other page.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)


def owner_of(actor: Actor) -> str:
    """To whom what a device keeps belongs: a person in a company."""
    return f"{actor.company_id}:{actor.user_id}"


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The page; it is kept by the device and opens without a network, too."""
    actor = actor_of(request)
    boot = {
        "owner": owner_of(actor),
        "name": actor.name,
        "modes": permissions.allowed(actor),
        "may_over": actor.may("purchasing.receive_over_tolerance"),
        "csrf": settings.CSRF_COOKIE_NAME,
        "language": get_language(),
        "undo": rules.UNDO_SECONDS,
        "most": rules.MOST_OPERATIONS,
        "icons": static("web/icons.svg"),
        "decoder": [static(name) for name in DECODER],
        "worker": reverse("handheld:worker"),
        "waiting": reverse("handheld:waiting"),
        "work": reverse("handheld:work_receive", args=["-"])[: -len("/receive/-")],
        "look": reverse("handheld:look", args=["-"])[:-1],
        "send": reverse("handheld:send"),
        "receipt": reverse("purchasing:receipt_detail", args=["-"])[:-1] if actor.may("purchasing.view") else "",
        "sign_in": f"{reverse(settings.LOGIN_URL)}?next={reverse('handheld:home')}",
        "texts": {name: str(text) for name, text in TEXTS.items()},
    }
    get_token(request)  # so that there is a cookie with which to send
    response = render(request, "handheld/app.html", {"boot": boot, "scripts": SCRIPTS})
    response["Content-Security-Policy"] = POLICY
    return response


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What the browser installs."""
    actor_of(request)
    start = reverse("handheld:home")
    icons: list[dict[str, str]] = [
        {"src": static(f"handheld/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    told = {
        "id": start,
        "name": _("跟单仓库"),
        "short_name": _("仓库"),
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "orientation": "any",
        "lang": get_language(),
        "background_color": "#ffffff",
        "theme_color": "#3b5bdb",
        "icons": icons,
    }
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page and its files on the device; a new version of any of them is a new script."""
    actor_of(request)
    files = [static(name) for name in (*SCRIPTS, *DECODER, *OTHERS)]
    version = hashlib.sha256("\n".join(files).encode()).hexdigest()[:12]
    context = {"files": files, "version": version, "page": reverse("handheld:home")}
    response = render(request, "handheld/worker.js", context, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits to be done, by kind of work."""
    actor = actor_of(request)
    modes = permissions.allowed(actor)
    return JsonResponse({"owner": owner_of(actor), "waiting": queries.waiting(actor, modes)})


def _work(request: HttpRequest, mode: str, name: str) -> HttpResponse:
    actor = actor_of(request)
    return JsonResponse({"owner": owner_of(actor), "work": MODES[mode].work(actor, name)})


@require_GET
def work_receive(request: HttpRequest, work: str) -> HttpResponse:
    """A delivery that is being counted, by the device's name for it."""
    return _work(request, "receive", work)


@require_GET
def work_putaway(request: HttpRequest, warehouse: str) -> HttpResponse:
    """What waits in the receiving place of a warehouse."""
    return _work(request, "putaway", warehouse)


@require_GET
def work_pick(request: HttpRequest, number: str) -> HttpResponse:
    """The pick list of a delivery or a wave."""
    return _work(request, "pick", number)


@require_GET
def work_count(request: HttpRequest, number: str) -> HttpResponse:
    """What of a stock-take is still to be counted."""
    return _work(request, "count", number)


@require_GET
def look(request: HttpRequest, warehouse: str) -> HttpResponse:
    """What a code is of what waits to be put away in a warehouse."""
    actor = actor_of(request)
    return JsonResponse(putaway.look(actor, warehouse, request.GET.get("code", "")[: rules.LONGEST_CODE]))


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """What was done on the device, in its order; the work that the last of it belongs to comes with the answer."""
    actor = actor_of(request)
    if request.content_type != "application/json":
        raise Invalid({"operations": "JSON"})
    try:
        given: Any = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Invalid({"operations": "JSON"}) from error
    if not isinstance(given, dict) or given.get("owner") != owner_of(actor):
        raise AnotherPerson()
    asked = read_all(given.get("operations"))
    results = perform(actor, asked)
    work = work_of(actor, asked[-1])
    return JsonResponse({"owner": owner_of(actor), "results": results, "work": work})
