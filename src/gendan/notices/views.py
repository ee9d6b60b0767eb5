"""The pages of notices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts.secret import Secret
from gendan.kernel import notices
from gendan.kernel.actor import Actor
from gendan.kernel.http import actor_of, redirect_to
from gendan.kernel.notices import NOTICE_LABELS
from gendan.kernel.timeline import entries
from gendan.kernel.values import whole
from gendan.notices import commands, kinds, queries
from gendan.notices.models import Delivery, Means
from gendan.notices.permissions import SAVE
from gendan.notices.push import public_key
from gendan.notices.rules import ANY_KIND

NEW: dict[str, Any] = {
    "code": "", "name": "", "means": Means.SERVICE.value, "service": "", "shared": False, "is_active": True,
    "version": None, "address_set": False,
}  # fmt: skip


@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """What I was told, newest first; why, and what to do next."""
    actor = actor_of(request)
    asked = request.GET.get("show", "")
    show: queries.Show = "all" if asked == "all" else "silenced" if asked == "silenced" else "unread"
    context = {
        "actor": actor,
        "show": show,
        "page": queries.own_notices(actor, show, request.GET.get("after")),
        "unread": notices.unread_count(actor),
        "muted": queries.mutes(actor) if show == "silenced" else [],
    }
    return render(request, "notices/notice_list.html", context)


@require_POST
def go(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Do what a notice asks for: it is read, and its page opens."""
    actor = actor_of(request)
    notices.read_notices(actor=actor, ids=[notice_id])
    return redirect_to(request, queries.target(actor, notice_id) or reverse("notices:notice_list"))


@require_POST
def mute(request: HttpRequest) -> HttpResponse:
    """Hear nothing more of a kind or a document."""
    given = {name: request.POST.get(name, "") for name in ("kind", "subject_kind", "subject_number")}
    commands.mute(actor=actor_of(request), **given)
    messages.success(request, _("已静音，可在「已静音」里恢复。"))
    return _back(request)


@require_POST
def unmute(request: HttpRequest) -> HttpResponse:
    """Hear of it again."""
    given = {name: request.POST.get(name, "") for name in ("kind", "subject_kind", "subject_number")}
    commands.unmute(actor=actor_of(request), **given)
    messages.success(request, _("已恢复提醒。"))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, None):
        back = reverse("notices:notice_list")
    return redirect_to(request, back)


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Which of my notices are sent where, and when."""
    actor = actor_of(request)
    chosen = queries.preference(actor)
    channels = queries.usable_channels(actor)
    if request.method == "POST":
        values = _posted(request, channels, chosen["company"]["kinds"])
        values["own_times"] = "own_times" in request.POST
        if not values["own_times"]:
            values = {name: value for name, value in values.items() if name in ("kinds", "own_times")}
        values["addresses"] = {
            c["code"]: request.POST.get(f"address.{c['code']}", "") for c in channels if c["needs_own"]
        }
        commands.save_preference(actor=actor, values=values, version=whole(request.POST.get("version", "")))
        messages.success(request, _("提醒设置已保存。"))
        return redirect_to(request, reverse("notices:settings"))
    shown = chosen if chosen["own_times"] else {**chosen, **_times(chosen["company"])}
    context = {
        "actor": actor,
        "chosen": shown,
        "channels": channels,
        "areas": _areas(chosen["kinds"], chosen["company"]["kinds"], channels),
        "muted": queries.mutes(actor),
        "browsers": queries.own_browsers(actor),
        "push_key": public_key() if any(channel["means"] == Means.PUSH for channel in channels) else "",
    }
    return render(request, "notices/settings.html", context)


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """What holds for those who chose nothing."""
    actor = actor_of(request)
    found = queries.channels(actor)
    usable = [channel for channel in found if channel["is_active"]]
    chosen = queries.policy(actor)
    if request.method == "POST":
        version = whole(request.POST.get("version", ""))
        commands.save_policy(actor=actor, values=_posted(request, usable, None), version=version)
        messages.success(request, _("默认的提醒方式已保存。"))
        return redirect_to(request, reverse("notices:policy"))
    other = queries.modes_of(chosen["kinds"], None, ANY_KIND)
    context = {
        "actor": actor,
        "chosen": chosen,
        "channels": usable,
        "areas": kinds.with_rest(_areas(chosen["kinds"], {ANY_KIND: other}, usable), other, usable),
        "may": actor.may(SAVE),
    }
    return render(request, "notices/policy.html", context)


def _areas(chosen: dict[str, Any], fallback: dict[str, Any], channels: list[dict[str, Any]]) -> list[kinds.Area]:
    return kinds.areas(lambda kind: queries.modes_of(chosen, fallback, kind), channels)


def _times(found: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("quiet_from", "quiet_to", "digest_at")}


def _posted(request: HttpRequest, channels: list[dict[str, Any]], company: dict[str, Any] | None) -> dict[str, Any]:
    """What a form says; what is as the company has it is not a choice of one's own."""
    kinds: dict[str, dict[str, str]] = {}
    names = [*NOTICE_LABELS] if company is not None else [ANY_KIND, *NOTICE_LABELS]
    default: dict[str, str] = {}
    for kind in names:
        posted = {c["code"]: request.POST.get(f"kind.{kind}.{c['code']}", "") for c in channels}
        modes = {code: mode for code, mode in posted.items() if mode}
        if kind == ANY_KIND:
            default = modes
        known = queries.modes_of({}, company, kind) if company is not None else default
        usable = {code: mode for code, mode in known.items() if code in posted}
        if kind == ANY_KIND or modes != usable:
            kinds[kind] = modes
    return {"kinds": kinds, **{name: request.POST.get(name, "") for name in ("quiet_from", "quiet_to", "digest_at")}}


