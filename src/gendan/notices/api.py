"""Notices, their channels and what was sent, for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from gendan.accounts.secret import Secret
from gendan.kernel.api import Body, DoneOut, Out, ProblemOut, caller, done
from gendan.notices import commands, queries
from gendan.notices.mail_server import mail_server, save_mail_server
from gendan.notices.permissions import VIEW

router = Router(tags=["notices"])
REFUSALS: dict[Any, Any] = {(401, 403, 404, 409, 422): ProblemOut}


class ChannelIn(Body):
    """``address`` is that of the service, with its keys; it is never given back."""

    code: str = Field(max_length=32)
    name: str = Field(max_length=80)
    address: str = Field(max_length=1000)
    is_active: bool = True


class ChannelUpdateIn(Body):
    """What is left out stays."""

    name: str | None = Field(None, max_length=80)
    address: str | None = Field(None, max_length=1000)
    is_active: bool | None = None
    version: int | None = None


class ChannelOut(Out):
    """``shared``: its address leads to one place for all. Sent, failed and waiting: of the last 24 hours."""

    code: str
    name: str
    means: str
    service: str
    shared: bool
    is_active: bool
    version: int
    address_set: bool
    sent: int
    failed: int
    waiting: int


class ChannelsOut(Out):
    items: list[ChannelOut]


class NoticeDeliveryOut(Out):
    id: int
    channel: str
    people: str
    kind: str
    text: str
    subject_kind: str
    subject_number: str
    severe: bool
    state: str
    due_at: datetime
    attempts: int
    problem: str
    detail: str
    count: int
    at: datetime
    sent_at: datetime | None


class NoticeDeliveriesOut(Out):
    items: list[NoticeDeliveryOut]
    after: str


class TimesBody(Body):
    """``kinds``: {kind: {channel: "now" or "digest"}}; times as 22:30, "" for none. What is left out stays."""

    kinds: dict[str, dict[str, str]] | None = None
    quiet_from: str | None = Field(None, max_length=5)
    quiet_to: str | None = Field(None, max_length=5)
    digest_at: str | None = Field(None, max_length=5)
    version: int | None = None


class PreferenceIn(TimesBody):
    own_times: bool | None = None
    addresses: dict[str, str] | None = None


class TimesOut(Out):
    kinds: dict[str, dict[str, str]]
    quiet_from: str
    quiet_to: str
    digest_at: str
    version: int | None


class PreferenceOut(TimesOut):
    own_times: bool
    addresses: dict[str, str]
    company: TimesOut


class MuteIn(Body):
    """A kind of notice, or one document."""

    kind: str = Field("", max_length=32)
    subject_kind: str = Field("", max_length=24)
    subject_number: str = Field("", max_length=64)


class MuteOut(Out):
    kind: str
    subject_kind: str
    subject_number: str
    at: datetime


class MutesOut(Out):
    items: list[MuteOut]


@router.get("/notice-channels", response={200: ChannelsOut, **REFUSALS}, summary="List channels of notices")
def list_channels(request: HttpRequest) -> Any:
    """Those that every company has, then its own."""
    return {"items": queries.channels(caller(request))}


@router.post("/notice-channels", response={201: DoneOut, **REFUSALS}, summary="Set up a channel")
def create_channel(request: HttpRequest, body: ChannelIn) -> Any:
    """A service that notices can be sent through; test it afterwards."""
    result = commands.save_channel(
        actor=caller(request),
        code=body.code,
        new=True,
        address=Secret(body.address),
        values={"name": body.name, "is_active": body.is_active},
    )
    return Status(201, done(result))


@router.patch("/notice-channels/{code}", response={200: DoneOut, **REFUSALS}, summary="Change a channel")
def update_channel(request: HttpRequest, code: str, body: ChannelUpdateIn) -> Any:
    """Only what is given changes."""
    values = body.model_dump(include={"name", "is_active"}, exclude_none=True)
    address = Secret(body.address) if body.address else None
    actor = caller(request)
    return done(
        commands.save_channel(actor=actor, code=code, new=False, version=body.version, address=address, values=values)
    )


@router.post("/notice-channels/{code}/test", response={200: DoneOut, **REFUSALS}, summary="Test a channel")
def test_channel(request: HttpRequest, code: str) -> Any:
    """A test message is sent to the key's user soon; ``delivery`` is its id in the log."""
    return done(commands.test_channel(actor=caller(request), code=code))


@router.get("/notice-deliveries", response={200: NoticeDeliveriesOut, **REFUSALS}, summary="What was sent")
def list_deliveries(
    request: HttpRequest, state: str = "", channel: str = "", limit: int | None = None, after: str | None = None
) -> Any:
    """Newest first; ``state``: waiting, held, sending, sent, failed, bundled, skipped."""
    page = queries.log(caller(request), state, channel, after, limit)
    return {"items": page.items, "after": page.after}


@router.post(
    "/notice-deliveries/{int:delivery_id}/again", response={200: DoneOut, **REFUSALS}, summary="Send a failed one again"
)
def send_again(request: HttpRequest, delivery_id: int) -> Any:
    """Only what failed."""
    return done(commands.send_again(actor=caller(request), delivery_id=delivery_id))


@router.get("/notice-policy", response={200: TimesOut, **REFUSALS}, summary="What holds for who chose nothing")
def get_policy(request: HttpRequest) -> Any:
    """The kind «*» is any that is not named."""
    actor = caller(request)
    actor.must(VIEW)
    return queries.policy(actor)


