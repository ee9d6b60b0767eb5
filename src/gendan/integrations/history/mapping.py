"""The mapping file: what the columns of a foreign history mean. Written in TOML, checked completely when it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Type = Literal["text", "date", "number", "amount"]

FIELDS: Mapping[str, Type] = MappingProxyType(
    {
        "line_id": "text",
        "order_key": "text",
        "shipment_key": "text",
        "supplier_code": "text",
        "supplier_name": "text",
        "supplier_country": "text",
        "customer_code": "text",
        "customer_name": "text",
        "customer_country": "text",
        "product_code": "text",
        "product_name": "text",
        "category": "text",
        "specification": "text",
        "brand": "text",
        "pack": "text",
        "unit": "text",
        "warehouse_code": "text",
        "warehouse_name": "text",
        "country": "text",
        "currency": "text",
        "carrier_mode": "text",
        "incoterm": "text",
        "quantity": "number",
        "price": "number",
        "value": "number",
        "quoted_on": "date",
        "sent_on": "date",
        "required_on": "date",
        "promised_on": "date",
        "delivered_on": "date",
        "recorded_on": "date",
        "weight": "amount",
        "freight": "amount",
        "insurance": "amount",
    }
)
REQUIRED = ("order_key", "product_name", "unit", "warehouse_name", "currency", "quantity")
PARTNERS: Mapping[str, str] = MappingProxyType({"purchase": "supplier", "sales": "customer"})
FOLDER = Path(__file__).resolve().parent.parent / "mappings"


class MappingError(ValueError):
    """The mapping file cannot be used; the text says which key and why."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Where a field comes from: columns (joined), or a constant; and what to do with words in its cells."""

    name: str
    type: Type
    columns: tuple[str, ...] = ()
    join: str = " "
    constant: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    none: frozenset[str] = frozenset()
    reference: re.Pattern[str] | None = None

    @property
    def label(self) -> str:
        """What to call the field in a report: its column, where it has one."""
        return " + ".join(self.columns) or self.name


@dataclass(frozen=True, slots=True)
class FileSpec:
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    decimal: str = "."
    thousands: str = ","
    sheet: str | None = None
    repair_mojibake: bool = False


@dataclass(frozen=True, slots=True)
class DateSpec:
    formats: tuple[str, ...] = ("%Y-%m-%d",)
    earliest: date = date(1970, 1, 1)
    latest: date = date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class PriceSpec:
    """``step``: to what the file rounds prices; ``decimals``: what a line keeps; ``minor_units``: its currency's."""

    step: Decimal = Decimal("0.01")
    decimals: int = 6
    minor_units: int = 2


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """How codes are made from names; ``known`` gives some of them outright."""

    prefix: str = ""
    length: int = 24
    drop: frozenset[str] = frozenset()
    known: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HistoryMapping:
    """A whole mapping file. ``kind`` is purchase or sales; ``source`` is what the keys of everything begin with, the
    same in mappings that share products; ``settled`` says that the orders were paid.
    """

    name: str
    title: str
    kind: str
    source: str
    settled: bool
    file: FileSpec
    only: Mapping[str, frozenset[str]]
    dates: DateSpec
    none: frozenset[str]
    fields: Mapping[str, FieldSpec]
    notes: Mapping[str, str]
    units: Mapping[str, str]
    price: PriceSpec
    date_order: tuple[tuple[str, str], ...]
    far_apart_days: int | None
    partner_codes: CodeSpec
    product_codes: CodeSpec
    warehouse_codes: CodeSpec

    @property
    def partner(self) -> str:
        """Who stands on the other side of its orders: supplier or customer."""
        return PARTNERS[self.kind]

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that no line can do without."""
        return required_of(self.kind)

    @cached_property
    def column_order(self) -> tuple[str, ...]:
        """Every column that the file must have, by name."""
        named = {column for spec in self.fields.values() for column in spec.columns}
        return tuple(sorted(named | set(self.notes.values()) | set(self.only)))

    def columns(self) -> frozenset[str]:
        """Every column that the file must have."""
        return frozenset(self.column_order)


def required_of(kind: str) -> frozenset[str]:
    """The fields that a mapping of a kind must have."""
    return frozenset((*REQUIRED, f"{PARTNERS[kind]}_name"))


def available(folder: Path = FOLDER) -> tuple[str, ...]:
    """Names of the mappings that come with the product."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def load_mapping(name: str, folder: Path = FOLDER) -> HistoryMapping:
    """Read a mapping by name, or by the path of a TOML file of one's own."""
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    if not path.is_file():
        raise MappingError(f"there is no mapping {name}; there are: {', '.join(available(folder))}")
    return read_mapping(path.read_text(encoding="utf-8"))


