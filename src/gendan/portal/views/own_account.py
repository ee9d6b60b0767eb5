"""What people of suppliers do with their account once they are signed in: name, password, keys; colleagues."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gendan.accounts.secret import Secret
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.http import remember_language
from gendan.kernel.values import whole
from gendan.portal import commands, sessions
from gendan.portal.queries.people import RIGHT_LABELS, keys_of, people_of
from gendan.portal.queries.visitors import KEY_PREFIX, PERSON, Visitor
from gendan.portal.views.door import ME, customer, door
from gendan.portal.views.supplier_order import SUPPLIERS, needs, shown


def _signed_in(visitor: Visitor) -> None:
    """Who comes with a link has no account."""
    if visitor.kind != PERSON:
        raise NotFound(what=_("供应商账号"))


@require_GET
@door("read", SUPPLIERS)
def account(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """One's own account."""
    _signed_in(link)
    return _account(request, link, token)


def _account(request: HttpRequest, link: Visitor, token: str, key: str = "") -> HttpResponse:
    rights = [RIGHT_LABELS[right] for right in RIGHT_LABELS if link.may(right)]
    return shown(request, link, token, "portal/supplier_account.html", keys=keys_of(link.id), key=key, rights=rights)


@require_POST
@door("write", SUPPLIERS)
def save(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """Name and language."""
    _signed_in(link)
    language = request.POST.get("language", "")
    commands.save_own_account(
        actor=customer(request, link), person=link.id, name=request.POST.get("name", ""), language=language
    )
    response = redirect(f"{reverse('portal:supplier_account', args=[token])}?said=saved")
    remember_language(request, response, language)
    return response


@require_POST
@door("write", SUPPLIERS)
def password(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """Another password; this browser stays signed in, all others do not."""
    _signed_in(link)
    posted = request.POST
    if posted.get("password", "") != posted.get("again", ""):
        raise Invalid({"again": _("两次输入的密码不一样。")})
    current, new = Secret(posted.get("current", "")), Secret(posted.get("password", ""))
    actor = customer(request, link).with_key(None)
    commands.change_supplier_password(actor=actor, person=link.id, current=current, password=new)
    response = redirect(f"{reverse('portal:supplier_account', args=[token])}?said=password")
    sessions.keep(response, request, sessions.open_session(request, link.id, new.reveal()))
    return response


@require_POST
@door("write", SUPPLIERS)
def leave(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """Sign out everywhere."""
    _signed_in(link)
    commands.end_supplier_sessions(actor=customer(request, link), person=link.id)
    response = redirect("portal:supplier_sign_in")
    sessions.sign_out(request, response)
    return response


@require_POST
@door("write", SUPPLIERS)
def create_key(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """A key for a program; it is shown this once."""
    _signed_in(link)
    key = Secret(KEY_PREFIX + secrets.token_urlsafe(32))
    actor = customer(request, link).with_key(None)
    commands.create_supplier_key(actor=actor, person=link.id, name=request.POST.get("name", ""), key=key)
    return _account(request, link, token, key.reveal())


@require_POST
@door("write", SUPPLIERS)
def revoke_key(request: HttpRequest, link: Visitor, token: str, key_id: int) -> HttpResponse:
    """End a key."""
    _signed_in(link)
    commands.revoke_supplier_key(actor=customer(request, link), person=link.id, key_id=key_id)
    return redirect(f"{reverse('portal:supplier_account', args=[token])}?said=saved")


@require_http_methods(["GET", "POST"])
@door("read", SUPPLIERS)
def people(request: HttpRequest, link: Visitor, token: str) -> HttpResponse:
    """The colleagues who sign in, and an invitation for one more."""
    needs(link, "people")
    if request.method == "POST":
        posted = request.POST
        commands.invite_colleague(
            actor=_acts(request, link),
            by=link.id,
            email=posted.get("email", ""),
            name=posted.get("name", ""),
            rights=posted.getlist("right"),
            language=posted.get("language", "") or link.language,
        )
        return redirect(f"{reverse('portal:supplier_people', args=[token])}?said=invited")
    rights = [(right, label) for right, label in RIGHT_LABELS.items() if link.may(right)]
    rows = people_of(link.company_id, link.partner_id)
    return shown(request, link, token, "portal/supplier_people.html", people=rows, rights=rights)


@require_POST
@door("write", SUPPLIERS)
def colleague(request: HttpRequest, link: Visitor, token: str, person_id: int) -> HttpResponse:
    """Change a colleague's rights, shut them out or let them in again, send a new link."""
    needs(link, "people")
    posted, actor, version = request.POST, _acts(request, link), whole(request.POST.get("version", ""))
    match posted.get("verb", ""):
        case "reset":
            commands.reset_colleague(actor=actor, by=link.id, person=person_id, version=version)
        case "off" | "on" as verb:
            commands.save_colleague(actor=actor, by=link.id, person=person_id, is_active=verb == "on", version=version)
        case _:
            rights = posted.getlist("right")
            commands.save_colleague(actor=actor, by=link.id, person=person_id, rights=rights, version=version)
    return redirect(f"{reverse('portal:supplier_people', args=[token])}?said=saved")


def _acts(request: HttpRequest, link: Visitor) -> Actor:
    return customer(request, link)


__all__ = ["ME", "account", "colleague", "create_key", "leave", "password", "people", "revoke_key", "save"]
