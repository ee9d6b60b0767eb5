"""Pages of the company's settings and keys, and of one's own account."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts import commands, queries
from gendan.accounts.models import Language
from gendan.accounts.secret import new_api_key
from gendan.accounts.views.posted import end_of_day, number_of, version_of
from gendan.kernel import attachments
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to, remember_language
from gendan.kernel.timeline import entries
from gendan.kernel.views import download

ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Europe/Berlin", "UTC")


ON_PAPER = ("address", "phone", "tax_id", "print_language", "gs1_prefix")


@require_http_methods(["GET", "POST"])
def company_settings(request: HttpRequest) -> HttpResponse:
    """The settings of the current company."""
    actor = actor_of(request)
    if request.method == "POST":
        commands.update_company(
            actor=actor,
            version=version_of(request),
            name=request.POST.get("name"),
            currency=request.POST.get("currency"),
            timezone=request.POST.get("timezone"),
            over_tolerance=number_of(request, "over_tolerance"),
            under_tolerance=number_of(request, "under_tolerance"),
            use_confirmation="use_confirmation" in request.POST,
            **{name: request.POST.get(name) for name in ON_PAPER},
        )
        messages.success(request, _("公司设置已保存。"))
        return redirect_to(request, reverse("accounts:company_settings"))
    actor.must(queries.VIEW)
    company = queries.company_of(actor)
    context = {
        "actor": actor,
        "company": company,
        "zones": _zones(company["timezone"]),
        "languages": [("", _("打印人的语言")), *Language.choices],
        "history": entries(actor, [("company", actor.company_id)], 30),
    }
    return render(request, "accounts/company_settings.html", context)


@require_http_methods(["GET", "POST"])
def company_logo(request: HttpRequest) -> HttpResponse | FileResponse:
    """The picture at the head of printed documents; a post without a file removes it."""
    actor = actor_of(request)
    if request.method == "POST":
        actor.must("accounts.update_company")
        upload = request.FILES.get("logo")
        if upload is None and "remove" not in request.POST:
            raise Invalid({"logo": _("请选择图片文件。")})
        content = attachments.accept(upload) if upload is not None else None
        commands.set_logo(actor=actor, content=content)
        messages.success(request, _("公司标志已保存。") if content else _("公司标志已移除。"))
        return redirect_to(request, reverse("accounts:company_settings"))
    actor.must(queries.VIEW)
    sha256, media_type = queries.logo_of(actor)
    return download(sha256, "logo", media_type, inline=True)


@require_http_methods(["GET", "POST"])
def company_new(request: HttpRequest) -> HttpResponse:
    """Another company in this installation."""
    actor = actor_of(request)
    if request.method == "POST":
        done = commands.create_company(
            actor=actor,
            code=request.POST.get("code", ""),
            name=request.POST.get("name", ""),
            currency=request.POST.get("currency", ""),
        )
        switched = commands.switch_company(actor=actor.with_key(None), code=done.number)
        request.session["company_id"] = switched.id
        messages.success(request, _("公司 %(code)s 已建立，您是它的管理员。") % {"code": done.number})
        return redirect_to(request, reverse("accounts:company_settings"))
    actor.must("accounts.create_company")
    return render(request, "accounts/company_new.html", {"actor": actor})


@require_http_methods(["GET", "POST"])
def apikey_list(request: HttpRequest) -> HttpResponse:
    """The company's API keys. A new one is shown in the answer to the post, once."""
    actor = actor_of(request)
    made = None
    if request.method == "POST":
        key = new_api_key(actor)
        commands.create_api_key(
            actor=actor,
            name=request.POST.get("name", ""),
            key=key,
            username=request.POST.get("username") or queries.profile(actor)["username"],
            expires_at=end_of_day(request, "expires_on"),
        )
        made = key.reveal()
    context = {"actor": actor, "keys": queries.api_keys(actor), "made": made}
    return render(request, "accounts/apikey_list.html", context)


@require_POST
def apikey_revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """Make a key useless."""
    commands.revoke_api_key(actor=actor_of(request), key_id=key_id)
    messages.success(request, _("密钥已撤销，立即失效。"))
    return redirect_to(request, reverse("accounts:apikey_list"))


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """My own account."""
    actor = actor_of(request)
    if request.method == "POST":
        commands.update_profile(
            actor=actor,
            name=request.POST.get("name", ""),
            email=request.POST.get("email", ""),
            phone=request.POST.get("phone", ""),
        )
        response = redirect_to(request, reverse("accounts:profile"))
        if language := request.POST.get("language"):
            commands.set_language(actor=actor.with_key(None), language=language)
            remember_language(request, response, language)
        messages.success(request, _("个人资料已保存。"))
        return response
    context = {
        "me": queries.profile(actor),
        "languages": Language.choices,
        "companies": queries.companies_of(actor),
    }
    return render(request, "accounts/profile.html", context)


@require_GET
def people(request: HttpRequest) -> JsonResponse:
    """Colleagues for @mentions and pickers."""
    return JsonResponse({"items": queries.people_like(actor_of(request), request.GET.get("q", "").strip()[:80])})


def _zones(current: str) -> list[tuple[str, str]]:
    rest = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
    return [(zone, zone) for zone in dict.fromkeys([current, *ZONES, *rest])]
