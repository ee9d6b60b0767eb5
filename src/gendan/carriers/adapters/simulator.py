"""A carrier that does not exist: what happens follows from the last digit of the number and from the clock.

0 to 5: delivered after as many days plus one. 6: after ten days. 7: nothing more is heard after the second event.
8: an exception on the second day, delivered on the fifth. 9: goes back on the fourth day. Anything else is like 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from gendan.carriers.adapters.base import Account, Asked, Failed, Field
from gendan.carriers.errors import PushRefused
from gendan.carriers.rules import ScanIn, Update

ZONE = ZoneInfo("Asia/Shanghai")
Plan = list[tuple[float, str, str, str]]  # days after it was handed over, status, place, text
_START: Plan = [
    (0.1, "picked_up", "上海市", "【上海市】快件已被揽收"),
    (0.4, "in_transit", "上海市", "【上海市】快件已离开上海转运中心"),
]
_CITIES = ("苏州市", "南京市", "合肥市", "徐州市", "济南市", "沧州市", "天津市", "廊坊市", "保定市")


def plan_of(number: str) -> Plan:
    """All that will happen to a parcel."""
    digit = number[-1:]
    if digit == "7":
        return _START
    if digit == "8":
        return [
            *_START,
            (2.0, "exception", "南京市", "【南京市】派送异常：地址不详，正在联系收件人"),
            (3.5, "in_transit", "南京市", "【南京市】地址已确认，重新发出"),
            *_end(5.0),
        ]
    if digit == "9":
        return [
            *_START,
            (2.0, "exception", "南京市", "【南京市】收件人拒收，快件退回"),
            (4.0, "returned", "上海市", "【上海市】退回件已由寄件人签收"),
        ]
    days = 10.0 if digit == "6" else float(digit) + 1 if digit in {"0", "1", "2", "3", "4", "5"} else 3.0
    return [*_START, *_way(days), *_end(days)]


def _way(days: float) -> Plan:
    """A stop each day, so that a long way is no silence."""
    stops = [n + 0.2 for n in range(1, int(days))]
    cities = [_CITIES[n % len(_CITIES)] for n in range(len(stops))]
    return [(at, "in_transit", city, f"【{city}】快件已到达中转站") for at, city in zip(stops, cities, strict=True)]


def _end(days: float) -> Plan:
    return [
        (days - 0.4, "in_transit", "北京市", "【北京市】快件已到达北京转运中心"),
        (days - 0.1, "out_for_delivery", "北京市", "【北京市】快件正在派送，请准备签收"),
        (days, "delivered", "北京市", "【北京市】快件已签收，签收人：前台"),
    ]


class Simulator:
    """See above."""

    code = "simulator"
    label = _("模拟承运商（演示用）")
    fields: tuple[Field, ...] = ()
    pushes = False
    shortest = timedelta(minutes=5)

    def poll(self, account: Account, parcels: Sequence[Asked], now: datetime) -> Iterator[Update | Failed]:
        for parcel in parcels:
            plan = plan_of(parcel.tracking_number)
            scans = [
                ScanIn(at, text, place, status, status)
                for days, status, place, text in plan
                if (at := parcel.since + timedelta(days=days)) <= now
            ]
            arrival = next((days for days, status, *_rest in plan if status == "delivered"), None)
            signed = "前台" if any(scan.status == "delivered" for scan in scans) else ""
            expected = (parcel.since + timedelta(days=arrival)).astimezone(ZONE).date() if arrival and scans else None
            yield Update(parcel.tracking_number, scans, "", expected, signed)

    def subscribe(self, account: Account, parcel: Asked) -> str:
        return "refused"

    def read_push(self, account: Account, posted: Mapping[str, str]) -> list[Update]:
        raise PushRefused("it pushes nothing")

    def answer_push(self, problem: str = "") -> dict[str, object]:
        return {"problem": problem}
