"""The verbs of notices: channels of a company, what people choose and silence, tests, sending again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts.secret import Secret
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Entry, Subject, record, record_all
from gendan.kernel.notices import NOTICE_LABELS
from gendan.kernel.unit import Done, command
from gendan.notices import words
from gendan.notices.errors import BuiltInChannel, ChannelExists, ChannelInactive, NothingToSendAgain
from gendan.notices.labels import PROBLEMS, TEST
from gendan.notices.models import Channel, Means, Mute, Outward, Policy, Preference, Template
from gendan.notices.outward import OCCASIONS
from gendan.notices.permissions import SAVE
from gendan.notices.settings import read_channel, read_template, read_times

SEND = "notices.report_tests"  # who sends: nobody of the company
_LOCK_COMPANY = "SELECT 1 FROM accounts_company WHERE id = %s::bigint FOR NO KEY UPDATE"
_TEST = """
INSERT INTO notices_delivery (company_id, channel_id, key, user_id, people, kind, text, due_at)
SELECT %(company)s::bigint, %(channel)s::bigint, 't' || gen_random_uuid(), %(user)s::bigint, %(name)s::text,
 %(kind)s::text, '', now() RETURNING id
"""
_AGAIN = """
UPDATE notices_delivery SET state = 'waiting', attempts = 0, problem = '', detail = '', due_at = now()
WHERE company_id = %s::bigint AND id = %s::bigint AND state = 'failed' RETURNING channel_id
"""


@command(SAVE, _("维护提醒渠道"))
def save_channel(
    *,
    actor: Actor,
    code: str,
    values: Mapping[str, Any],
    address: Secret | None = None,
    new: bool | None = None,
    version: int | None = None,
) -> Done:
    """Make or change a channel; what is left out stays, the address too, which is shown to nobody.

    Values: name, is_active. Errors: ChannelExists, BuiltInChannel, NotFound, Stale, Invalid.
    """
    code = code.strip().lower()
    db.row(_LOCK_COMPANY, [actor.company_id])
    found = Channel.objects.select_for_update().filter(company_id=actor.company_id, code=code).first()
    if new is False and found is None:
        raise NotFound(what=code)
    if new is True and found is not None:
        raise ChannelExists(code=code)
    if found is not None:
        check_version(code, found.version, version)
    row = found or Channel(company_id=actor.company_id, code=code, means=Means.SERVICE)
    given = address.reveal().strip() if address else ""
    if given and row.means != Means.SERVICE:
        raise BuiltInChannel(code=code)
    before = {"name": row.name, "is_active": row.is_active, "service": row.service}
    read_channel(row, values, given)
    after = {"name": row.name, "is_active": row.is_active, "service": row.service}
    if found is not None:
        row.version += 1
    row.save()
    changes = {name: [before[name], after[name]] for name in after if found and before[name] != after[name]}
    record("notices.channel_saved", row.subject, actor, changes=changes, address=bool(given))
    return Done("channel", row.pk, row.code, "", row.version, {"status": "updated" if found else "created"})


@command("notices.test_channel", _("测试提醒渠道"), permission=SAVE)
def test_channel(*, actor: Actor, code: str) -> Done:
    """Have a test message sent through a channel to oneself. Errors: NotFound, ChannelInactive."""
    row = Channel.objects.filter(company_id=actor.company_id, code=code.strip().lower()).first()
    if row is None:
        raise NotFound(what=code)
    if not row.is_active:
        raise ChannelInactive(code=row.code)
    found = db.row(
        _TEST,
        {
            "company": actor.company_id,
            "channel": row.pk,
            "user": None if row.shared else actor.user_id,
            "name": actor.name,
            "kind": TEST,
        },
    )
    assert found is not None
    record("notices.channel_tested", row.subject, actor)
    return Done("channel", row.pk, row.code, "", row.version, {"delivery": found[0]})


@command(SEND, _("报告测试结果"))
def report_tests(*, actor: Actor, ids: Sequence[int]) -> Done:
    """Tell open pages what became of test messages; the worker does."""
    found = db.rows(
        "SELECT c.id, c.code, d.state, d.problem FROM notices_delivery d JOIN notices_channel c ON c.id = d.channel_id"
        " WHERE d.company_id = %s::bigint AND d.id = ANY(%s::bigint[]) ORDER BY d.id",
        [actor.company_id, db.array(ids)],
    )
    record_all(
        actor,
        [
            Entry(
                "notices.test_answered", Subject("channel", id_, code), (), {"reason": str(PROBLEMS.get(problem, ""))}
            )
            for id_, code, _state, problem in found
        ],
    )
    return Done("channel", 0, "", data={"told": len(found)})


@command("notices.send_again", _("重发提醒"), permission=SAVE)
def send_again(*, actor: Actor, delivery_id: int) -> Done:
    """Try a message again that failed. Errors: NotFound, NothingToSendAgain."""
    found = db.row(_AGAIN, [actor.company_id, delivery_id])
    if found is None:
        known = db.row(
            "SELECT 1 FROM notices_delivery WHERE company_id = %s::bigint AND id = %s::bigint",
            [actor.company_id, delivery_id],
        )
        raise NothingToSendAgain() if known else NotFound(what=str(delivery_id))
    channel = Channel.objects.get(pk=found[0])
    record("notices.delivery_repeated", channel.subject, actor, delivery=delivery_id)
    return Done("channel", channel.pk, channel.code, "", channel.version, {"delivery": delivery_id})


@command("notices.save_policy", _("设置默认的提醒方式"), permission=SAVE)
def save_policy(*, actor: Actor, values: Mapping[str, Any], version: int | None = None) -> Done:
    """Say what holds for those who chose nothing.

    Values: kinds, quiet_from, quiet_to, digest_at; what is left out stays.
    Errors: Invalid, Stale.
    """
    db.row(_LOCK_COMPANY, [actor.company_id])
    row = Policy.objects.filter(company_id=actor.company_id).first()
    if row is not None:
        check_version(_now("默认的提醒方式"), row.version, version)
        row.version += 1
    else:
        row = Policy(company_id=actor.company_id)
    _refuse_unknown(values, ("kinds", "quiet_from", "quiet_to", "digest_at"))
    read_times(row, values, _codes(actor))
    row.save()
    record("notices.policy_saved", _company(actor), actor)
    return Done("policy", actor.company_id, "", "", row.version)


@command("notices.save_template", _("修改提醒的文字"), permission=SAVE)
def save_template(*, actor: Actor, kind: str, language: str, title: str, body: str, version: int | None = None) -> Done:
    """Write a kind's own words in one language; with neither title nor body the built-in ones come back.

    Errors: Invalid, Stale.
    """
    db.row(_LOCK_COMPANY, [actor.company_id])
    row = Template.objects.filter(company_id=actor.company_id, kind=kind, language=language).first()
    if row is not None:
        check_version(_now("提醒的文字"), row.version, version)
    read_template(kind, language, title, body)
    company = _company(actor)
    data = {"kind": str(words.kinds()[kind]), "language": language}
    if not title.strip() and not body.strip():
        if row is not None:
            row.delete()
        record("notices.template_reset", company, actor, **data)
        return Done("template", actor.company_id, kind, "", 1)
    row = row or Template(company_id=actor.company_id, kind=kind, language=language, version=0)
    row.title, row.body, row.version = title.strip(), body.strip(), row.version + 1
    row.save()
    record("notices.template_saved", company, actor, **data)
    return Done("template", row.pk, kind, "", row.version)


@command("notices.save_outward", _("设置发给客户和供应商的消息"), permission=SAVE)
def save_outward(
    *,
    actor: Actor,
    occasion: str,
    is_on: bool,
    channel: str = "email",
    language: str = "zh-hans",
    version: int | None = None,
) -> Done:
    """Say whether partners are told on an occasion, through which channel and in which language. Off: nothing is told.

    Errors: NotFound, Invalid, Stale.
    """
    db.row(_LOCK_COMPANY, [actor.company_id])
    if occasion not in OCCASIONS:
        raise NotFound(what=occasion)
    way = Channel.objects.filter(company_id=actor.company_id, code=channel).first()
    problems: dict[str, str | Promise] = {}
    if way is None or way.shared or way.means == Means.PUSH or way.needs_own:
        problems["channel"] = _now("请选择能发给单个联系人的渠道（邮件，或地址里有 {phone} 或 {email} 的）")
    if language not in words.LANGUAGES:
        problems["language"] = _now("没有这种语言")
    if problems or way is None:
        raise Invalid(problems)
    row = Outward.objects.filter(company_id=actor.company_id, occasion=occasion).first()
    if row is not None:
        check_version(str(OCCASIONS[occasion].label), row.version, version)
        row.version += 1
    row = row or Outward(company_id=actor.company_id, occasion=occasion)
    row.is_on, row.channel, row.language = is_on, way, language
    row.save()
    label = str(OCCASIONS[occasion].label)
    record("notices.outward_saved", _company(actor), actor, occasion=label, is_on=is_on, channel=channel)
    return Done("outward", row.pk, occasion, "on" if is_on else "off", row.version)


@command("notices.save_preference", _("设置自己的提醒方式"), permission="")
def save_preference(*, actor: Actor, values: Mapping[str, Any], version: int | None = None) -> Done:
    """Choose for oneself. Values: kinds, own_times, quiet_from, quiet_to, digest_at, addresses; what is left out stays.

    Errors: Invalid, Stale.
    """
    if actor.user_id is None:
        raise NotFound(what=actor.name)
    db.row(_LOCK_COMPANY, [actor.company_id])
    row = Preference.objects.filter(company_id=actor.company_id, user_id=actor.user_id).first()
    if row is not None:
        check_version(_now("提醒设置"), row.version, version)
        row.version += 1
    else:
        row = Preference(company_id=actor.company_id, user_id=actor.user_id)
    _refuse_unknown(values, ("kinds", "own_times", "quiet_from", "quiet_to", "digest_at", "addresses"))
    if "own_times" in values:
        row.own_times = bool(values["own_times"])
    codes = _codes(actor)
    if "addresses" in values:
        given = values["addresses"]
        if not isinstance(given, Mapping) or not set(given) <= codes:
            raise Invalid({"addresses": _now("没有这个渠道")})
        row.addresses = {code: str(text).strip()[:200] for code, text in given.items() if str(text).strip()}
    read_times(row, values, codes)
    row.save()
    return Done("preference", row.pk, "", "", row.version)


@command("notices.mute", _("静音提醒"), permission="")
def mute(*, actor: Actor, kind: str = "", subject_kind: str = "", subject_number: str = "") -> Done:
    """Hear nothing more of a kind of notice, or of one document. Errors: Invalid."""
    row = _muted(actor, kind, subject_kind, subject_number)
    db.execute(
        "INSERT INTO notices_mute (company_id, user_id, kind, subject_kind, subject_number)"
        " VALUES (%s::bigint, %s::bigint, %s::text, %s::text, %s::text) ON CONFLICT DO NOTHING",
        [actor.company_id, actor.user_id, row.kind, row.subject_kind, row.subject_number],
    )
    return Done("mute", 0, row.kind or row.subject_number)


@command("notices.unmute", _("取消静音"), permission="")
def unmute(*, actor: Actor, kind: str = "", subject_kind: str = "", subject_number: str = "") -> Done:
    """Hear of it again. Errors: Invalid."""
    row = _muted(actor, kind, subject_kind, subject_number)
    db.execute(
        "DELETE FROM notices_mute WHERE company_id = %s::bigint AND user_id = %s::bigint AND kind = %s::text"
        " AND subject_kind = %s::text AND subject_number = %s::text",
        [actor.company_id, actor.user_id, row.kind, row.subject_kind, row.subject_number],
    )
    return Done("mute", 0, row.kind or row.subject_number)


def _muted(actor: Actor, kind: str, subject_kind: str, subject_number: str) -> Mute:
    if actor.user_id is None:
        raise NotFound(what=actor.name)
    if kind and (kind not in NOTICE_LABELS or subject_kind or subject_number):
        raise Invalid({"kind": _now("没有这种提醒")})
    if not kind and not (subject_kind and subject_number):
        raise Invalid({"subject_number": _now("请指明单据")})
    return Mute(kind=kind, subject_kind=subject_kind[:24], subject_number=subject_number[:64])


def _refuse_unknown(values: Mapping[str, Any], known: Sequence[str]) -> None:
    if unknown := sorted(set(values) - set(known)):
        raise Invalid({name: _now("没有这个字段") for name in unknown})


def _company(actor: Actor) -> Subject:
    found = db.row("SELECT code FROM accounts_company WHERE id = %s::bigint", [actor.company_id])
    assert found is not None
    return Subject("company", actor.company_id, found[0])


def _codes(actor: Actor) -> frozenset[str]:
    return frozenset(Channel.objects.filter(company_id=actor.company_id).values_list("code", flat=True))
