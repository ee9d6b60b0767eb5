"""Orders and requisitions offered to import and the bulk API: flat rows, those of one ``order`` become one document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Column, Outcome, Resource, Row, Undone, register
from gendan.kernel.errors import AppError, Invalid
from gendan.kernel.unit import Done
from gendan.kernel.values import BadValue
from gendan.purchasing.commands.save_many import save_orders, save_requisitions
from gendan.purchasing.rules.lines import LineIn
from gendan.purchasing.rules.requisitions import RequestIn

ZERO = Decimal(0)
ORDER = Column("order", _("订单"), "text", required=True, max_length=120, help=_("相同的行合成一张单据"), example="A-1")
PRODUCT = Column("product", _("产品"), "code", required=True, max_length=64, ref="products")
QUANTITY = Column("quantity", _("数量"), "number", required=True, default=None, example="10")
UNIT = Column("unit", _("单位"), "code", max_length=64, ref="units")
_REQUIRED_ON = Column("required_on", _("需求日"), "date", default=None, example="2026-12-01")
LINE_NOTE = Column("line_note", _("行备注"), "text", max_length=300)
ORDER_COLUMNS = (
    ORDER,
    Column("supplier", _("供应商"), "code", max_length=64, ref="partners"),
    Column("warehouse", _("收货仓库"), "code", max_length=64, ref="warehouses"),
    Column("currency", _("币种"), "code", max_length=3, ref="currencies"),
    Column("ordered_on", _("下单日期"), "date", default=None),
    Column("supplier_reference", _("供应商单号"), "text", max_length=80),
    Column("note", _("备注"), "text", max_length=4000),
    PRODUCT,
    QUANTITY,
    UNIT,
    Column("unit_price", _("单价"), "number", default=None, permission="purchasing.view_price"),
    Column("discount", _("折扣 %"), "number", default=ZERO, decimals=3),
    Column("tax", _("税率"), "code", max_length=64, ref="taxes"),
    _REQUIRED_ON,
    LINE_NOTE,
)
REQUISITION_COLUMNS = (
    replace(ORDER, label=_("申请")),
    Column("warehouse", _("收货仓库"), "code", max_length=64, ref="warehouses"),
    Column("reason", _("用途"), "text", max_length=300),
    PRODUCT,
    QUANTITY,
    UNIT,
    _REQUIRED_ON,
    Column("supplier", _("希望供应商"), "code", max_length=64, ref="partners"),
    LINE_NOTE,
)
ORDER_HEADER = ("supplier", "warehouse", "currency", "ordered_on", "supplier_reference", "note")
REQUISITION_HEADER = ("warehouse", "reason")


@dataclass(slots=True)
class Group:
    """The rows of one document: their places, their values, what is wrong with each, and the document's number."""

    key: str
    places: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[int, dict[str, str]] = field(default_factory=dict)
    number: str = ""
    skipped: bool = False

    def refuse(self, error: AppError) -> None:
        """Put each field's text beside its row; what concerns the whole document beside the first."""
        if not isinstance(error, Invalid):
            self.errors.setdefault(self.places[0], {})["order"] = str(error)
            return
        for name, text in error.fields.items():
            parts = name.split(".")
            if parts[0] == "lines" and len(parts) == 3 and parts[1].isdigit():
                self.errors.setdefault(self.places[int(parts[1])], {})[parts[2]] = text
            else:
                self.errors.setdefault(self.places[0], {})[name] = text

    def header(self, names: Sequence[str]) -> dict[str, Any]:
        """Each header value from the first row that has one; a row that says otherwise is an error."""
        found: dict[str, Any] = {}
        for name in names:
            given = [(place, row[name]) for place, row in zip(self.places, self.rows, strict=True) if row[name]]
            found[name] = given[0][1] if given else None if name.endswith("_on") else ""
            for place, value in given[1:]:
                if value != found[name]:
                    self.errors.setdefault(place, {})[name] = _now("与同一单据的其他行不一致")
        return found


