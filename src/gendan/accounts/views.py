"""Pages of companies, people, roles and keys."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from zoneinfo import available_timezones

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts import commands, queries
from gendan.accounts.models import Language
from gendan.accounts.secret import Secret, new_api_key
from gendan.kernel import values
from gendan.kernel.errors import Invalid
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.timeline import entries

ZONES = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Europe/Berlin", "UTC")


@require_http_methods(["GET", "POST"])
def company_settings(request: HttpRequest) -> HttpResponse:
    """The settings of the current company."""
    actor = actor_of(request)
    if request.method == "POST":
        commands.update_company(
            actor=actor,
            version=_version(request),
            name=request.POST.get("name"),
            currency=request.POST.get("currency"),
            timezone=request.POST.get("timezone"),
            over_tolerance=_number(request, "over_tolerance"),
            under_tolerance=_number(request, "under_tolerance"),
            use_confirmation="use_confirmation" in request.POST,
        )
        messages.success(request, _("公司设置已保存。"))
        return redirect_to(request, reverse("accounts:company_settings"))
    actor.must(queries.VIEW)
    company = queries.company_of(actor)
    context = {
        "actor": actor,
        "company": company,
        "zones": _zones(company["timezone"]),
        "history": entries(actor, [("company", actor.company_id)], 30),
    }
    return render(request, "accounts/company_settings.html", context)


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


@require_GET
def user_list(request: HttpRequest) -> HttpResponse:
    """The company's people."""
    actor = actor_of(request)
    show = request.GET.get("state", "active")
    page = queries.members(
        actor,
        request.GET.get("q", ""),
        None if show == "all" else show != "inactive",
        request.GET.get("role", ""),
        after=request.GET.get("after"),
    )
    roles = [(role["code"], role["name"]) for role in queries.roles(actor)]
    return render(request, "accounts/user_list.html", {"actor": actor, "page": page, "roles": roles})


@require_http_methods(["GET", "POST"])
def user_new(request: HttpRequest) -> HttpResponse:
    """A new person."""
    actor = actor_of(request)
    if request.method == "POST":
        done = commands.create_user(
            actor=actor,
            username=request.POST.get("username", ""),
            name=request.POST.get("name", ""),
            password=Secret(request.POST.get("password", "")),
            roles=request.POST.getlist("roles"),
            email=request.POST.get("email", ""),
            phone=request.POST.get("phone", ""),
            superior=request.POST.get("superior") or None,
            language=request.POST.get("language", Language.ZH_HANS.value),
        )
        messages.success(request, _("用户 %(username)s 已建立。") % {"username": done.number})
        return redirect_to(request, reverse("accounts:user", args=[done.number]))
    actor.must("accounts.create_user")
    context = {"actor": actor, "roles": queries.roles(actor), "languages": Language.choices}
    return render(request, "accounts/user_new.html", context)


@require_POST
def member_add(request: HttpRequest) -> HttpResponse:
    """Somebody who has an account in another company."""
    done = commands.add_member(
        actor=actor_of(request), username=request.POST.get("username", ""), roles=request.POST.getlist("roles")
    )
    messages.success(request, _("%(username)s 已加入本公司。") % {"username": done.number})
    return redirect_to(request, reverse("accounts:user", args=[done.number]))


@require_http_methods(["GET", "POST"])
def user(request: HttpRequest, username: str) -> HttpResponse:
    """One person: profile, roles, history."""
    actor = actor_of(request)
    if request.method == "POST":
        done = commands.update_user(
            actor=actor,
            username=username,
            version=_version(request),
            name=request.POST.get("name"),
            email=request.POST.get("email"),
            phone=request.POST.get("phone"),
            superior=request.POST.get("superior"),
        )
        messages.success(request, _("已保存。"))
        return redirect_to(request, reverse("accounts:user", args=[done.number]))
    member = queries.member(actor, username)
    context = {
        "actor": actor,
        "member": member,
        "roles": queries.roles(actor),
        "history": entries(actor, [("user", member["id"])], 50),
    }
    return render(request, "accounts/user.html", context)


