"""Remedies of several kinds of documents: a change order, taking things as they are, what is done elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.alerts import commands as alerts
from gendan.alerts.permissions import HANDLE
from gendan.alerts.remedies.kinds import Effect, Field, Remedy, Situation, Text, Values
from gendan.changes import commands as changes
from gendan.changes.targets import target_of
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.subjects import page_of
from gendan.purchasing.models.order import LIVE_STATES

ANY = frozenset({"po", "asn", "gr", "requisition", "so", "dn", "co", "bill", "product", "partner"})
OPENED = frozenset({"inquiry", "contract", "car", "bill", "partner"})
WISH = {"po": "required_on", "so": "requested_on"}
CHANGEABLE = {"po": LIVE_STATES, "so": frozenset({"to_ship", "partly_shipped"})}


def _change_offered(situation: Situation) -> str | None:
    lines, kind = situation.lines, situation.kind
    if kind not in WISH or not lines or lines[0]["state"] not in CHANGEABLE[kind]:
        return None
    return "" if situation.actor.may(target_of(kind).edit) else None


def _change_fields(situation: Situation) -> list[Field]:
    fields = [Field("reason", _("原因"), required=True, most=300)]
    line = situation.line
    if line:
        on = line["expected_on"] or line["wished_on"] or ""
        fields = [
            Field("quantity", _("新的数量"), "number", line["ordered"], decimals=line["decimals"]),
            Field("wished_on", _("新的日期"), "date", on),
            *fields,
        ]
    return fields


def _change(actor: Actor, situation: Situation, values: Values) -> Effect:
    kind, number = situation.kind, situation.number
    now: dict[str, Any] = target_of(kind).read(actor, number).content
    lines = [dict(line) for line in now["lines"]]
    if (line := situation.line) is not None:
        mine = next(each for each in lines if each["line"] == line["line_no"])
        if values["quantity"] is not None:
            mine["quantity"] = values["quantity"]
        if values["wished_on"] is not None:
            mine[WISH[kind]] = values["wished_on"]
    done = changes.create_change(
        actor=actor, kind=kind, order=number, content={**now, "lines": lines}, reason=values["reason"], opened=now
    )
    return Effect("change_drafted", {"number": done.number}, (f"co:{done.number}",))


def _accept_fields(situation: Situation) -> list[Field]:
    return [Field("reason", _("为什么接受"), required=True, most=300)]


def _accept(actor: Actor, situation: Situation, values: Values) -> Effect:
    if not values["reason"]:
        raise Invalid({"reason": _now("请填写原因。")})
    alerts.dismiss_case(actor=actor, number=situation.case["number"], reason=values["reason"])
    return Effect("accepted", {"reason": values["reason"]})


def _page(situation: Situation) -> str:
    return page_of(situation.kind, situation.number)


def _trace(situation: Situation) -> str:
    """Where things are booked: the receiving desk for what came, else the document."""
    return (
        f"{reverse('purchasing:receive')}?q={situation.number}" if situation.kind in {"po", "asn"} else _page(situation)
    )


def _link(
    code: str, label: Text, permission: str, icon: str, kinds: frozenset[str], to: Callable[[Situation], str] = _page
) -> Remedy:
    return Remedy(code, label, permission, icon, kinds, lambda situation: "" if to(situation) else None, link=to)


PARTNERS = frozenset({"partner"})
OWING = frozenset({"partner", "so"})
LINKS = (
    _link("receive_goods", _("去收货"), "purchasing.receive_goods", "package-import", frozenset({"po", "asn"}), _trace),
    _link("ask_carrier", _("查物流"), "purchasing.view", "truck", frozenset({"asn", "dn"})),
    _link("open_page", _("去处理"), "alerts.view", "external-link", OPENED),
    _link("decide", _("去审批"), "alerts.view", "check", ANY),
    _link("urge_approver", _("催审批"), "alerts.view", "bell", ANY),
    _link("urge_partner", _("催对方答复"), "changes.view", "bell", frozenset({"co"})),
    _link("record_answer", _("登记对方答复"), "changes.answer_change", "clipboard-check", frozenset({"co"})),
    _link("collect_payment", _("催款"), "catalog.view", "currency-yuan", OWING),
    _link("raise_limit", _("调整信用额度"), "catalog.save_credit", "adjustments", PARTNERS),
    _link("ask_buyer", _("问采购员"), "kernel.comment", "message", ANY),
)  # fmt: skip
REMEDIES = (
    Remedy(
        "change_order", _("起草变更单"), "changes.create_change", "edit", frozenset({"po", "so"}), _change_offered,
        _change_fields, _change, hint=_("先存为草稿；提交后按规则审批，需要时请对方确认。"),
    ),
    Remedy(
        "accept_difference", _("接受差异"), HANDLE, "circle-check", ANY, lambda situation: "", _accept_fields, _accept,
        hint=_("异常记为已忽略；没有变得更严重就不再提醒。"), closes=True,
    ),
    *LINKS,
)  # fmt: skip
