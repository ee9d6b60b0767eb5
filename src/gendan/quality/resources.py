"""Inspection plans offered to import, export and the bulk API: flat rows, one characteristic each; those of one code
are one plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Column, Outcome, Resource, Row, Undone, register
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.values import BadValue
from gendan.quality.commands.plans import SAVE, save_plans
from gendan.quality.models import Method, PlanCheck
from gendan.quality.permissions import VIEW
from gendan.quality.queries.plans import every_plan
from gendan.quality.rules.aql import AQLS, LEVELS
from gendan.quality.rules.inspection import CheckIn
from gendan.quality.rules.plan import PlanIn

_CHOICES = {"method": dict(Method.choices), "kind": dict(PlanCheck.Kind.choices)}
COLUMNS = (
    Column(
        "code",
        _("方案编码"),
        "code",
        required=True,
        max_length=64,
        example="IQC-01",
        help=_("相同编码的行合成一个方案"),
    ),
    Column("name", _("方案名称"), "text", required=True, example="紧固件来料检验"),
    Column("product", _("产品"), "code", max_length=64, ref="products", help=_("空为全部；产品与分类只填一个")),
    Column("category", _("分类"), "code", max_length=64, ref="categories"),
    Column("supplier", _("供应商"), "code", max_length=64, ref="partners"),
    Column("method", _("检验方式"), "choice", default="all", choices=_CHOICES["method"], example="抽检"),
    Column("level", _("检验水平"), "text", default="II", max_length=4, help="、".join(LEVELS)),
    Column("aql", _("AQL"), "text", max_length=6, help="、".join(AQLS), example="1.0"),
    Column("allow_reduced", _("允许放宽"), "flag", default=False),
    Column("skip_after", _("连续合格批数"), "integer", default=0),
    Column("skip_every", _("此后每几批检一批"), "integer", default=0),
    Column("needs_photo", _("要求照片"), "flag", default=False),
    Column("note", _("说明"), "text", max_length=1000),
    Column("is_active", _("启用"), "flag", default=True),
    Column("check", _("检验项目"), "text", max_length=120, example="外径"),
    Column("kind", _("类型"), "choice", default="yesno", choices=_CHOICES["kind"], example="测量值"),
    Column("low", _("下限"), "number", default=None, example="9.95"),
    Column("high", _("上限"), "number", default=None, example="10.05"),
    Column("unit", _("单位"), "text", max_length=20, example="mm"),
    Column("required", _("必检"), "flag", default=True),
)
HEADER = tuple(c.name for c in COLUMNS[1:14])


@dataclass(slots=True)
class Group:
    """The rows of one plan: their places, their values, what is wrong with each, what became of it."""

    code: str
    places: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[int, dict[str, str]] = field(default_factory=dict)
    status: str = ""

    def refuse(self, error: AppError) -> None:
        """Put each field's text beside its row; what concerns the whole plan beside the first."""
        if not isinstance(error, Invalid):
            self.errors.setdefault(self.places[0], {})["code"] = str(error)
            return
        checks = [place for place, row in zip(self.places, self.rows, strict=True) if row["check"]]
        for name, text in error.fields.items():
            parts = name.split(".")
            if parts[0] == "checks" and len(parts) == 3:
                column = "check" if parts[2] == "name" else parts[2]
                self.errors.setdefault(checks[int(parts[1])], {})[column] = text
            else:
                self.errors.setdefault(self.places[0], {})[name] = text

    def plan(self) -> PlanIn:
        """The plan as its first row says, with the characteristics of all; a row that says otherwise is an error."""
        first = self.rows[0]
        for place, row in zip(self.places[1:], self.rows[1:], strict=True):
            for name in HEADER:
                if row[name] != first[name]:
                    self.errors.setdefault(place, {})[name] = _now("与同一方案的其他行不一致")
        checks = tuple(
            CheckIn(row["check"], row["kind"], row["low"], row["high"], row["unit"], row["required"])
            for row in self.rows
            if row["check"]
        )
        return PlanIn(self.code, **{name: first[name] for name in HEADER}, checks=checks)


def _grouped(rows: Sequence[Row]) -> list[Group]:
    groups: dict[str, Group] = {}
    for place, row in enumerate(rows):
        values, wrong = {}, {}
        for column in COLUMNS:
            try:
                values[column.name] = column.read(row.get(column.name))
            except BadValue as bad:
                values[column.name], wrong[column.name] = column.default, bad.text
        key = values["code"] or f"\x00{place}"
        group = groups.setdefault(key, Group(values["code"]))
        group.places.append(place)
        group.rows.append(values)
        if wrong:
            group.errors[place] = wrong
    return list(groups.values())


def save(actor: Actor, rows: Sequence[Row], *, atomic: bool, dry_run: bool) -> list[Outcome]:
    """Save flat rows as plans: each one by itself, or all or none."""
    own = replace(actor, idempotency_key=None)
    groups = _grouped(rows)
    shaped = [(group, group.plan()) for group in groups if not group.errors]
    ready = [(group, plan) for group, plan in shaped if not group.errors]
    if atomic and len(ready) < len(groups):
        for group in groups:
            group.status = "skipped"
    elif atomic:
        _run(own, ready, dry_run)
    else:
        for each in ready:
            _run(own, [each], dry_run)
    return _outcomes(groups, len(rows))


def _run(actor: Actor, ready: Sequence[tuple[Group, PlanIn]], trial: bool) -> None:
    """Save these together; who was refused says why, the others are left out."""
    for group, _plan in ready:
        group.status = "created" if trial else "skipped"
    try:
        done = save_plans(actor=actor, plans_in=[plan for _group, plan in ready], trial=trial)
    except Undone as undone:
        if undone.error:
            for group, _plan in ready:
                group.status = "skipped"
            ready[undone.n][0].refuse(undone.error)
        return
    for (group, _plan), status in zip(ready, done.data["statuses"], strict=True):
        group.status = status


def _outcomes(groups: Sequence[Group], count: int) -> list[Outcome]:
    found: dict[int, Outcome] = {}
    for group in groups:
        for place in group.places:
            if group.errors:
                errors = group.errors.get(place) or {"code": _now("同一方案的其他行有误，本行未保存")}
                found[place] = Outcome(place, "failed", group.code, None, errors)
            else:
                found[place] = Outcome(place, group.status or "skipped", group.code)  # type: ignore[arg-type]
    return [found[place] for place in range(count)]


def _export(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    return every_plan(actor)


register(Resource("inspection-plans", _("检验方案"), save, SAVE, COLUMNS, VIEW, _export, together="code"))