@require_POST
def user_roles(request: HttpRequest, username: str) -> HttpResponse:
    """Which roles the person holds."""
    done = commands.set_member_roles(
        actor=actor_of(request), username=username, roles=request.POST.getlist("roles"), version=_version(request)
    )
    messages.success(request, _("角色已保存。"))
    return redirect_to(request, reverse("accounts:user", args=[done.number]))


@require_POST
def user_password(request: HttpRequest, username: str) -> HttpResponse:
    """A new password for somebody who has forgotten theirs."""
    done = commands.reset_password(
        actor=actor_of(request), username=username, password=Secret(request.POST.get("password", ""))
    )
    messages.success(request, _("密码已重设，请当面告知本人并提醒其修改。"))
    return redirect_to(request, reverse("accounts:user", args=[done.number]))


@require_POST
def user_deactivate(request: HttpRequest, username: str) -> HttpResponse:
    """Shut out."""
    done = commands.deactivate_member(actor=actor_of(request), username=username, version=_version(request))
    messages.success(request, _("%(username)s 已停用。") % {"username": done.number})
    return redirect_to(request, reverse("accounts:user", args=[done.number]))


@require_POST
def user_reactivate(request: HttpRequest, username: str) -> HttpResponse:
    """Let in again."""
    done = commands.reactivate_member(actor=actor_of(request), username=username, version=_version(request))
    messages.success(request, _("%(username)s 已重新启用。") % {"username": done.number})
    return redirect_to(request, reverse("accounts:user", args=[done.number]))


@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """The company's roles."""
    actor = actor_of(request)
    return render(request, "accounts/role_list.html", {"actor": actor, "roles": queries.roles(actor)})


@require_http_methods(["GET", "POST"])
def role_new(request: HttpRequest) -> HttpResponse:
    """A role of the company's own."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save_role(request, request.POST.get("code", ""))
    actor.must("accounts.save_role")
    actor.must(queries.VIEW)
    context = {"actor": actor, "role": None, "groups": queries.permission_groups(), "history": []}
    return render(request, "accounts/role.html", context)


@require_http_methods(["GET", "POST"])
def role(request: HttpRequest, code: str) -> HttpResponse:
    """What the holders of a role may do, command by command."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save_role(request, code)
    found = queries.role(actor, code)
    context = {
        "actor": actor,
        "role": found,
        "groups": queries.permission_groups(),
        "history": entries(actor, [("role", found["id"])], 30),
    }
    return render(request, "accounts/role.html", context)


def _save_role(request: HttpRequest, code: str) -> HttpResponse:
    done = commands.save_role(
        actor=actor_of(request),
        code=code,
        name=request.POST.get("name", ""),
        permissions=request.POST.getlist("permissions"),
        amount_limit=None if "unlimited" in request.POST else _number(request, "amount_limit") or Decimal(0),
        version=_version(request),
    )
    messages.success(request, _("角色已保存。"))
    return redirect_to(request, reverse("accounts:role", args=[done.number]))


@require_POST
def role_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a role that nobody holds."""
    commands.delete_role(actor=actor_of(request), code=code, version=_version(request))
    messages.success(request, _("角色已删除。"))
    return redirect_to(request, reverse("accounts:role_list"))


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
            expires_at=_end_of_day(request, "expires_on"),
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
        if language := request.POST.get("language"):
            commands.set_language(actor=actor.with_key(None), language=language)
        messages.success(request, _("个人资料已保存。"))
        return redirect_to(request, reverse("accounts:profile"))
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


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _number(request: HttpRequest, name: str) -> Decimal | None:
    text = request.POST.get(name, "")
    if values.is_empty(text):
        return None
    try:
        return values.to_number(text, decimals=2)
    except values.BadValue as problem:
        raise Invalid({name: problem.text}) from None


def _end_of_day(request: HttpRequest, name: str) -> datetime | None:
    text = request.POST.get(name, "")
    if values.is_empty(text):
        return None
    try:
        return timezone.make_aware(datetime.combine(values.to_date(text), time.max))
    except values.BadValue as problem:
        raise Invalid({name: problem.text}) from None


def _zones(current: str) -> list[tuple[str, str]]:
    rest = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
    return [(zone, zone) for zone in dict.fromkeys([current, *ZONES, *rest])]
