"""Situations of notices: channels, what people choose, what was sent."""

from __future__ import annotations

from gendan.accounts.secret import Secret
from gendan.kernel import db
from gendan.kernel.errors import Invalid
from gendan.notices import browsers, commands, mail_server
from gendan.notices.push import b64

from .scenario import Arguments, World, scenario

OWN = "it is one's own"


def channel(world: World) -> str:
    """A channel of the company."""
    address = Secret("dingtalk://abcdef0123456789/")
    return commands.save_channel(actor=world.admin, code="chat", address=address, values={"name": "群"}).number


@scenario("notices.save_channel")
def save_channel(world: World) -> Arguments:
    return {"code": channel(world), "new": False, "values": {"name": "采购群"}}


@scenario("notices.test_channel")
def test_channel(world: World) -> Arguments:
    return {"code": channel(world)}


@scenario(
    "notices.report_tests",
    own="it tells of one's own company's messages only",
    passing="the outcome stands in the log already: open pages are told",
)
def report_tests(world: World) -> Arguments:
    done = commands.test_channel(actor=world.admin, code=channel(world))
    return {"ids": [done.data["delivery"]]}


@scenario("notices.send_again")
def send_again(world: World) -> Arguments:
    done = commands.test_channel(actor=world.admin, code=channel(world))
    db.execute("UPDATE notices_delivery SET state = 'failed' WHERE id = %s", [done.data["delivery"]])
    return {"delivery_id": done.data["delivery"]}


@scenario("notices.save_policy", own="it is one's own company's")
def save_policy(world: World) -> Arguments:
    commands.save_policy(actor=world.admin, values={"kinds": {"mention": {channel(world): "now"}}})
    return {"values": {"digest_at": "08:30"}}


@scenario("notices.save_mail_server", own="it is one's own company's")
def save_mail_server(world: World) -> Arguments:
    values = {"host": "smtp.example.com", "username": "gendan", "sender": "gendan@example.com", "is_active": True}
    mail_server.save_mail_server(actor=world.admin, values=values, password=Secret("geheim"))
    return {"values": {**values, "sender_name": "采购部"}, "password": Secret("geheim")}


@scenario("notices.save_preference", own=OWN, silent="how one is told is nobody else's business")
def save_preference(world: World) -> Arguments:
    commands.save_preference(actor=world.admin, values={"kinds": {"mention": {channel(world): "now"}}})
    return {"values": {"own_times": True}}


@scenario("notices.mute", own=OWN, silent="what one silences is nobody else's business")
def mute(world: World) -> Arguments:
    return {"kind": "mention"}


@scenario("notices.unmute", own=OWN, silent="what one silences is nobody else's business")
def unmute(world: World) -> Arguments:
    commands.mute(actor=world.admin, kind="mention")
    return {"kind": "mention"}


@scenario("notices.save_template", own="it is one's own company's")
def save_template(world: World) -> Arguments:
    words: Arguments = {"kind": "mention", "language": "en", "title": "{{ number }}", "body": "{{ text }}"}
    commands.save_template(actor=world.admin, **words)
    return {**words, "body": "{{ text }} {{ link }}"}


@scenario("notices.save_outward", refusal=Invalid)
def save_outward(world: World) -> Arguments:
    address = Secret("twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@+12025550100/{phone}")
    commands.save_channel(actor=world.admin, code="sms", address=address, values={"name": "短信"})
    commands.save_outward(actor=world.admin, occasion="shipped", is_on=True, channel="sms")
    return {"occasion": "shipped", "is_on": False, "channel": "sms"}


@scenario("notices.save_browser", own=OWN, silent="where one is told is nobody else's business")
def save_browser(world: World) -> Arguments:
    return {"endpoint": "https://push.example.com/x", "key": b64(b"\x04" + bytes(64)), "auth": b64(bytes(16))}


@scenario("notices.forget_browser", own=OWN, silent="where one is told is nobody else's business")
def forget_browser(world: World) -> Arguments:
    return {"browser_id": int(browsers.save_browser(actor=world.admin, **save_browser(world)).id)}