def read_mapping(text: str) -> HistoryMapping:
    """Check a mapping's text and give it its types."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise MappingError(f"not TOML: {problem}") from problem
    top = _Table("", tree)
    dates, price, checks = top.table("dates"), top.table("price"), top.table("checks")
    codes, file = top.table("codes"), top.table("file")
    kind = top.text("kind", "purchase")
    if kind not in PARTNERS:
        raise MappingError(f"kind must be one of {', '.join(PARTNERS)}")
    mapping = HistoryMapping(
        name=top.text("name"),
        title=top.text("title", ""),
        kind=kind,
        source=top.text("source", top.text("name")),
        settled=top.flag("settled"),
        file=_file(file),
        only=_only(top.table("rows")),
        dates=_dates(dates),
        none=_folded(top.table("none").texts("words")),
        fields=_fields(top.table("fields"), required_of(kind)),
        notes=MappingProxyType(top.table("notes").text_map()),
        units=MappingProxyType(top.table("units").text_map()),
        price=_price(price),
        date_order=_pairs(checks),
        far_apart_days=checks.integer("far_apart_days"),
        partner_codes=_codes(codes.table(PARTNERS[kind])),
        product_codes=_codes(codes.table("product")),
        warehouse_codes=_codes(codes.table("warehouse")),
    )
    for table in (dates, price, checks, codes, file, top.table("none", used=False), top.table("rows", used=False), top):
        table.refuse_unknown()
    return mapping


class _Table:
    """A TOML table that remembers which keys were asked for, so that a misspelt key is refused rather than ignored."""

    def __init__(self, path: str, tree: Mapping[str, Any]) -> None:
        self.path, self.tree = path, tree
        self.asked: set[str] = set()

    def _get(self, key: str, types: tuple[type, ...], what: str) -> Any:
        self.asked.add(key)
        value = self.tree.get(key)
        if value is not None and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
            raise MappingError(f"{self.path}{key} must be {what}")
        return value

    def table(self, key: str, used: bool = True) -> _Table:
        table = _Table(f"{self.path}{key}.", self._get(key, (dict,), "a table") or {})
        if not used:
            table.asked = {"words", "only"}
        return table

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, (str,), "a text")
        if value is None and default is None:
            raise MappingError(f"{self.path}{key} is missing")
        return str(default if value is None else value)

    def integer(self, key: str) -> int | None:
        value: int | None = self._get(key, (int,), "a whole number")
        return value

    def flag(self, key: str) -> bool:
        return bool(self._get(key, (bool,), "true or false"))

    def day(self, key: str, default: date) -> date:
        value: date | None = self._get(key, (date,), "a date")
        return value or default

    def decimal(self, key: str, default: Decimal) -> Decimal:
        value = self._get(key, (str, int), "a number in quotes")
        try:
            return default if value is None else Decimal(str(value))
        except InvalidOperation:
            raise MappingError(f"{self.path}{key} must be a number in quotes") from None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key, (list,), "a list of texts") or []
        if not all(isinstance(one, str) for one in value):
            raise MappingError(f"{self.path}{key} must be a list of texts")
        return tuple(value)

    def text_map(self) -> dict[str, str]:
        return {key: self.text(key) for key in self.tree}

    def refuse_unknown(self) -> None:
        if unknown := sorted(set(self.tree) - self.asked):
            raise MappingError(f"unknown: {', '.join(self.path + key for key in unknown)}")


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _file(table: _Table) -> FileSpec:
    base = FileSpec()
    spec = FileSpec(
        encoding=table.text("encoding", base.encoding),
        delimiter=table.text("delimiter", base.delimiter),
        decimal=table.text("decimal", base.decimal),
        thousands=table.text("thousands", base.thousands),
        sheet=table.text("sheet", "") or None,
        repair_mojibake=table.flag("repair_mojibake"),
    )
    if spec.decimal == spec.thousands:
        raise MappingError("file.decimal and file.thousands must differ")
    try:
        "".encode(spec.encoding)
    except LookupError:
        raise MappingError(f"file.encoding: there is no {spec.encoding}") from None
    return spec


def _only(table: _Table) -> Mapping[str, frozenset[str]]:
    only = table.table("only")
    return MappingProxyType({column: _folded(only.texts(column)) for column in only.tree})


def _dates(table: _Table) -> DateSpec:
    base = DateSpec()
    formats = table.texts("formats") or base.formats
    return DateSpec(formats, table.day("earliest", base.earliest), table.day("latest", base.latest))


def _price(table: _Table) -> PriceSpec:
    base = PriceSpec()
    decimals, minor = table.integer("decimals"), table.integer("minor_units")
    return PriceSpec(
        step=table.decimal("step", base.step),
        decimals=base.decimals if decimals is None else decimals,
        minor_units=base.minor_units if minor is None else minor,
    )


def _codes(table: _Table) -> CodeSpec:
    spec = CodeSpec(
        prefix=table.text("prefix", ""),
        length=table.integer("length") or CodeSpec().length,
        drop=frozenset(word.upper() for word in table.texts("drop")),
        known=MappingProxyType(table.table("known").text_map()),
    )
    table.refuse_unknown()
    return spec


def _pairs(table: _Table) -> tuple[tuple[str, str], ...]:
    table.asked.add("order")
    pairs = table.tree.get("order", [])
    dates = {name for name, type_ in FIELDS.items() if type_ == "date"}
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not set(pair) <= dates:
            raise MappingError(f"checks.order: {pair} is not a pair of date fields")
    return tuple((earlier, later) for earlier, later in pairs)


def _fields(table: _Table, required: frozenset[str]) -> Mapping[str, FieldSpec]:
    found: dict[str, FieldSpec] = {}
    for name in table.tree:
        if name not in FIELDS:
            raise MappingError(f"fields.{name}: there is no such field; there are: {', '.join(FIELDS)}")
        found[name] = _field(name, table.table(name))
    if missing := sorted(name for name in required if name not in found):
        raise MappingError(f"fields: {', '.join(missing)} must be given")
    if "price" not in found and "value" not in found:
        raise MappingError("fields: price or value must be given")
    return MappingProxyType(found)


def _field(name: str, table: _Table) -> FieldSpec:
    column, columns = table.text("column", ""), table.texts("columns")
    constant = table.text("constant") if "constant" in table.tree else None
    if (bool(column) + bool(columns) + (constant is not None)) != 1:
        raise MappingError(f"fields.{name} needs exactly one of column, columns, constant")
    if columns and FIELDS[name] != "text":
        raise MappingError(f"fields.{name}: only text can be joined from several columns")
    try:
        pattern = re.compile(table.text("reference")) if "reference" in table.tree else None
    except re.error as problem:
        raise MappingError(f"fields.{name}.reference: {problem}") from problem
    if pattern and "line" not in pattern.groupindex:
        raise MappingError(f"fields.{name}.reference needs a group named line")
    words = {word.casefold(): meaning for word, meaning in table.table("words").text_map().items()}
    spec = FieldSpec(
        name=name,
        type=FIELDS[name],
        columns=columns or ((column,) if column else ()),
        join=table.text("join", " "),
        constant=constant,
        words=MappingProxyType(words),
        none=_folded(table.texts("none")),
        reference=pattern,
    )
    table.refuse_unknown()
    return spec
