"""The partners, products and warehouses of a history: what is missing is made, what exists stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.catalog import queries as catalog
from gendan.catalog.steps import ensure_partners, ensure_products, ensure_units
from gendan.catalog.steps.places import save_warehouses
from gendan.integrations.history.mapping import HistoryMapping
from gendan.integrations.history.parse import Outcome
from gendan.integrations.history.records import HistoryLine, Item, Named
from gendan.kernel.actor import Actor
from gendan.kernel.events import Entry, Subject, record_all
from gendan.kernel.unit import Done, command

NAME = 200
SPECIFICATION = 300


@dataclass(slots=True)
class Masters:
    """The partners, products and warehouses that occur in a history, by code; and how finely each unit is counted."""

    partners: dict[str, Named] = field(default_factory=dict)
    warehouses: dict[str, Named] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    decimals: dict[str, int] = field(default_factory=dict)

    def watch(self, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
        """Pass outcomes on, collecting what the lines mention."""
        for outcome in outcomes:
            if isinstance(outcome, HistoryLine):
                self._add(outcome)
            yield outcome

    def _add(self, line: HistoryLine) -> None:
        self.partners.setdefault(line.partner.code, line.partner)
        self.warehouses.setdefault(line.warehouse.code, line.warehouse)
        self.items.setdefault(line.item.code, line.item)
        self.currencies.setdefault(line.partner.code, line.currency)
        unit = line.item.unit
        self.decimals[unit] = max(self.decimals.get(unit, 0), decimals_of(line.quantity))


@command("integrations.import_history", _("导入历史订单"))
def save_masters(*, actor: Actor, mapping: HistoryMapping, masters: Masters) -> Done:
    """Make what the company does not have yet. ``data`` gives, per kind, the code in use for each code of the history.

    A partner or product is found again by its key (mapping and code), also after somebody has given it another code.
    """
    company, name = actor.company_id, mapping.source
    units = [
        {"code": unit, "name": mapping.units.get(unit, unit), "decimals": decimals}
        for unit, decimals in masters.decimals.items()
    ]
    ensure_units(company, units)
    partners = _partners(mapping, masters)
    items = [
        {
            "code": item.code,
            "name": item.name[:NAME],
            "unit": item.unit,
            "category": item.category,
            "specification": specification(item),
            "external_key": f"{name}:{item.code}",
        }
        for item in masters.items.values()
    ]
    known_partners, known_items = _known(actor, "partners", partners), _known(actor, "products", items)
    partner_ids = ensure_partners(company, partners) if partners else []
    item_ids = ensure_products(company, items) if items else []
    warehouses = _make_warehouses(actor, list(masters.warehouses.values()))
    partner_codes, item_codes = _codes(actor, "partners", partner_ids), _codes(actor, "products", item_ids)
    _record_new(actor, name, "partner", dict(zip(partner_ids, partner_codes, strict=True)), known_partners)
    _record_new(actor, name, "product", dict(zip(item_ids, item_codes, strict=True)), known_items)
    _record_new(actor, name, "warehouse", warehouses, set())
    made = {
        f"{mapping.partner}s": len(set(partner_ids) - known_partners),
        "products": len(set(item_ids) - known_items),
        "warehouses": len(warehouses),
    }
    codes = {
        "partners": dict(zip(masters.partners, partner_codes, strict=True)),
        "products": dict(zip(masters.items, item_codes, strict=True)),
    }
    return Done("company", company, name, data={**codes, "made": made})


def _partners(mapping: HistoryMapping, masters: Masters) -> list[dict[str, Any]]:
    return [
        {
            "code": one.code,
            "name": one.name[:NAME],
            "country": one.country[:80],
            "currency": masters.currencies[one.code],
            "is_supplier": mapping.partner == "supplier",
            "is_customer": mapping.partner == "customer",
            "external_key": f"{mapping.source}:{one.code}",
        }
        for one in masters.partners.values()
    ]


def specification(item: Item) -> str:
    """What tells a product apart, for people: brand, specification, content of a pack."""
    pack = f"{item.pack} / {item.unit}" if item.pack else ""
    return " · ".join(part for part in (item.brand, item.specification, pack) if part)[:SPECIFICATION]


def decimals_of(number: Decimal) -> int:
    """How many decimals a number has without trailing zeros."""
    exponent = number.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _make_warehouses(actor: Actor, places: Sequence[Named]) -> dict[int, str]:
    """Make the warehouses that the company does not have; the codes of the new ones by id."""
    codes = {"codes": [place.code for place in places]}
    view = catalog.VIEWS["warehouses"]
    known = {row["code"] for row in catalog.select(view, actor.company_id, ["t.code = ANY(%(codes)s::text[])"], codes)}
    missing: list[dict[str, str | None]] = [
        {"code": place.code, "name": place.name[:NAME], "address": place.country}
        for place in places
        if place.code not in known
    ]
    made = save_warehouses(actor.company_id, missing) if missing else []
    return {id_: str(row["code"]) for row, id_ in zip(missing, made, strict=True)}


def _record_new(actor: Actor, mapping: str, kind: str, codes: Mapping[int, str], known: set[int]) -> None:
    """Say in the timeline of each new record who brought it in, and from which history."""
    new = [Subject(kind, id_, code) for id_, code in codes.items() if id_ not in known]
    record_all(actor, [Entry(f"catalog.{kind}_created", one, (), {"mapping": mapping}) for one in new])


def _known(actor: Actor, kind: str, rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """The ids of those that exist already, by key or code."""
    wanted = {"codes": [row["code"] for row in rows], "keys": [row["external_key"] for row in rows]}
    where = ["(t.code = ANY(%(codes)s::text[]) OR t.external_key = ANY(%(keys)s::text[]))"]
    return {row["id"] for row in catalog.select(catalog.VIEWS[kind], actor.company_id, where, wanted)}


def _codes(actor: Actor, kind: str, ids: Sequence[int]) -> list[str]:
    """The codes of records, in the order of their ids."""
    view = catalog.VIEWS[kind]
    found = catalog.select(view, actor.company_id, ["t.id = ANY(%(ids)s::bigint[])"], {"ids": list(ids)})
    by_id = {row["id"]: row["code"] for row in found}
    return [by_id[id_] for id_ in ids]
