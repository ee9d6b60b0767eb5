"""Reading what a channel and what people choose are set up with: every field checked, problems beside their fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gendan.kernel.errors import Invalid
from gendan.kernel.notices import NOTICE_LABELS
from gendan.kernel.sealed import seal
from gendan.kernel.values import BadValue, to_code, to_flag, to_text
from gendan.notices import chat, rules, words
from gendan.notices.models import Channel, Means, Times

Problems = dict[str, str | Promise]
CHANNEL_FIELDS = ("name", "is_active")
ADDRESS_LENGTH, TITLE_LENGTH, BODY_LENGTH = 1000, 200, 4000
_PERSON = {"to": "10086", "phone": "13800000000", "email": "someone@example.com", "username": "someone"}


def read_channel(row: Channel, values: Mapping[str, Any], address: str) -> None:
    """Set what is given of a channel; Invalid names every field that is wrong."""
    problems: Problems = {name: _("没有这个字段") for name in values if name not in CHANNEL_FIELDS}
    try:
        row.code = to_code(row.code, 32).lower()
        if not row.code[:1].isalnum() or not all(c.isalnum() or c in "-_" for c in row.code):
            raise BadValue(_("代码只能用字母、数字和 - _"))
    except BadValue as bad:
        problems["code"] = bad.text
    try:
        row.name = to_text(values.get("name", row.name), 80)
        row.is_active = to_flag(values.get("is_active", row.is_active))
    except BadValue as bad:
        problems["name"] = bad.text
    if not row.name:
        problems["name"] = _("请填写名称")
    if row.means == Means.SERVICE:
        if address:
            _set_address(row, address, problems)
        elif not row.sealed:
            problems["address"] = _("请填写渠道地址")
    if problems:
        raise Invalid(problems)


def _set_address(row: Channel, address: str, problems: Problems) -> None:
    """Take an address whose service can be used: its gaps are tried out with somebody."""
    if len(address) > ADDRESS_LENGTH:
        problems["address"] = _("地址太长")
        return
    tried = chat.address_for(address, _PERSON)
    service = chat.service_of(tried) if tried else None
    if service is None:
        problems["address"] = _("不认识这个地址，或这种服务不能使用。请对照帮助检查格式。")
        return
    row.service = address.partition("://")[0].lower()[:32]
    gaps = rules.gaps_of(address)
    row.shared, row.needs_own = not gaps, "to" in gaps
    row.sealed = seal({"address": address})


def read_template(kind: str, language: str, title: str, body: str) -> None:
    """Refuse words that name what is not there; a title and a body, or neither."""
    problems: Problems = {}
    if kind not in words.kinds():
        raise Invalid({"kind": _("没有这种提醒")})
    if language not in words.LANGUAGES:
        problems["language"] = _("没有这种语言")
    known = {variable.name for variable in words.variables_of(kind)}
    for name, text, most in (("title", title, TITLE_LENGTH), ("body", body, BODY_LENGTH)):
        try:
            unknown = sorted(rules.variables_in(text) - known)
        except ValueError:
            problems[name] = _("大括号要写成 {{ 名称 }}")
            continue
        if unknown:
            problems[name] = _("没有这些内容：%(names)s") % {"names": ", ".join(unknown)}
        if len(text) > most:
            problems[name] = _("最多 %(count)s 个字。") % {"count": most}
    if bool(title.strip()) != bool(body.strip()):
        problems.setdefault("body" if title.strip() else "title", _("标题和内容要一起填写"))
    if problems:
        raise Invalid(problems)


def read_times(row: Times, values: Mapping[str, Any], channels: frozenset[str]) -> None:
    """Set kinds and times that are given; Invalid names every field that is wrong."""
    problems: Problems = {}
    if "kinds" in values:
        try:
            row.kinds = rules.choice(values["kinds"], NOTICE_LABELS, channels)
        except ValueError as bad:
            problems["kinds"] = _("没有这种提醒、渠道或方式：%(what)s") % {"what": bad}
    for name in ("quiet_from", "quiet_to", "digest_at"):
        if name in values:
            try:
                setattr(row, name, rules.clock(values[name]))
            except ValueError:
                problems[name] = _("时间应写成 22:30")
    if not values.get("digest_at", "09:00"):
        problems.setdefault("digest_at", _("请填写汇总时间"))
    if (row.quiet_from is None) != (row.quiet_to is None):
        problems.setdefault("quiet_to", _("免打扰的开始和结束要一起填写"))
    elif row.quiet_from is not None and row.quiet_from == row.quiet_to:
        problems.setdefault("quiet_to", _("免打扰的开始和结束不能相同"))
    if problems:
        raise Invalid(problems)
