"""The pages where a company says in which words people and partners are told, and on which occasions partners are."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts.secret import Secret
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.timeline import entries
from gendan.kernel.values import whole
from gendan.notices import browsers, commands, queries
from gendan.notices.mail_server import FIELDS, mail_server, save_mail_server
from gendan.notices.models import MailServer
from gendan.notices.permissions import SAVE

EMAIL, SAVED = "email", "notices.mail_server_saved"


@require_POST
def browser_save(request: HttpRequest) -> HttpResponse:
    """Let this browser be pushed to."""
    given = {name: request.POST.get(name, "") for name in ("endpoint", "key", "auth")}
    name = _browser(request.headers.get("User-Agent", ""))
    browsers.save_browser(actor=actor_of(request), name=name, **given)
    messages.success(request, _("这台浏览器已登记；在上面的表里为「浏览器推送」选择要收的提醒。"))
    return redirect_to(request, reverse("notices:settings"))


@require_POST
def browser_forget(request: HttpRequest, browser_id: int) -> HttpResponse:
    """Push no more to one of my browsers."""
    browsers.forget_browser(actor=actor_of(request), browser_id=browser_id)
    messages.success(request, _("不再推送到这台浏览器。"))
    return redirect_to(request, reverse("notices:settings"))


def _browser(agent: str) -> str:
    """What a person calls the browser that sends this."""
    names = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"}
    name = next((name for mark, name in names.items() if mark in agent), "")
    system = next((name for mark, name in systems.items() if mark in agent), "")
    return " · ".join(filter(None, (name, system)))


@require_GET
def outward_list(request: HttpRequest) -> HttpResponse:
    """On which occasions customers and suppliers are told."""
    actor = actor_of(request)
    context = {
        "actor": actor,
        "rows": queries.outward(actor),
        "channels": queries.channels_for_partners(actor),
        "languages": settings.LANGUAGES,
        "may": actor.may(SAVE),
    }
    return render(request, "notices/outward.html", context)


@require_POST
def outward_save(request: HttpRequest, occasion: str) -> HttpResponse:
    """Switch one occasion on or off."""
    commands.save_outward(
        actor=actor_of(request),
        occasion=occasion,
        is_on="is_on" in request.POST,
        channel=request.POST.get("channel", "email"),
        language=request.POST.get("language", "zh-hans"),
        version=whole(request.POST.get("version", "")),
    )
    messages.success(request, _("已保存，从现在起生效。"))
    return redirect_to(request, reverse("notices:outward"))


@require_GET
def template_list(request: HttpRequest) -> HttpResponse:
    """Every kind of message and whose words it has."""
    actor = actor_of(request)
    context = {"actor": actor, "rows": queries.templates(actor), "languages": settings.LANGUAGES}
    return render(request, "notices/template_list.html", context)


@require_http_methods(["GET", "POST"])
def template_edit(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The words of one kind in one language."""
    actor = actor_of(request)
    if request.method == "POST":
        again = request.POST.get("then") == "reset"
        commands.save_template(
            actor=actor,
            kind=kind,
            language=language,
            title="" if again else request.POST.get("title", ""),
            body="" if again else request.POST.get("body", ""),
            version=whole(request.POST.get("version", "")),
        )
        messages.success(request, _("已恢复自带的文字。") if again else _("文字已保存。"))
        return redirect_to(request, reverse("notices:template", args=[kind, language]))
    context = {
        "actor": actor,
        "words": queries.template(actor, kind, language),
        "languages": settings.LANGUAGES,
        "may": actor.may(SAVE),
    }
    return render(request, "notices/template.html", context)


@require_POST
def template_preview(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """What a message in these words would say."""
    title, body = request.POST.get("title", ""), request.POST.get("body", "")
    found = queries.preview(actor_of(request), kind, language, title, body)
    return render(request, "notices/_preview.html", {"preview": found})


@require_http_methods(["GET", "POST"])
def mail_server_page(request: HttpRequest) -> HttpResponse:
    """By which server the company sends its mails, and how the last ones went."""
    actor = actor_of(request)
    if request.method == "POST":
        posted, password = request.POST, request.POST.get("password", "")
        values = {name: posted.get(name, "") for name in FIELDS if name != "is_active"}
        save_mail_server(
            actor=actor,
            values={**values, "is_active": "is_active" in posted},
            password=Secret(password) if password else None,
            version=whole(posted.get("version", "")),
        )
        messages.success(request, _("邮件服务器已保存，请发一封测试邮件。"))
        return redirect_to(request, reverse("notices:mail_server"))
    context = {
        "actor": actor,
        "server": mail_server(actor),
        "securities": MailServer.Security.choices,
        "may": actor.may(SAVE),
        "recent": queries.log(actor, channel=EMAIL, limit=5).items,
        "history": [e for e in entries(actor, [("company", actor.company_id)], 100) if e["type"] == SAVED][:10],
    }
    return render(request, "notices/mail_server.html", context)


@require_POST
def mail_server_test(request: HttpRequest) -> HttpResponse:
    """Have a test mail sent to oneself."""
    commands.test_channel(actor=actor_of(request), code=EMAIL)
    messages.success(request, _("测试邮件正在发到您的邮箱，结果会出现在这里。"))
    return redirect_to(request, reverse("notices:mail_server"))