@router.put("/notice-policy", response={200: DoneOut, **REFUSALS}, summary="Set what holds for who chose nothing")
def save_policy(request: HttpRequest, body: TimesBody) -> Any:
    """What is left out stays."""
    values = body.model_dump(exclude={"version"}, exclude_none=True)
    return done(commands.save_policy(actor=caller(request), values=values, version=body.version))


class MailServerIn(Body):
    """What is left out stays. ``password`` is never given back, and has to come again with another server or user."""

    host: str | None = Field(None, max_length=253)
    port: int | None = None
    security: Literal["starttls", "tls", "none"] | None = None
    username: str | None = Field(None, max_length=200)
    password: str | None = Field(None, max_length=500)
    sender: str | None = Field(None, max_length=254)
    sender_name: str | None = Field(None, max_length=80)
    is_active: bool | None = None
    version: int | None = None


class MailServerOut(Out):
    """Not active: the installation's server sends."""

    host: str
    port: int
    security: str
    username: str
    password_set: bool
    sender: str
    sender_name: str
    is_active: bool
    version: int | None


@router.get("/mail-server", response={200: MailServerOut, **REFUSALS}, summary="By which server mails are sent")
def get_mail_server(request: HttpRequest) -> Any:
    return mail_server(caller(request))


@router.put("/mail-server", response={200: DoneOut, **REFUSALS}, summary="Send mails by the company's own server")
def put_mail_server(request: HttpRequest, body: MailServerIn) -> Any:
    """Test it by the channel ``email``."""
    values = body.model_dump(exclude={"version", "password"}, exclude_none=True)
    password = Secret(body.password) if body.password else None
    return done(save_mail_server(actor=caller(request), values=values, password=password, version=body.version))


class VariableOut(Out):
    name: str
    label: str
    sample: str


class TemplateOut(Out):
    """``is_own``: the company wrote it; else it is the built-in one."""

    kind: str
    language: str
    title: str
    body: str
    is_own: bool
    version: int | None
    variables: list[VariableOut]


class TemplateIn(Body):
    """With neither title nor body the built-in words come back."""

    title: str = Field("", max_length=200)
    body: str = Field("", max_length=4000)
    version: int | None = None


class OutwardOut(Out):
    occasion: str
    audience: str
    is_on: bool
    channel: str
    language: str
    version: int | None


class OutwardsOut(Out):
    items: list[OutwardOut]


class OutwardIn(Body):
    is_on: bool
    channel: str = Field("email", max_length=32)
    language: str = Field("zh-hans", max_length=8)
    version: int | None = None


@router.get(
    "/notice-templates/{kind}/{language}", response={200: TemplateOut, **REFUSALS}, summary="The words of a kind"
)
def get_template(request: HttpRequest, kind: str, language: str) -> Any:
    """Languages: zh-hans, zh-hant, en; messages to partners have the kinds out.shipped, out.new_order …"""
    return queries.template(caller(request), kind, language)


@router.put("/notice-templates/{kind}/{language}", response={200: DoneOut, **REFUSALS}, summary="Write one's own words")
def save_template(request: HttpRequest, kind: str, language: str, body: TemplateIn) -> Any:
    """They may name the variables of their kind only."""
    given = body.model_dump()
    return done(commands.save_template(actor=caller(request), kind=kind, language=language, **given))


@router.get("/partner-messages", response={200: OutwardsOut, **REFUSALS}, summary="When partners are told")
def list_outward(request: HttpRequest) -> Any:
    """Off unless somebody switched it on."""
    return {"items": queries.outward(caller(request))}


@router.put("/partner-messages/{occasion}", response={200: DoneOut, **REFUSALS}, summary="Tell partners, or do not")
def save_outward(request: HttpRequest, occasion: str, body: OutwardIn) -> Any:
    """From now on: nothing is told of what happened before."""
    return done(commands.save_outward(actor=caller(request), occasion=occasion, **body.model_dump()))


@router.get("/notice-settings", response={200: PreferenceOut, **REFUSALS}, summary="One's own settings")
def get_settings(request: HttpRequest) -> Any:
    """Kinds that are not named, and the times unless ``own_times``, follow the company."""
    return queries.preference(caller(request))


@router.put("/notice-settings", response={200: DoneOut, **REFUSALS}, summary="Choose which notices are sent where")
def save_settings(request: HttpRequest, body: PreferenceIn) -> Any:
    """For the key's user; what is left out stays."""
    values = body.model_dump(exclude={"version"}, exclude_none=True)
    return done(commands.save_preference(actor=caller(request), values=values, version=body.version))


@router.get("/notice-mutes", response={200: MutesOut, **REFUSALS}, summary="What one silenced")
def list_mutes(request: HttpRequest) -> Any:
    """Newest first."""
    return {"items": queries.mutes(caller(request))}


@router.post("/notice-mutes", response={200: DoneOut, **REFUSALS}, summary="Silence a kind or a document")
def mute(request: HttpRequest, body: MuteIn) -> Any:
    """Nothing of it is sent or counted as unread any more."""
    return done(commands.mute(actor=caller(request), **body.model_dump()))


@router.post("/notice-mutes/remove", response={200: DoneOut, **REFUSALS}, summary="Hear of it again")
def unmute(request: HttpRequest, body: MuteIn) -> Any:
    """What was silenced before is told again from now on."""
    return done(commands.unmute(actor=caller(request), **body.model_dump()))
