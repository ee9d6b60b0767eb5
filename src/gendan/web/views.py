"""Pages of the shell: my day, search, notices, guide; switching language, theme and company; error pages."""

from __future__ import annotations

import sys

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gendan.accounts import commands as accounts
from gendan.kernel import notices
from gendan.kernel.away import SECONDS, DatabaseAway, is_away
from gendan.kernel.errors import NotFound, Unexpected
from gendan.kernel.http import actor_of, maybe_actor, problem, remember_language
from gendan.web import guide as guide_pages
from gendan.web import search as finder
from gendan.web import shell, workbench
from gendan.web.first_steps import first_steps
from gendan.web.shell import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """My day: what waits for me, what is late, what comes today, what others owe me."""
    actor = actor_of(request)
    context = {
        "actor": actor,
        "today": actor.today(),
        "steps": first_steps(actor),
        "boxes": workbench.my_day(actor),
    }
    return render(request, "web/home.html", context)


@require_GET
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the icon on what is no page of ours: a file, an answer of the API."""
    return redirect(static("web/icon.svg"))


@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """The number in the bell: unread notices. Empty when there are none."""
    count = notices.unread_count(actor_of(request))
    return HttpResponse(("99+" if count > 99 else str(count)) if count else "")


@require_GET
def live_address(request: HttpRequest) -> JsonResponse:
    """Where the page hears of changes, with a new ticket: for pages that stay open longer than a ticket is good."""
    return JsonResponse({"url": shell.live_address(request, actor_of(request))})


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """The hits of the palette, grouped."""
    groups = finder.find(actor_of(request), request.GET.get("q", ""))
    return render(request, "web/_hits.html", {"groups": groups, "q": request.GET.get("q", "").strip()})


@require_GET
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """A chapter of the user guide; a page without one of its own leads to the start of the guide."""
    actor_of(request)
    text = guide_pages.render(slug) or guide_pages.render("index")
    if text is None:
        raise NotFound(what=_("使用说明"))
    return render(request, "web/guide.html", {"text": text, "slug": slug, "chapters": guide_pages.chapters()})


@require_GET
def guide_image(request: HttpRequest, name: str) -> FileResponse:
    """A picture of the guide."""
    actor_of(request)
    found = guide_pages.image(name)
    if found is None:
        raise Http404
    return FileResponse(found[0].open("rb"), content_type=found[1], headers={"Cache-Control": "private, max-age=3600"})


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Back to where the choice was made, if that is one of our pages."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages, in this browser and for the user."""
    code = request.POST.get("language", "")
    response = _back(request)
    if code not in dict(settings.LANGUAGES):
        return response
    if actor := maybe_actor(request):
        accounts.set_language(actor=actor.with_key(None), language=code)
    remember_language(request, response, code)
    return response


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Choose light or dark without scripts; the script writes the same cookie."""
    response = _back(request)
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        response.set_cookie(THEME_COOKIE, choice, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def switch_company(request: HttpRequest) -> HttpResponse:
    """Work in another of my companies; always from its start page, since the page left belongs to the other one."""
    done = accounts.switch_company(actor=actor_of(request), code=request.POST.get("company", ""))
    request.session["company_id"] = done.id
    return HttpResponseRedirect("/")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: an unknown host name, or more than a form may hold; it may have no session to show a navigation for."""
    return render(request, "web/error_plain.html", {"code": 400, "request_id": "", "again": 0}, status=400)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 as a page of ours; in the way of the API for an address of the API."""
    if request.path.startswith("/api/"):
        return problem(request, NotFound(what=request.path))
    return render(request, "web/error.html", {"code": 404}, status=404)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 as a page of ours."""
    return render(request, "web/error.html", {"code": 403}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long, or a cookie that is missing."""
    return render(request, "web/error.html", {"code": 419}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: says the request id and needs neither database nor session. 503 while the database is away."""
    if is_away(sys.exc_info()[1]):
        return _away(request)
    if request.path.startswith("/api/"):
        return problem(request, Unexpected(request=getattr(request, "id", "")))
    context = {"code": 500, "request_id": getattr(request, "id", ""), "again": 0}
    return render(request, "web/error_plain.html", context, status=500)


def _away(request: HttpRequest) -> HttpResponse:
    """A calm page that looks again by itself; programs are told when to."""
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse(DatabaseAway().as_dict(), status=503)
    else:
        again = SECONDS if request.method == "GET" else 0
        response = render(request, "web/error_plain.html", {"code": 503, "request_id": "", "again": again}, status=503)
    response["Retry-After"] = str(SECONDS)
    return response
