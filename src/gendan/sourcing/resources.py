"""Framework contracts offered to import and the bulk API: flat rows, one product each; those of one number of the paper
are one draft. Export gives the same columns.
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
from gendan.sourcing import commands
from gendan.sourcing.commands.contracts import SAVE
from gendan.sourcing.forms import to_breaks
from gendan.sourcing.models import Contract
from gendan.sourcing.permissions import VIEW_PRICE
from gendan.sourcing.queries.contracts import every_contract_line
from gendan.sourcing.rules.contract import ZERO, ContractDraft, ContractLineIn
from gendan.sourcing.rules.inquiry import BreakIn, base_price, breaks_text

COLUMNS = (
    Column("reference", _("合同编号"), "text", required=True, max_length=80, example="HT-2026-018",
           help=_("相同编号的行合成一份合同草稿")),
    Column("supplier", _("供应商"), "code", required=True, max_length=64, ref="partners", example="S001"),
    Column("title", _("合同名称"), "text", max_length=120, example="2026 年紧固件年度合同"),
    Column("valid_from", _("生效日"), "date", required=True, example="2026-01-01"),
    Column("valid_to", _("到期日"), "date", required=True, example="2026-12-31"),
    Column("currency", _("币种"), "text", max_length=3, example="CNY"),
    Column("agreed_amount", _("约定金额"), "number", default=None),
    Column("over", _("超出约定"), "choice", default="stop", choices=dict(Contract.Over.choices)),
    Column("product", _("产品"), "code", required=True, max_length=64, ref="products", example="P0001"),
    Column("unit", _("单位"), "text", max_length=64),
    Column("price", _("单价"), "number", required=True, permission=VIEW_PRICE, example="1.80"),
    Column("breaks", _("阶梯价"), "text", max_length=400, permission=VIEW_PRICE, example="500=1.70; 1000=1.65"),
    Column("quantity", _("约定数量"), "number", default=None, example="5000", help=_("不填就是不限")),
    Column("minimum", _("最小起订量"), "number", default=ZERO),
    Column("lead_days", _("交货周期（天）"), "integer", default=None),
    Column("note", _("备注"), "text", max_length=300),
)  # fmt: skip
HEADER = tuple(column.name for column in COLUMNS[1:8])


@dataclass(slots=True)
class Group:
    """The rows of one contract: their places, values, what is wrong with each, what became of it."""

    reference: str
    places: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    errors: dict[int, dict[str, str]] = field(default_factory=dict)
    status: str = "skipped"

    def refuse(self, error: AppError) -> None:
        """Put each field's text beside its row; what concerns the whole contract beside the first."""
        fields = error.fields if isinstance(error, Invalid) else {"reference": str(error)}
        for name, text in fields.items():
            parts = name.split(".")
            inner = parts[0] == "lines" and len(parts) == 3
            place = self.places[int(parts[1])] if inner else self.places[0]
            self.errors.setdefault(place, {})[parts[2] if inner else name] = text

    def draft(self) -> ContractDraft:
        """The contract as its first row says; a row that says otherwise is an error."""
        first, lines = self.rows[0], []
        for place, row in zip(self.places, self.rows, strict=True):
            for name in HEADER:
                if row[name] != first[name]:
                    self.errors.setdefault(place, {})[name] = _now("与同一合同的其他行不一致")
            try:
                breaks = to_breaks(row["breaks"])
            except BadValue as bad:
                breaks = ()
                self.errors.setdefault(place, {})["breaks"] = bad.text
            prices = (BreakIn(ZERO, row["price"]), *breaks)
            line = {name: row[name] for name in ("product", "quantity", "unit", "minimum", "lead_days", "note")}
            lines.append(ContractLineIn(prices=prices, **line))
        return ContractDraft(reference=self.reference, lines=tuple(lines), **{name: first[name] for name in HEADER})


def _grouped(rows: Sequence[Row]) -> list[Group]:
    groups: dict[str, Group] = {}
    for place, row in enumerate(rows):
        values, wrong = {}, {}
        for column in COLUMNS:
            try:
                values[column.name] = column.read(row.get(column.name))
            except BadValue as bad:
                values[column.name], wrong[column.name] = column.default, bad.text
        group = groups.setdefault(values["reference"] or f"\x00{place}", Group(values["reference"] or ""))
        group.places.append(place)
        group.rows.append(values)
        if wrong:
            group.errors[place] = wrong
    return list(groups.values())


def save(actor: Actor, rows: Sequence[Row], *, atomic: bool, dry_run: bool) -> list[Outcome]:
    """Save flat rows as drafts of contracts: each by itself, or all or none."""
    own = replace(actor, idempotency_key=None)
    groups = _grouped(rows)
    ready = [(group, group.draft()) for group in groups if not group.errors]
    ready = [(group, draft) for group, draft in ready if not group.errors]
    if not atomic or len(ready) == len(groups):
        _run(own, ready, atomic, dry_run)
    found: dict[int, Outcome] = {}
    for group in groups:
        for place in group.places:
            if group.errors:
                errors = group.errors.get(place) or {"reference": _now("同一合同的其他行有误，本行未保存")}
                found[place] = Outcome(place, "failed", group.reference, None, errors)
            else:
                found[place] = Outcome(place, group.status, group.reference)  # type: ignore[arg-type]
    return [found[place] for place in range(len(rows))]


def _run(actor: Actor, ready: Sequence[tuple[Group, ContractDraft]], atomic: bool, trial: bool) -> None:
    """Save together or one by one; who was refused says why, the others of its batch are left out."""
    for batch in [list(ready)] if atomic else [[one] for one in ready]:
        if not batch:
            continue
        for group, _draft in batch:
            group.status = "created" if trial else "skipped"
        try:
            done = commands.save_contracts(actor=actor, drafts=[draft for _group, draft in batch], trial=trial)
        except Undone as undone:
            if undone.error:
                for group, _draft in batch:
                    group.status = "skipped"
                batch[undone.n][0].refuse(undone.error)
            continue
        for (group, _draft), status in zip(batch, done.data["statuses"], strict=True):
            group.status = status


def _export(actor: Actor, filters: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for row in every_contract_line(actor):
        prices = row.pop("prices")
        yield {**row, "price": base_price(prices), "breaks": breaks_text(prices)}


register(Resource("contracts", _("框架合同"), save, SAVE, COLUMNS, VIEW_PRICE, _export, together="reference"))
