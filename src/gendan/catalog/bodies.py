"""Bodies and answers of the API, made from the declared columns, so that a field is named once."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from gendan.catalog.queries import FILTERS
from gendan.catalog.steps.master import Spec
from gendan.kernel.api import Body, Out
from gendan.kernel.bulk import Column
from gendan.kernel.fields import FIELDS

EXTRA_OUT: dict[str, dict[str, Any]] = {
    "products": {"unit_name": str, "category_name": str},
    "partners": {"customer_class_name": str, "salesperson_name": str},
    "addresses": {"partner_name": str},
    "sales-prices": {"customer_name": str, "customer_class_name": str, "product_name": str, "unit_name": str},
    "prices": {"supplier_name": str, "product_name": str, "unit_name": str},
    "warehouses": {"default_bin": str},
    "bins": {"warehouse_name": str},
    "categories": {"parent_name": str},
}


class ProductUnitIn(Body):
    """Another unit of a product."""

    unit: str = Field(max_length=64)
    factor: Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6, allow_inf_nan=False)]


class BarcodeIn(Body):
    """A barcode, of a unit or of the stock unit."""

    code: str = Field(min_length=1, max_length=80)
    unit: str = Field("", max_length=64)


class ContactIn(Body):
    """A person at a partner."""

    name: str = Field(min_length=1, max_length=80)
    title: str = Field("", max_length=80)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254)
    is_main: bool = False


class CreditIn(Body):
    """Up to what amount a customer may owe, in company currency: null is no limit, 0 is prepayment only."""

    credit_limit: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2, allow_inf_nan=False)] | None
    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class ProductUnitOut(Out):
    """Another unit of a product, with its name."""

    unit: str
    name: str = ""
    factor: str


def _type_in(column: Column) -> Any:
    match column.kind:
        case "number":
            digits = Field(max_digits=18, decimal_places=column.decimals, allow_inf_nan=False)
            return Annotated[Decimal, digits]
        case "integer":
            return Annotated[int, Field(ge=column.low, le=column.high)]
        case "flag":
            return bool
        case "date":
            return date
        case "choice":
            return Annotated[str, Field(description=" | ".join(column.choices))]
        case "units":
            return list[ProductUnitIn]
        case "barcodes":
            return list[BarcodeIn | str]
        case "contacts":
            return list[ContactIn]
        case _:
            return Annotated[str, Field(max_length=column.max_length)]


def _type_out(column: Column) -> Any:
    match column.kind:
        case "flag":
            return bool
        case "integer":
            return int | None if column.default is None else int
        case "units":
            return list[ProductUnitOut]
        case "barcodes":
            return list[BarcodeIn]
        case "contacts":
            return list[ContactIn]
        case _:
            return str | None if column.default is None or (column.permission and not column.required) else str


def _name(spec: Spec, suffix: str) -> str:
    return spec.kind.title().replace("_", "") + suffix


def create_body(spec: Spec, without: tuple[str, ...] = ()) -> type[BaseModel]:
    """The body of POST: required fields are required, others may be left out or null."""
    fields: dict[str, Any] = {
        column.name: (_type_in(column), ...) if column.required else (_type_in(column) | None, None)
        for column in spec.columns
        if column.name not in without
    }
    return create_model(_name(spec, "In"), __base__=Body, __doc__=f"A new {spec.kind}.", **fields)


def update_body(spec: Spec) -> type[BaseModel]:
    """The body of PATCH and PUT: what is left out stays as it is, null clears; ``version`` is the one that was seen."""
    fields: dict[str, Any] = {
        column.name: (_type_in(column) | None, None) for column in spec.columns if column.name not in spec.key
    }
    version: Any = (Annotated[int, Field(ge=1, le=2**31 - 1)] | None, None)
    return create_model(
        _name(spec, "Change"), __base__=Body, __doc__=f"Changes to a {spec.kind}.", version=version, **fields
    )


def answer(spec: Spec) -> type[Out]:
    """A record as the API answers it; a figure that a role can hide may be null."""
    hidable = {key for (kind, _name), field in FIELDS.items() if kind == spec.kind for key in (field.name, *field.keys)}

    def type_of(column: Column) -> Any:
        type_ = _type_out(column)
        return type_ | None if column.kind in {"integer", "number"} and column.name in hidable else type_

    fields: dict[str, Any] = {column.name: (type_of(column), ...) for column in spec.columns}
    extra: dict[str, Any] = {name: (type_, ...) for name, type_ in EXTRA_OUT.get(spec.resource, {}).items()}
    return create_model(_name(spec, "Out"), __base__=Out, id=(int, ...), version=(int, ...), **fields, **extra)


def answers(spec: Spec, one: type[Out]) -> type[Out]:
    """A page of records; ``after`` is the cursor of the next page, empty at the end."""
    return create_model(_name(spec, "Page"), __base__=Out, items=(list[one], ...), after=(str, ""))  # type: ignore[valid-type]


def filters(spec: Spec) -> type[Out]:
    """The query of a list: search, filters, order, page."""
    fields: dict[str, Any] = dict.fromkeys(FILTERS[spec.resource], (str, ""))
    fields |= {"q": (str, Field("", max_length=200)), "after": (str, ""), "limit": (int, Field(50, ge=1, le=200))}
    if spec.resource in {"products", "partners"}:
        fields["sort"] = (str, Field("code", description="code | name"))
    return create_model(_name(spec, "Query"), __base__=Out, **fields)