def _order(group: Group) -> dict[str, Any]:
    lines = [
        LineIn(
            row["product"],
            row["quantity"],
            row["unit_price"],
            row["unit"],
            row["required_on"],
            row["discount"],
            row["tax"],
            row["line_note"],
        )
        for row in group.rows
    ]
    return {**group.header(ORDER_HEADER), "lines": lines, "external_key": group.key}


def _requisition(group: Group) -> dict[str, Any]:
    lines = [
        RequestIn(row["product"], row["quantity"], row["unit"], row["required_on"], row["supplier"], row["line_note"])
        for row in group.rows
    ]
    return {**group.header(REQUISITION_HEADER), "lines": lines, "required_on": None, "submit": False}


def _grouped(columns: Sequence[Column], rows: Sequence[Row]) -> list[Group]:
    """The rows by document, in order of appearance; a row without a key stands alone and is refused."""
    groups: dict[str, Group] = {}
    for place, row in enumerate(rows):
        values, wrong = {}, {}
        for column in columns:
            try:
                values[column.name] = column.read(row.get(column.name))
            except BadValue as bad:
                values[column.name], wrong[column.name] = column.default, bad.text
        key = values["order"] or f"\x00{place}"
        group = groups.setdefault(key, Group(key))
        group.places.append(place)
        group.rows.append(values)
        if wrong:
            group.errors[place] = wrong
    return list(groups.values())


def saver(
    columns: Sequence[Column], shape: Callable[[Group], dict[str, Any]], run: Callable[..., Done]
) -> Callable[..., list[Outcome]]:
    """What saves flat rows as documents: rows of one ``order`` are one, shaped for the command ``run``."""

    def save(actor: Actor, rows: Sequence[Row], *, atomic: bool, dry_run: bool) -> list[Outcome]:
        own = replace(actor, idempotency_key=None)
        groups = _grouped(columns, rows)
        shaped = [(group, shape(group)) for group in groups if not group.errors]
        ready = [(group, values) for group, values in shaped if not group.errors]
        if atomic and not dry_run:
            _all_or_none(run, own, groups, ready)
        else:
            for group, values in ready:
                _one(run, own, group, values, dry_run)
        return _outcomes(groups, len(rows))

    return save


def _one(run: Callable[..., Done], actor: Actor, group: Group, values: Mapping[str, Any], trial: bool) -> None:
    try:
        group.number = run(actor=actor, documents=[values], trial=trial).data["numbers"][0]
    except Undone as undone:
        if undone.error:
            group.refuse(undone.error)


def _all_or_none(
    run: Callable[..., Done], actor: Actor, groups: list[Group], ready: list[tuple[Group, dict[str, Any]]]
) -> None:
    if len(ready) == len(groups):
        try:
            numbers = run(actor=actor, documents=[values for _group, values in ready]).data["numbers"]
            for (group, _values), number in zip(ready, numbers, strict=True):
                group.number = number
            return
        except Undone as undone:
            if undone.error:
                ready[undone.n][0].refuse(undone.error)
    for group in groups:
        group.skipped = not group.errors


def _outcomes(groups: list[Group], count: int) -> list[Outcome]:
    """A result per row; the other rows of a refused document are not saved either."""
    found: dict[int, Outcome] = {}
    for group in groups:
        for place in group.places:
            if group.errors:
                errors = group.errors.get(place) or {"order": _now("同一单据的其他行有误，本行未保存")}
                found[place] = Outcome(place, "failed", group.number, None, errors)
            else:
                found[place] = Outcome(place, "skipped" if group.skipped else "created", group.number)
    return [found[place] for place in range(count)]


register(
    Resource(
        "purchase-orders",
        _("采购订单"),
        saver(ORDER_COLUMNS, _order, save_orders),
        "purchasing.create_order",
        ORDER_COLUMNS,
        "purchasing.view",
        together="order",
    )
)
register(
    Resource(
        "requisitions",
        _("采购申请"),
        saver(REQUISITION_COLUMNS, _requisition, save_requisitions),
        "purchasing.create_requisition",
        REQUISITION_COLUMNS,
        "purchasing.view",
        together="order",
    )
)
