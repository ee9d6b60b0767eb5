"""The verbs of master data. A record is made or changed by the same command; ``new`` says which of the two is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.catalog.errors import BadBinPattern, CodeTaken, PriceTaken, TooManyRows
from gendan.catalog.queries import VIEW_SALES_PRICE, VIEWS, select
from gendan.catalog.rules import PatternUnclear, expand_bins
from gendan.catalog.steps.master import SAVE_CREDIT, SPECS, Entry, Spec, outcomes
from gendan.catalog.steps.master import save_rows as _save_rows
from gendan.kernel import db, events, scope
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import MAX_ROWS, needed_to_save
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject
from gendan.kernel.unit import Done, command

Values = Mapping[str, Any]


def _must_save(actor: Actor, spec: Spec) -> None:
    for needed in needed_to_save(spec.permission, spec.columns):
        actor.must(needed)


def _save(actor: Actor, resource: str, values: Values, version: int | None, new: bool | None) -> Done:
    """Save one record. ``new=True`` refuses an existing code, ``new=False`` a missing one."""
    _must_save(actor, SPECS[resource])
    return _save_one(actor, SPECS[resource], values, version, new)


def _save_one(actor: Actor, spec: Spec, values: Values, version: int | None, new: bool | None) -> Done:
    row = dict(values) if version is None else {**values, "version": version}
    (entry,) = _save_rows(actor, spec, [row])
    if new is True and entry.current is not None:
        name = spec.name_of(entry.current)
        raise CodeTaken(code=name) if "code" in spec.key else PriceTaken(what=name)
    if new is False and entry.current is None and not set(spec.key) & set(entry.errors):
        raise NotFound(what=spec.name_of({**entry.given, **entry.values}))
    if entry.refusal is not None:
        raise entry.refusal
    if entry.errors:
        raise Invalid(dict(entry.errors))
    return _done(spec, entry)


def _done(spec: Spec, entry: Entry) -> Done:
    version = 1 if entry.current is None else entry.current["version"] + (entry.status == "updated")
    return Done(spec.kind, entry.id or 0, spec.name_of(entry.values), "", version, {"status": entry.status})


@command("catalog.save_product", _("维护产品"))
def save_product(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a product with its units and barcodes."""
    return _save(actor, "products", values, version, new)


