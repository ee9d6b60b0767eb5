"""Pages of a company's people and roles."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts import commands, queries
from gendan.accounts.models import Language
from gendan.accounts.secret import Secret
from gendan.accounts.views.departments import department_choices
from gendan.accounts.views.posted import number_of, version_of
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.timeline import entries


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
        request.GET.get("department", ""),
        after=request.GET.get("after"),
    )
    roles = [(role["code"], role["name"]) for role in queries.roles(actor)]
    context = {
        "actor": actor,
        "page": page,
        "roles": roles,
        "departments": department_choices(actor),
        "invitations": queries.invitations(actor),
    }
    return render(request, "accounts/user_list.html", context)


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
            department=request.POST.get("department", ""),
            language=request.POST.get("language", Language.ZH_HANS.value),
        )
        messages.success(request, _("用户 %(username)s 已建立。") % {"username": done.number})
        return redirect_to(request, reverse("accounts:user", args=[done.number]))
    actor.must("accounts.create_user")
    context = {
        "actor": actor,
        "roles": queries.roles(actor),
        "departments": department_choices(actor),
        "languages": Language.choices,
    }
    return render(request, "accounts/user_new.html", context)


@require_POST
def member_invite(request: HttpRequest) -> HttpResponse:
    """Offer somebody who has an account in another company to work here, too."""
    done = commands.invite_member(
        actor=actor_of(request),
        username=request.POST.get("username", ""),
        roles=[*filter(None, request.POST.getlist("roles"))],
    )
    messages.success(request, _("已向 %(username)s 发出邀请，对方接受后即加入本公司。") % {"username": done.number})
    return redirect_to(request, reverse("accounts:user_list"))


@require_POST
def invitation_withdraw(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Take an offer back."""
    done = commands.withdraw_invitation(actor=actor_of(request), invitation_id=invitation_id)
    messages.success(request, _("发给 %(username)s 的邀请已撤回。") % {"username": done.number})
    return redirect_to(request, reverse("accounts:user_list"))


@require_http_methods(["GET", "POST"])
def user(request: HttpRequest, username: str) -> HttpResponse:
    """One person: profile, roles, history."""
    actor = actor_of(request)
    if request.method == "POST":
        done = commands.update_user(
            actor=actor,
            username=username,
            version=version_of(request),
            name=request.POST.get("name"),
            email=request.POST.get("email"),
            phone=request.POST.get("phone"),
            superior=request.POST.get("superior"),
            department=request.POST.get("department"),
        )
        messages.success(request, _("已保存。"))
        return redirect_to(request, reverse("accounts:user", args=[done.number]))
    member = queries.member(actor, username)
    context = {
        "actor": actor,
        "member": member,
        "roles": queries.roles(actor),
        "departments": department_choices(actor),
        "history": entries(actor, [("user", member["id"])], 50),
    }
    return render(request, "accounts/user.html", context)


@require_POST
def user_roles(request: HttpRequest, username: str) -> HttpResponse:
    """Which roles the person holds."""
    done = commands.set_member_roles(
        actor=actor_of(request), username=username, roles=request.POST.getlist("roles"), version=version_of(request)
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
    done = commands.deactivate_member(actor=actor_of(request), username=username, version=version_of(request))
    messages.success(request, _("%(username)s 已停用。") % {"username": done.number})
    return redirect_to(request, reverse("accounts:user", args=[done.number]))


@require_POST
def user_reactivate(request: HttpRequest, username: str) -> HttpResponse:
    """Let in again."""
    done = commands.reactivate_member(actor=actor_of(request), username=username, version=version_of(request))
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
        amount_limit=None if "unlimited" in request.POST else number_of(request, "amount_limit") or Decimal(0),
        discount_limit=number_of(request, "discount_limit"),
        version=version_of(request),
    )
    messages.success(request, _("角色已保存。"))
    return redirect_to(request, reverse("accounts:role", args=[done.number]))


@require_POST
def role_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a role that nobody holds."""
    commands.delete_role(actor=actor_of(request), code=code, version=version_of(request))
    messages.success(request, _("角色已删除。"))
    return redirect_to(request, reverse("accounts:role_list"))
