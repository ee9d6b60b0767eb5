"""Departments by the row, as a file brings them: any number in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts import rules, steps
from gendan.accounts.columns import DEPARTMENTS
from gendan.accounts.queries.rows import Place, known_departments, known_people
from gendan.accounts.rows import Line, answer, complete, good, read, to_write
from gendan.accounts.scoped import must_be_unlimited
from gendan.kernel import events, tables
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Row
from gendan.kernel.events import Subject
from gendan.kernel.unit import Done, command

_TYPES = {"name": "text", "head_id": "bigint"}


@command("accounts.save_departments", _("批量保存部门"), permission="accounts.save_department")
def save_departments(*, actor: Actor, rows: Sequence[Row], atomic: bool = False, dry_run: bool = False) -> Done:
    """Make or change departments; ``data["outcomes"]`` says what became of each row. What a row leaves out stays.
    Errors: BeyondOwnScope.
    """
    must_be_unlimited(actor)
    steps.lock_people(actor.company_id)
    lines = read(DEPARTMENTS, rows)
    known = known_departments(actor.company_id)
    people = {person.username.lower(): person for person in known_people(actor.company_id).values() if person.works}
    for line in lines:
        _meet(line, known.get(line.key.upper()))
    codes = set(known) | {line.key for line in good(lines)}
    for line in good(lines):
        _check(line, codes, people)
    _refuse_circles(lines, known)
    wanted = to_write(lines, atomic, dry_run)
    _write(actor, wanted, known, {name: person.user_id for name, person in people.items()})
    return answer("department", lines, atomic)


def _meet(line: Line, found: Place | None) -> None:
    """Tell what is new from what changes."""
    line.key = line.given["code"] = line.key.upper()
    if not rules.DEPARTMENT_CODE.fullmatch(line.key):
        line.errors.setdefault("code", _now("部门代码为字母、数字、- 和 _，最多 32 位。"))
    if line.given.get("name") == "":
        line.errors.setdefault("name", _now("请填写部门名称（最多 80 字）。"))
    line.given["parent"] = line.given["parent"].upper() if "parent" in line.given else found.parent if found else ""
    if found is None:
        line.is_new = True
        complete(line, DEPARTMENTS)
        return
    line.id = found.id
    before = {"name": found.name, "parent": found.parent, "head": found.head}
    for name, value in before.items():
        after = line.given.setdefault(name, value)
        same = after.lower() == value.lower() if name == "head" else after == value
        if not same:
            line.changes[name] = [value, after]


def _check(line: Line, codes: set[str], people: dict[str, Any]) -> None:
    parent, head = line.given["parent"], line.given["head"]
    if parent and parent not in codes:
        line.errors["parent"] = _now("没有部门 %(code)s。") % {"code": parent}
    if head and (line.is_new or "head" in line.changes) and head.lower() not in people:
        line.errors["head"] = _now("部门负责人须是本公司的在用成员。")


def _refuse_circles(lines: Sequence[Line], known: dict[str, Place]) -> None:
    """Refuse what would stand below itself, and what would stand below a row that is refused."""
    while True:
        parents = {place.code: place.parent for place in known.values()}
        parents |= {line.key: line.given["parent"] for line in good(lines)}
        round_ = rules.in_circles(parents)
        wrong = [line for line in good(lines) if line.key in round_]
        lost = [line for line in good(lines) if line.given["parent"] and line.given["parent"] not in parents]
        for line in wrong:
            line.errors["parent"] = _now("部门不能放在自己或自己的下级部门之下。")
        for line in lost:
            line.errors["parent"] = _now("没有部门 %(code)s。") % {"code": line.given["parent"]}
        if not wrong and not lost:
            return


def _write(actor: Actor, wanted: Sequence[Line], known: dict[str, Place], people: dict[str, int]) -> None:
    def row(line: Line) -> dict[str, Any]:
        head = people.get(line.given["head"].lower())
        if head is None and not line.is_new and "head" not in line.changes:
            head = known[line.key].head_id  # who was shut out since stays
        return {"name": line.given["name"], "head_id": head}

    new = [line for line in wanted if line.is_new]
    base = {"company_id": actor.company_id, "version": 1}
    made = tables.insert(
        "accounts_department",
        {"company_id": "bigint", "version": "int", "code": "text", **_TYPES},
        [{**base, "code": line.key, **row(line)} for line in new],
        returning="id, code",
    )
    ids = {place.code: place.id for place in known.values()} | {code: id_ for id_, code in made}
    for line in new:
        line.id = ids[line.key]
    # parents only now: one may have been made by the same rows
    tables.update(
        "accounts_department",
        {**_TYPES, "parent_id": "bigint", "version": "int"},
        [
            {
                "id": line.id,
                **row(line),
                "parent_id": ids.get(line.given["parent"]),
                "version": 1 if line.is_new else known[line.key].version + 1,
            }
            for line in wanted
        ],
    )
    events.record_all(
        actor,
        [
            events.Entry(
                f"accounts.department_{'created' if line.is_new else 'updated'}",
                Subject("department", line.id or 0, line.key),
                data={name: line.given[name] for name in ("name", "parent", "head")}
                if line.is_new
                else {"changes": line.changes},
            )
            for line in wanted
        ],
    )