@require_GET
def channel_list(request: HttpRequest) -> HttpResponse:
    """The company's channels and whether they work."""
    actor = actor_of(request)
    context = {"actor": actor, "channels": queries.channels(actor), "may": actor.may(SAVE)}
    return render(request, "notices/channel_list.html", context)


@require_http_methods(["GET", "POST"])
def channel_new(request: HttpRequest) -> HttpResponse:
    """Set up a channel."""
    actor = actor_of(request)
    actor.must(SAVE)
    if request.method == "POST":
        return _save(request, actor, request.POST.get("code", ""), new=True)
    return _form(request, actor, NEW)


@require_http_methods(["GET", "POST"])
def channel_edit(request: HttpRequest, code: str) -> HttpResponse:
    """One channel: how it is set up, what was sent lately."""
    actor = actor_of(request)
    if request.method == "POST":
        return _save(request, actor, code, new=False)
    return _form(request, actor, queries.channel(actor, code))


def _form(request: HttpRequest, actor: Actor, row: dict[str, Any]) -> HttpResponse:
    context = {
        "actor": actor,
        "channel": row,
        "may": actor.may(SAVE),
        "recent": queries.log(actor, channel=row["code"], limit=10).items if row["code"] else [],
        "history": entries(actor, [("channel", row["id"])], 20) if row.get("id") else [],
    }
    return render(request, "notices/channel_form.html", context)


def _save(request: HttpRequest, actor: Actor, code: str, *, new: bool) -> HttpResponse:
    posted = request.POST
    done = commands.save_channel(
        actor=actor,
        code=code,
        new=new,
        version=whole(posted.get("version", "")),
        address=Secret(posted.get("address", "")) if posted.get("address", "").strip() else None,
        values={"name": posted.get("name", ""), "is_active": "is_active" in posted},
    )
    messages.success(request, _("渠道 %(code)s 已保存，请测试一下。") % {"code": done.number})
    return redirect_to(request, reverse("notices:channel", args=[done.number]))


@require_POST
def channel_test(request: HttpRequest, code: str) -> HttpResponse:
    """Have a test message sent."""
    done = commands.test_channel(actor=actor_of(request), code=code)
    messages.success(request, _("测试消息正在发送，结果会出现在这里。"))
    return redirect_to(request, reverse("notices:channel", args=[done.number]))


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """What was sent and what was not."""
    actor = actor_of(request)
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    context = {
        "actor": actor,
        "page": queries.log(actor, state, channel, request.GET.get("after")),
        "states": [("", _("全部"), None), *((value, label, None) for value, label in Delivery.State.choices)],
        "channels": [(row["code"], row["name"]) for row in queries.channels(actor)],
        "may": actor.may(SAVE),
    }
    return render(request, "notices/log.html", context)


@require_POST
def send_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Try a failed message again."""
    commands.send_again(actor=actor_of(request), delivery_id=delivery_id)
    messages.success(request, _("已重新排队发送。"))
    return redirect_to(request, f"{reverse('notices:log')}?state=failed")