@command("catalog.save_partner", _("维护往来单位"))
def save_partner(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a supplier or customer with its contacts."""
    return _save(actor, "partners", values, version, new)


@command(SAVE_CREDIT, _("设置信用额度"))
def save_credit(
    *, actor: Actor, code: str, credit_limit: Decimal | str | int | None, version: int | None = None
) -> Done:
    """Say up to what amount in company currency a customer may owe: None is no limit, 0 is prepayment only.

    Whoever may do this need not be the one who keeps the customer's other data.
    """
    actor.must(VIEW_SALES_PRICE)
    return _save_one(actor, SPECS["partners"], {"code": code, "credit_limit": credit_limit}, version, new=False)


@command("catalog.save_customer_class", _("维护客户等级"))
def save_customer_class(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a class of customers."""
    return _save(actor, "customer-classes", values, version, new)


@command("catalog.save_address", _("维护收货地址"), permission="catalog.save_partner")
def save_address(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change an address of a partner; its first is the default."""
    return _save(actor, "addresses", values, version, new)


@command("catalog.save_price", _("维护供应商价格"))
def save_price(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change what a supplier asks from a quantity on."""
    return _save(actor, "prices", values, version, new)


@command("catalog.save_sales_price", _("维护销售价格"))
def save_sales_price(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change what a customer, a class of customers or everybody pays from a quantity on."""
    return _save(actor, "sales-prices", values, version, new)


@command("catalog.save_warehouse", _("维护仓库和库位"))
def save_warehouse(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a warehouse; a new one gets its default bin, inspection and rejected locations."""
    return _save(actor, "warehouses", values, version, new)


@command("catalog.save_bin", _("维护库位"), permission="catalog.save_warehouse")
def save_bin(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a bin."""
    return _save(actor, "bins", values, version, new)


@command("catalog.save_unit", _("维护计量单位"))
def save_unit(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a unit of measure."""
    return _save(actor, "units", values, version, new)


@command("catalog.save_category", _("维护产品类别"))
def save_category(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a product category."""
    return _save(actor, "categories", values, version, new)


@command("catalog.save_currency", _("维护币种"))
def save_currency(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a currency and its rate."""
    return _save(actor, "currencies", values, version, new)


@command("catalog.save_tax", _("维护税率"))
def save_tax(*, actor: Actor, values: Values, version: int | None = None, new: bool | None = None) -> Done:
    """Make or change a tax rate."""
    return _save(actor, "taxes", values, version, new)


SAVE = {
    "products": save_product,
    "customer-classes": save_customer_class,
    "partners": save_partner,
    "addresses": save_address,
    "prices": save_price,
    "sales-prices": save_sales_price,
    "warehouses": save_warehouse,
    "bins": save_bin,
    "units": save_unit,
    "categories": save_category,
    "currencies": save_currency,
    "taxes": save_tax,
}


@command("catalog.set_active", _("启用或停用基础资料"), permission="")
def set_active(*, actor: Actor, resource: str, key: Values, active: bool, version: int | None = None) -> Done:
    """Switch a record on or off, by the permission to save it. What is off is kept, but not offered any more."""
    return _save(actor, resource, {**key, "is_active": active}, version, new=False)


@command("catalog.save_rows", _("批量保存基础资料"), permission="")
def save_rows(
    *, actor: Actor, resource: str, rows: Sequence[Values], atomic: bool = False, dry_run: bool = False
) -> Done:
    """Save many records, by the permission to save one. ``data["outcomes"]`` says what became of each row."""
    spec = SPECS[resource]
    _must_save(actor, spec)
    if len(rows) > MAX_ROWS:
        raise TooManyRows(max=MAX_ROWS, found=len(rows))
    entries = _save_rows(actor, spec, rows, atomic=atomic, dry_run=dry_run)
    found = [
        {"row": o.row, "status": o.status, "key": o.key, "id": o.id, "errors": o.errors}
        for o in outcomes(spec, entries)
    ]
    return Done(resource, 0, "", data={"outcomes": found})


@command("catalog.delete_price", _("删除供应商价格"), permission="catalog.save_price")
def delete_price(*, actor: Actor, price_id: int, version: int | None = None) -> Done:
    """Remove a price. Orders keep the price that they were made with."""
    return _delete_price(actor, SPECS["prices"], price_id, version)


@command("catalog.delete_sales_price", _("删除销售价格"), permission="catalog.save_sales_price")
def delete_sales_price(*, actor: Actor, price_id: int, version: int | None = None) -> Done:
    """Remove a price. Orders keep the price that they were made with."""
    return _delete_price(actor, SPECS["sales-prices"], price_id, version)


def _delete_price(actor: Actor, spec: Spec, price_id: int, version: int | None) -> Done:
    _must_save(actor, spec)
    where = ["t.id = %(id)s", *scope.conditions(actor, spec.resource, "t")]
    found = select(VIEWS[spec.resource], actor.company_id, where, {"id": price_id}, lock=True)
    if not found:
        raise NotFound(what=str(price_id))
    (row,) = found
    number = spec.name_of(row)
    check_version(number, row["version"], version)
    db.execute(f"DELETE FROM {spec.table} WHERE id = %s", [price_id])
    events.record(f"catalog.{spec.kind}_deleted", Subject(spec.kind, price_id, number), actor, price=str(row["price"]))
    return Done(spec.kind, price_id, number, version=row["version"])


@command("catalog.add_bins", _("批量新建库位"), permission="catalog.save_warehouse")
def add_bins(*, actor: Actor, warehouse: str, pattern: str) -> Done:
    """Make the bins of a range like ``A-01-01..A-05-20``; those that exist stay as they are."""
    try:
        codes = expand_bins(pattern)
    except PatternUnclear:
        raise BadBinPattern(pattern=pattern) from None
    spec = SPECS["bins"]
    entries = _save_rows(actor, spec, [{"warehouse": warehouse, "code": code} for code in codes], atomic=True)
    for entry in entries:
        if not entry.is_good:
            raise entry.refusal or Invalid(dict(entry.errors))
    made = sum(entry.status == "created" for entry in entries)
    return Done("warehouse", 0, warehouse, data={"created": made, "existing": len(entries) - made})
