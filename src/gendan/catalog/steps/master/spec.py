"""What the engine knows about a resource, and the batch that it works on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.bulk import Column, Status
from gendan.kernel.errors import AppError

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A record that a reference leads to; ``id`` is None while it is still to be inserted by the same batch."""

    code: str
    id: int | None
    active: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Entry:
    """One row on its way: what was given, what exists, what it becomes, what is wrong with it."""

    number: int
    given: Values
    errors: dict[str, str] = field(default_factory=dict)
    seen_version: int | None = None
    refusal: AppError | None = None
    current: Values | None = None
    values: Values = field(default_factory=dict)
    id: int | None = None
    status: Status = "unchanged"

    @property
    def is_good(self) -> bool:
        return not self.errors and self.refusal is None

    def has_changed(self, name: str) -> bool:
        """Whether a field differs from what is stored (a new record differs in everything)."""
        return self.current is None or self.current.get(name) != self.values.get(name)


@dataclass(slots=True)
class Batch:
    """All rows of one save."""

    actor: Actor
    spec: Spec
    entries: list[Entry]
    lookups: dict[str, dict[str, Found]] = field(default_factory=dict)

    @property
    def company_id(self) -> int:
        return self.actor.company_id

    def good(self) -> list[Entry]:
        """The rows that nothing is wrong with so far."""
        return [entry for entry in self.entries if entry.is_good]

    def keyed(self) -> list[Entry]:
        """The rows of which is known which record they mean, good or not."""
        key = set(self.spec.key)
        return [entry for entry in self.entries if not key & set(entry.errors) and key <= set(entry.values)]

    def find(self, ref: str, text: str) -> Found | None:
        """The record that a code (or, for small tables and partners, a name) leads to."""
        found = self.lookups[ref]
        return found.get(text) or found.get(text.lower())

    def id_of(self, ref: str, code: str) -> int | None:
        """The id behind a code, None for no code."""
        found = self.find(ref, code) if code else None
        return found.id if found else None


def nothing(batch: Batch) -> None:
    """A hook that has nothing to do."""


def no_children(batch: Batch, changed: list[Entry]) -> None:
    """A resource that is one table."""


def nowhere(values: Values) -> tuple[str, ...]:
    """A record that no other one's page shows."""
    return ()


def no_more(values: Values) -> Values:
    """No columns beyond the declared."""
    return {}


def by_code(batch: Batch) -> tuple[list[str], dict[str, Any]]:
    """How existing rows are found when the code is the key."""
    return ["t.code = ANY(%(codes)s::text[])"], {"codes": [e.values["code"] for e in batch.keyed()]}


def not_in_use(company_id: int, ids: list[int]) -> dict[int, str]:
    """Nothing speaks against switching it off."""
    return {}


@dataclass(frozen=True, slots=True)
class Spec:
    """A resource as the engine saves it."""

    resource: str
    kind: str
    label: str | Promise
    table: str
    columns: tuple[Column, ...]
    permission: str
    key: tuple[str, ...] = ("code",)
    refs: tuple[str, ...] = ()  # resources referred to beyond those of the columns
    where: Callable[[Batch], tuple[list[str], dict[str, Any]]] = by_code
    prepare: Callable[[Batch], None] = nothing
    check: Callable[[Batch], None] = nothing
    derive: Callable[[Values], Values] = no_more
    derived: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[Batch, list[Entry]], None] = no_children  # what has to give way before the rows are written
    children: Callable[[Batch, list[Entry]], None] = no_children
    in_use: Callable[[int, list[int]], dict[int, str]] = not_in_use
    dated: bool = True  # has updated_at
    shown_at: Callable[[Values], tuple[str, ...]] = nowhere  # whose open pages show it, as kind:code

    def key_of(self, values: Values) -> tuple[Any, ...]:
        """What makes a row of this resource itself."""
        return tuple(values[name] for name in self.key)

    def name_of(self, values: Values) -> str:
        """What people call it."""
        if "code" in values:
            return str(values["code"])
        whose = (values.get(name) for name in ("supplier", "customer", "customer_class"))
        return " ".join((str(values["product"]), *(str(code) for code in whose if code)))


SPECS: dict[str, Spec] = {}
# Contexts above say why records (company, ids) cannot be switched off: id → reason.
BLOCKERS: dict[str, list[Callable[[int, list[int]], dict[int, str]]]] = {}
# Contexts above say which products (company, ids) have stock or documents, so that their stock unit must stay.
PRODUCTS_USED: list[Callable[[int, list[int]], set[int]]] = []

_SMALL = "SELECT code, id, is_active, name, '{{}}'::text FROM {table} WHERE company_id = %(company)s"
_LOOKUPS: Mapping[str, str] = {
    "units": _SMALL.format(table="catalog_unit"),
    "categories": _SMALL.format(table="catalog_category"),
    "currencies": _SMALL.format(table="catalog_currency"),
    "taxes": _SMALL.format(table="catalog_tax"),
    "warehouses": _SMALL.format(table="catalog_warehouse"),
    "customer-classes": _SMALL.format(table="catalog_customerclass"),
    "people": "SELECT u.username, u.id, m.is_active AND u.is_active, u.name, '' FROM accounts_membership m"
    " JOIN accounts_user u ON u.id = m.user_id WHERE m.company_id = %(company)s",
    "partners": "SELECT code, id, is_active, name, currency FROM catalog_partner"
    " WHERE company_id = %(company)s AND (code = ANY(%(codes)s::text[]) OR name = ANY(%(codes)s::text[]))",
    "products": "SELECT p.code, p.id, p.is_active, '', coalesce((SELECT xu.code FROM catalog_productunit x"
    "  JOIN catalog_unit xu ON xu.id = x.unit_id WHERE x.product_id = p.id AND x.for_purchase LIMIT 1), u.code)"
    " FROM catalog_product p JOIN catalog_unit u ON u.id = p.unit_id"
    " WHERE p.company_id = %(company)s AND p.code = ANY(%(codes)s::text[])",
}


def look_up(company_id: int, ref: str, codes: Iterable[str]) -> dict[str, Found]:
    """Records by code, lower-case code and lower-case name (a code goes before a name), in one statement."""
    found = db.rows(_LOOKUPS[ref], {"company": company_id, "codes": sorted(set(codes))})
    names = {name.lower(): Found(code, id_, on, {"more": more}) for code, id_, on, name, more in found if name}
    if ref in {"products"}:
        return {code: Found(code, id_, on, {"more": more}) for code, id_, on, _, more in found}
    lower = {code.lower(): Found(code, id_, on, {"more": more}) for code, id_, on, _, more in found}
    return names | lower | {code: Found(code, id_, on, {"more": more}) for code, id_, on, _, more in found}
