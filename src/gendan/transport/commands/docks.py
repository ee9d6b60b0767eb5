"""Set up docks and say when shipments come to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.transport.rules.slots import Hours, slots
from gendan.transport.steps.booking import book, give_back

SAVE, BOOK, CANCEL = _("设置月台"), _("预约月台"), _("取消月台预约")
MONDAY = date(2026, 6, 1)
FIELDS = ("name", "capacity", "opens", "closes", "slot_minutes", "weekdays", "is_active")
_WAREHOUSE = "SELECT id FROM catalog_warehouse WHERE company_id = %s::bigint AND code = %s::text AND is_active"
_FOUND = f"""
SELECT id, version, warehouse_id, {", ".join(FIELDS)} FROM transport_dock
WHERE company_id = %s::bigint AND code = %s::text FOR UPDATE
"""
_SAVE = """
INSERT INTO transport_dock AS d (company_id, warehouse_id, code, name, capacity, opens, closes, slot_minutes, weekdays,
 is_active, version)
VALUES (%(company)s::bigint, %(warehouse)s::bigint, %(code)s::text, %(name)s::text, %(capacity)s::int, %(opens)s::time,
 %(closes)s::time, %(slot_minutes)s::int, %(weekdays)s::text, %(is_active)s::boolean, 1)
ON CONFLICT (company_id, code) DO UPDATE SET name = excluded.name, capacity = excluded.capacity,
 opens = excluded.opens, closes = excluded.closes, slot_minutes = excluded.slot_minutes, weekdays = excluded.weekdays,
 is_active = excluded.is_active, version = d.version + 1
RETURNING id, version
"""


@command("transport.save_dock", SAVE)
def save_dock(
    *,
    actor: Actor,
    code: str,
    warehouse: str,
    name: str = "",
    capacity: int = 1,
    opens: time = time(8),
    closes: time = time(18),
    slot_minutes: int = 60,
    weekdays: str = "12345",
    is_active: bool = True,
    version: int | None = None,
) -> Done:
    """Make a dock or change one; what is booked stays booked. Errors: Invalid (by field), Stale."""
    code, name = code.strip().upper(), name.strip() or code.strip().upper()
    place = db.row(_WAREHOUSE, [actor.company_id, warehouse])
    said: dict[str, Any] = {
        "name": name,
        "capacity": capacity,
        "opens": opens.replace(second=0, microsecond=0),
        "closes": closes.replace(second=0, microsecond=0),
        "slot_minutes": slot_minutes,
        "weekdays": "".join(sorted(set(weekdays))),
        "is_active": is_active,
    }
    problems = _problems(code, name, said["weekdays"], Hours(opens, closes, slot_minutes, weekdays), capacity)
    if place is None:
        problems["warehouse"] = _now("没有这个仓库。")
    found = db.row(_FOUND, [actor.company_id, code])
    if found is not None and place is not None and found[2] != place[0]:
        problems["warehouse"] = _now("月台的仓库不能改，请另建一个月台。")
    if problems:
        raise Invalid(problems)
    assert place is not None
    if found is not None:
        check_version(code, found[1], version)
    saved = db.row(_SAVE, {"company": actor.company_id, "warehouse": place[0], "code": code, **said})
    assert saved is not None
    before = dict(zip(FIELDS, found[3:], strict=True)) if found else {}
    changes = {key: [str(before[key]), str(said[key])] for key in before if str(before[key]) != str(said[key])}
    record("transport.dock_saved", Subject("dock", saved[0], code), actor, changes=changes)
    return Done("dock", saved[0], code, "", saved[1])


def _problems(code: str, name: str, weekdays: str, hours: Hours, capacity: int) -> dict[str, str]:
    problems = {}
    if not code or len(code) > 32 or not code.replace("-", "").isalnum():
        problems["code"] = _now("请填写 1 到 32 个字母、数字或横线。")
    if len(name) > 80:
        problems["name"] = _now("最多 %(most)s 个字。") % {"most": 80}
    if not 1 <= capacity <= 100:
        problems["capacity"] = _now("应在 %(lowest)s 到 %(highest)s 之间。") % {"lowest": 1, "highest": 100}
    if not 5 <= hours.slot_minutes <= 720:
        problems["slot_minutes"] = _now("应在 %(lowest)s 到 %(highest)s 之间。") % {"lowest": 5, "highest": 720}
    if not weekdays or set(weekdays) - set("1234567"):
        problems["weekdays"] = _now("请至少选一天。")
    if hours.opens >= hours.closes:
        problems["closes"] = _now("结束时间应晚于开始时间。")
    elif "slot_minutes" not in problems and not list(slots(replace(hours, weekdays="1"), MONDAY)):
        problems["closes"] = _now("开放时间里一次也排不下。")
    return problems


@command("transport.book_dock", BOOK)
def book_dock(*, actor: Actor, number: str, dock: str, on: date, at: time, note: str = "") -> Done:
    """Let a shipment come to a dock at a time of the company's day; one that has a place moves to the new one.

    Errors: NotFound, NotComing, DockElsewhere, DockClosed, DockFull.
    """
    starts = datetime.combine(on, at.replace(tzinfo=None), actor.zone)
    subject, ends = book(actor, number, dock.strip().upper(), starts, note=note)
    return Done(
        "asn", subject.id, number, data={"dock": dock, "starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
    )


@command("transport.cancel_booking", CANCEL, permission="transport.book_dock")
def cancel_booking(*, actor: Actor, number: str) -> Done:
    """Let the place of a shipment go. Errors: NotFound, NotBooked."""
    subject = give_back(actor, number)
    return Done("asn", subject.id, number)
