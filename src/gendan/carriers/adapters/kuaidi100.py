"""快递100, which speaks for most carriers in China: query (poll/query.do), subscription (poll) and push.

Written to its documentation, https://api.kuaidi100.com/document: fields, signatures and states are named there.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from gendan.carriers.adapters.base import Account, Asked, Failed, Field
from gendan.carriers.errors import PushRefused
from gendan.carriers.rules import ScanIn, Update, normal_number
from gendan.kernel.outgoing import OutgoingError, post_form
from gendan.kernel.values import is_clean

ZONE = ZoneInfo("Asia/Shanghai")  # its times have none
HOME = "https://poll.kuaidi100.com"
SCANS_AT_MOST = 500
YEARS = range(2000, 2100)  # a day in another is none
SUBSCRIBED = {"200", "501"}  # accepted; subscribed already
# The basic states, then those of several digits (resultv2=4).
STATES = {
    "0": "in_transit", "1": "picked_up", "2": "exception", "3": "delivered", "4": "returned", "5": "out_for_delivery",
    "6": "exception", "7": "in_transit", "8": "in_transit", "10": "in_transit", "11": "in_transit",
    "12": "in_transit", "13": "exception", "14": "exception", "101": "announced", "102": "announced",
    "103": "picked_up", "401": "exception", "501": "out_for_delivery",
}  # fmt: skip
# What the list of events calls the basic states (resultv2=1).
NAMES = {
    "揽收": "picked_up", "在途": "in_transit", "派件": "out_for_delivery", "签收": "delivered", "疑难": "exception",
    "退签": "returned", "退回": "exception", "转投": "in_transit", "转单": "in_transit", "清关": "in_transit",
    "拒签": "exception",
}  # fmt: skip
PROBLEMS = {
    "400": "refused", "408": "phone", "500": "not_found", "501": "busy", "502": "busy", "503": "refused",
    "600": "refused", "601": "refused", "700": "refused", "701": "refused", "702": "refused",
}  # fmt: skip


def md5(*parts: str) -> str:
    """A signature: MD5 of the parts in their order, in capitals."""
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest().upper()


def status_of(code: str, name: str = "") -> str:
    """Our status for one of its states; by its first digit where the long one is not known."""
    if code in STATES:
        return STATES[code]
    if len(code) == 3 and code[0] in "23":
        return STATES[code[0]]
    if len(code) == 4 and code.startswith("100"):
        return "in_transit"
    return NAMES.get(name, "")


class Kuaidi100:
    """See above. ``shortest``: a number that is asked for more often than twice an hour is locked by the service."""

    code = "kuaidi100"
    label = _("快递100")
    fields: tuple[Field, ...] = (
        Field("com", _("快递公司编码"), _("快递100 的编码，小写，如 shunfeng、zhongtong。"), required=True),
        Field("customer", _("授权码 customer"), _("企业版「我的信息」里的 customer。"), required=True),
        Field("key", _("授权密钥 key"), required=True, secret=True),
        Field("salt", _("推送签名 salt"), _("填写后接受推送；须与订阅时使用的一致。"), secret=True),
        Field("phone", _("收件电话后四位"), _("顺丰、中通查询时必须提供。")),
        Field("to", _("收货地区"), _("省市区，如 江苏省南京市玄武区；填写后有预计送达日期。")),
        Field("url", _("接口地址"), _("一般不用改；改后须重新填写密钥。"), default=HOME),
    )
    pushes = True
    shortest = timedelta(minutes=31)

    def poll(self, account: Account, parcels: Sequence[Asked], now: datetime) -> Iterator[Update | Failed]:
        is_there = True
        for parcel in parcels:
            answer = self._query(account, parcel) if is_there else Failed(parcel.tracking_number, "unreachable")
            is_there = not (isinstance(answer, Failed) and answer.problem == "unreachable")
            yield answer

    def _query(self, account: Account, parcel: Asked) -> Update | Failed:
        asked = {
            "com": account["com"],
            "num": parcel.tracking_number,
            **_more(account, parcel),
            **_where_to(account),
            "resultv2": _depth(account),
            "show": "0",
            "order": "desc",
        }
        param = _compact(asked)
        sign = md5(param, account["key"], account["customer"])
        try:
            answer = _call(
                f"{account['url'] or HOME}/poll/query.do",
                {"customer": account["customer"], "sign": sign, "param": param},
            )
        except OutgoingError as error:
            return Failed(parcel.tracking_number, _problem(error))
        if str(answer.get("status", "")) != "200":
            code = str(answer.get("returnCode", answer.get("status", "")))
            return Failed(parcel.tracking_number, PROBLEMS.get(code, "not_found"))
        return read_result(answer, parcel.tracking_number)

    def subscribe(self, account: Account, parcel: Asked) -> str:
        if not account["salt"] or not account.push_url:
            return "refused"
        parameters = {
            "callbackurl": account.push_url,
            "salt": account["salt"],
            "resultv2": _depth(account),
            **_more(account, parcel),
        }
        param = {
            "company": account["com"],
            "number": parcel.tracking_number,
            **_where_to(account),
            "key": account["key"],
            "parameters": parameters,
        }
        try:
            answer = _call(f"{account['url'] or HOME}/poll", {"schema": "json", "param": _compact(param)})
        except OutgoingError as error:
            return _problem(error)
        code = str(answer.get("returnCode", ""))
        return "" if code in SUBSCRIBED else PROBLEMS.get(code, "refused")

    def read_push(self, account: Account, posted: Mapping[str, str]) -> list[Update]:
        param, sign, salt = posted.get("param", ""), posted.get("sign", ""), account["salt"]
        if not salt or not hmac.compare_digest(md5(param, salt).encode(), sign.upper().encode()):
            raise PushRefused("the signature is wrong")
        try:
            found = json.loads(param)
            result = found["lastResult"]
            number = str(result["nu"])
        except (ValueError, RecursionError, KeyError, TypeError) as error:
            raise PushRefused("it cannot be read") from error
        return [read_result(result, number)]

    def answer_push(self, problem: str = "") -> dict[str, object]:
        if problem:
            return {"result": False, "returnCode": "500", "message": problem}
        return {"result": True, "returnCode": "200", "message": "成功"}


def _more(account: Account, parcel: Asked) -> dict[str, str]:
    """What some carriers do not answer without."""
    phone = parcel.phone or account["phone"]
    return {"phone": phone} if phone else {}


def _where_to(account: Account) -> dict[str, str]:
    return {"to": account["to"]} if account["to"] else {}


def _depth(account: Account) -> str:
    """States of several digits; with the place where it goes, the expected arrival, too."""
    return "8" if account["to"] else "4"


def read_result(result: Mapping[str, Any], number: str) -> Update:
    """What it says of one number; an event that cannot be read is left out."""
    data = result.get("data")
    entries = data[:SCANS_AT_MOST] if isinstance(data, list) else []
    scans = [scan for entry in entries if isinstance(entry, dict) and (scan := _scan(entry)) is not None]
    status = status_of(str(result.get("state", "")))
    return Update(normal_number(number), scans, status, _day(str(result.get("arrivalTime") or "")))


def _scan(entry: Mapping[str, Any]) -> ScanIn | None:
    text = str(entry.get("context") or "").strip()
    try:
        at = datetime.fromisoformat(str(entry.get("ftime") or entry.get("time"))).replace(tzinfo=ZONE)
    except ValueError:
        return None
    code, name = str(entry.get("statusCode") or ""), str(entry.get("status") or "")
    place = str(entry.get("location") or entry.get("areaName") or "")
    if not text or at.year not in YEARS or not is_clean(text + place + code + name):
        return None
    return ScanIn(at, text, place, status_of(code, name), code or name)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text[:10])
        return day if day.year in YEARS else None
    except ValueError:
        return None


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _call(url: str, fields: Mapping[str, str]) -> dict[str, Any]:
    found = post_form(url, fields).json()
    if not isinstance(found, dict):
        raise OutgoingError("unreadable", "the answer is no object")
    return found


def _problem(error: OutgoingError) -> str:
    return "unreadable" if error.code in {"unreadable", "too_large"} else "unreachable"
