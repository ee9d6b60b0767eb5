"""Situations for tests: a company with its defaults, actors, products, partners, warehouses."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from django.db import transaction

from gendan.accounts import steps as accounts
from gendan.accounts.models import Company
from gendan.accounts.tests import make as people
from gendan.catalog import steps
from gendan.catalog.models import Barcode, Location, Partner, Product, ProductUnit, SupplierPrice, Unit, Warehouse
from gendan.kernel.actor import Actor

_count = itertools.count(1)


def make_company(code: str = "", name: str = "测试公司", currency: str = "CNY", **fields: Any) -> Company:
    """A company with roles, numbers, units, currencies, taxes, warehouse MAIN and the virtual locations."""
    with transaction.atomic():
        company = accounts.create_company(code or f"T{next(_count):04d}", name, currency)
        steps.create_defaults(company.pk)
        if fields:
            Company.objects.filter(pk=company.pk).update(**fields)
            company.refresh_from_db()
    return company


def make_actor(*permissions: str, company: Company | None = None, roles: tuple[str, ...] = (), **fields: Any) -> Actor:
    """A real user as an actor with exactly these permissions (every one when none is named)."""
    company = company or make_company()
    return people.make_actor(company, permissions or (None if roles else ("*",)), roles, **fields)


def make_product(company: Company | int, code: str = "", name: str = "", unit: str = "PCS", **fields: Any) -> Product:
    """A product; ``units={"CTN": "12"}`` adds units, ``barcodes=["690…"]`` barcodes, other fields as in the model."""
    company_id = company if isinstance(company, int) else company.pk
    code = code or f"P{next(_count):04d}"
    units, barcodes = fields.pop("units", {}), fields.pop("barcodes", [])
    with transaction.atomic():
        row = {
            "code": code,
            "name": name or f"产品 {code}",
            "unit": unit,
            "specification": fields.pop("specification", ""),
        }
        (pk,) = steps.ensure_products(company_id, [row])
        if fields:
            Product.objects.filter(pk=pk).update(**fields)
        for other, factor in units.items():
            unit_id = Unit.objects.get(company_id=company_id, code=other).pk
            ProductUnit.objects.create(product_id=pk, unit_id=unit_id, factor=Decimal(factor))
        Barcode.objects.bulk_create(Barcode(company_id=company_id, product_id=pk, code=barcode) for barcode in barcodes)
    return Product.objects.get(pk=pk)


def make_supplier(company: Company | int, code: str = "", name: str = "", **fields: Any) -> Partner:
    """A supplier."""
    return _make_partner(company, code or f"S{next(_count):04d}", name or "华东五金有限公司", fields, is_supplier=True)


def make_customer(company: Company | int, code: str = "", name: str = "", **fields: Any) -> Partner:
    """A customer."""
    code = code or f"C{next(_count):04d}"
    return _make_partner(company, code, name or "南方装备集团", fields, is_supplier=False, is_customer=True)


def _make_partner(company: Company | int, code: str, name: str, fields: dict[str, Any], **roles: bool) -> Partner:
    company_id = company if isinstance(company, int) else company.pk
    with transaction.atomic():
        (pk,) = steps.ensure_partners(company_id, [{"code": code, "name": name, **roles}])
        if fields:
            Partner.objects.filter(pk=pk).update(**fields)
    return Partner.objects.get(pk=pk)


def make_warehouse(company: Company | int, code: str = "", name: str = "分仓", bins: tuple[str, ...] = ()) -> Warehouse:
    """A warehouse with its default, inspection and rejected locations and further bins."""
    company_id = company if isinstance(company, int) else company.pk
    with transaction.atomic():
        pk = steps.save_warehouse(company_id, code or f"W{next(_count):03d}", name)
        Location.objects.bulk_create(
            Location(company_id=company_id, warehouse_id=pk, kind="bin", code=code_) for code_ in bins
        )
    return Warehouse.objects.get(pk=pk)


def make_price(supplier: Partner, product: Product, price: str = "9.90", **fields: Any) -> SupplierPrice:
    """What a supplier asks for a product in its stock unit and CNY, from any quantity on."""
    values: dict[str, Any] = {"unit_id": product.unit_id, "currency": "CNY", "price": Decimal(price), **fields}
    return SupplierPrice.objects.create(company_id=product.company_id, partner=supplier, product=product, **values)
