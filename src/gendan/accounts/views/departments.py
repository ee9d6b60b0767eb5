"""Pages of a company's departments."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts import commands, queries
from gendan.accounts.views.posted import version_of
from gendan.kernel.actor import Actor
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.timeline import entries

INDENT = "\u2003"  # as wide as a character; a select keeps it


def department_choices(actor: Actor, without: str = "") -> list[tuple[str, str]]:
    """Departments to choose from, shown as a tree; ``without`` one and those below it."""
    found, hidden = [], None
    for each in queries.departments(actor):
        if hidden is not None and each["depth"] > hidden:
            continue
        hidden = each["depth"] if each["code"] == without else None
        if hidden is None:
            found.append((each["code"], INDENT * each["depth"] + each["name"]))
    return found


@require_GET
def department_list(request: HttpRequest) -> HttpResponse:
    """The company's departments as a tree."""
    actor = actor_of(request)
    return render(request, "accounts/department_list.html", {"actor": actor, "departments": queries.departments(actor)})


@require_http_methods(["GET", "POST"])
def department_new(request: HttpRequest) -> HttpResponse:
    """A new department."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save(request, request.POST.get("code", ""))
    actor.must("accounts.save_department")
    context = {
        "actor": actor,
        "department": None,
        "parents": department_choices(actor),
        "parent": request.GET.get("parent", ""),
        "history": [],
    }
    return render(request, "accounts/department.html", context)


@require_http_methods(["GET", "POST"])
def department(request: HttpRequest, code: str) -> HttpResponse:
    """One department: where it stands, who leads it, who is in it."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save(request, code)
    found = queries.department(actor, code)
    context = {
        "actor": actor,
        "department": found,
        "parents": department_choices(actor, code),
        "parent": found["parent"],
        "members": queries.members(actor, active=True, department=found["code"]).items,
        "history": entries(actor, [("department", found["id"])], 30),
    }
    return render(request, "accounts/department.html", context)


def _save(request: HttpRequest, code: str) -> HttpResponse:
    done = commands.save_department(
        actor=actor_of(request),
        code=code,
        name=request.POST.get("name", ""),
        parent=request.POST.get("parent", ""),
        head=request.POST.get("head", ""),
        version=version_of(request),
    )
    messages.success(request, _("部门已保存。"))
    return redirect_to(request, reverse("accounts:department", args=[done.number]))


@require_POST
def department_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Delete a department that is empty."""
    commands.delete_department(actor=actor_of(request), code=code, version=version_of(request))
    messages.success(request, _("部门已删除。"))
    return redirect_to(request, reverse("accounts:department_list"))
