"""Lists of master data by key, and single records by code, for pages and API alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from gendan.catalog.queries.names import known_name
from gendan.catalog.queries.views import ADDRESSES, BINS, VIEWS, Row, View, select
from gendan.kernel import db, fields, paging, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.paging import Page
from gendan.kernel.search import search_query
from gendan.kernel.unit import view_permission
from gendan.kernel.values import is_clean

VIEW = view_permission("catalog.view", _("查看基础资料"))
VIEW_PRICE = view_permission("purchasing.view_price", _("查看采购价格"))
VIEW_SALES_PRICE = view_permission("sales.view_price", _("查看销售价格和信用额度"))
VIEW_COST = view_permission("sales.view_cost", _("查看成本、最低售价和毛利"))
# What only holders of a further permission see of a resource, whole or a field of it; others read null.
ASKED: Mapping[str, str] = {"prices": VIEW_PRICE, "sales-prices": VIEW_SALES_PRICE}
HIDDEN: Mapping[str, Mapping[str, str]] = {
    "products": {"floor_price": VIEW_COST, "standard_cost": VIEW_COST},
    "partners": {"credit_limit": VIEW_SALES_PRICE},
    "customer-classes": {"discount": VIEW_SALES_PRICE},
}
SEARCHED = frozenset({"products", "partners"})
CHUNK = 2_000
COUNT_CAP = 1_000

Filter = Callable[[str], tuple[str, dict[str, Any]]]


def _flag(column: str) -> Filter:
    def build(value: str) -> tuple[str, dict[str, Any]]:
        wanted = {"true": True, "1": True, "false": False, "0": False}.get(value.lower())
        if wanted is None:
            raise Invalid({column: f"{column}: true | false"})
        return f"{column if '.' in column else 't.' + column} = {'true' if wanted else 'false'}", {}

    return build


def _equals(sql: str, name: str) -> Filter:
    return lambda value: (f"{sql} = %({name})s", {name: value})


def _role(value: str) -> tuple[str, dict[str, Any]]:
    if value not in {"supplier", "customer"}:
        raise Invalid({"role": "role: supplier | customer"})
    return f"t.is_{value}", {}


def _source(value: str) -> tuple[str, dict[str, Any]]:
    empty = {"customer": "t.customer_id IS NOT NULL", "class": "t.customer_class_id IS NOT NULL",
             "list": "t.customer_id IS NULL AND t.customer_class_id IS NULL"}  # fmt: skip
    if value not in empty:
        raise Invalid({"source": "source: customer | class | list"})
    return empty[value], {}


FILTERS: Mapping[str, Mapping[str, Filter]] = {
    "products": {
        "active": _flag("is_active"),
        "category": _equals("c.code", "category"),
        "lot_tracked": _flag("lot_tracked"),
    },
    "partners": {
        "active": _flag("is_active"),
        "role": _role,
        "country": _equals("t.country", "country"),
        "supplier_group": _equals("t.supplier_group", "supplier_group"),
        "customer_class": _equals("cc.code", "customer_class"),
        "salesperson": _equals("su.username", "salesperson"),
    },
    "addresses": {"active": _flag("is_active"), "partner": _equals("s.code", "partner")},
    "prices": {
        "supplier": _equals("s.code", "supplier"),
        "product": _equals("p.code", "product"),
        "currency": _equals("t.currency", "currency"),
    },
    "sales-prices": {
        "customer": _equals("s.code", "customer"),
        "customer_class": _equals("cc.code", "customer_class"),
        "source": _source,
        "product": _equals("p.code", "product"),
        "currency": _equals("t.currency", "currency"),
    },
    "bins": {
        "active": _flag("is_active"),
        "warehouse": _equals("w.code", "warehouse"),
        "kind": _equals("t.kind", "kind"),
    },
    **{
        name: {"active": _flag("is_active")}
        for name in ("warehouses", "units", "categories", "currencies", "taxes", "customer-classes")
    },
}
# How a list is ordered: SQL of the key (which ends in something unique) and the names of its parts in a row.
ORDERS: Mapping[str, Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "prices": {"code": (("p.code", "s.code", "t.id"), ("product", "supplier", "id"))},
    "addresses": {"code": (("s.code", "t.code", "t.id"), ("partner", "code", "id"))},
    "sales-prices": {"code": (("p.code", "t.id"), ("product", "id"))},
    "bins": {"code": (("w.code", "t.code", "t.id"), ("warehouse", "code", "id"))},
}
_BY_CODE = {"code": (("t.code",), ("code",))}
_BY_NAME = {"name": (("t.sort_key", "t.id"), ("sort_key", "id"))}


def view_of(resource: str) -> str:
    """The permission to see a resource."""
    return ASKED.get(resource, VIEW)


def may_see(actor: Actor, resource: str) -> None:
    """Refuse who may not see the resource."""
    actor.must(VIEW)
    if resource in ASKED:
        actor.must(ASKED[resource])


def shown_to(actor: Actor, resource: str, found: list[Row]) -> list[Row]:
    """The rows without what the actor may not see of them."""
    hidden = [name for name, needed in HIDDEN.get(resource, {}).items() if not actor.may(needed)]
    found = fields.mask(actor, resource.removesuffix("s"), found, "")
    return [{**row, **dict.fromkeys(hidden)} for row in found] if hidden else found


def _conditions(actor: Actor, resource: str, q: str, filters: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
    where = scope.conditions(actor, resource, "t")
    params: dict[str, Any] = {}
    for name, value in {"q": q, **filters}.items():
        if not is_clean(value):
            raise Invalid({name: name})
    if q.strip():
        sql, values = _search(actor, resource, q.strip())
        where.append(sql)
        params.update(values)
    for name, value in filters.items():
        if value != "":
            sql, values = FILTERS[resource][name](value)
            where.append(sql)
            params.update(values)
    return where, params


def words_shown(actor: Actor, alias: str, like: str) -> str:
    """What a search for partners has to fulfil beside, where their tax numbers or contacts are hidden from the actor:
    these are among its words. ``like`` is the name of the parameter; "" for nearly everybody.
    """
    if not fields.hides(actor, "partner", "tax_id", "contacts"):
        return ""
    names = " OR ".join(f"{alias}.{name} ILIKE %({like})s::text" for name in ("code", "name", "short_name", "sort_key"))
    return f" AND ({names})"


def _search(actor: Actor, resource: str, q: str) -> tuple[str, dict[str, Any]]:
    """The condition that a row is meant by what was typed."""
    query = search_query(q)
    if resource in SEARCHED:
        shown = words_shown(actor, "t", "like") if resource == "partners" else ""
        given = {"q": query, **({"like": f"%{_like(q)}%"} if shown else {})}
        return (f"t.search @@ %(q)s::tsquery{shown}", given) if query else ("t.code = %(q)s", {"q": q})
    partner = words_shown(actor, "s", "like")
    if resource == "prices":
        found = f"p.search @@ %(q)s::tsquery OR s.search @@ %(q)s::tsquery{partner} OR t.supplier_code ILIKE %(like)s"
        return f"({found})", {"q": query, "like": f"%{_like(q)}%"}
    if resource == "sales-prices":
        named = "cc.name ILIKE %(like)s OR cc.code = %(typed)s"
        found = f"p.search @@ %(q)s::tsquery OR s.search @@ %(q)s::tsquery{partner} OR {named}"
        return f"({found})", {"q": query, "like": f"%{_like(q)}%", "typed": q}
    return "(t.code ILIKE %(like)s OR t.name ILIKE %(like)s)", {"like": f"%{_like(q)}%"}


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def rows(
    actor: Actor,
    resource: str,
    *,
    q: str = "",
    filters: Mapping[str, str] | None = None,
    sort: str = "code",
    after: str | None = None,
    limit: int | None = None,
) -> Page[Row]:
    """A page of a resource: searched, filtered, after a cursor; one statement."""
    may_see(actor, resource)
    where, params = _conditions(actor, resource, q, filters or {})
    orders = ORDERS.get(resource) or {**_BY_CODE, **(_BY_NAME if resource in SEARCHED else {})}
    sql_key, names = orders.get(sort.removeprefix("-")) or orders["code"]
    view = VIEWS[resource]
    if "sort_key" in names:
        view = View(view.source, {**view.columns, "sort_key": "t.sort_key"}, view.lists, view.scope)
    down = sort.startswith("-")
    if key := paging.decode(after, len(names)):
        sign = "<" if down else ">"
        where.append(f"({', '.join(sql_key)}) {sign} ({', '.join(f'%(k{i})s' for i in range(len(key)))})")
        params.update({f"k{i}": part for i, part in enumerate(key)})
    size = paging.limited(limit)
    order = ", ".join(f"{part} DESC" if down else part for part in sql_key)
    found = shown_to(actor, resource, select(view, actor.company_id, where, params, order, size + 1))
    return paging.cut(found, size, lambda row: [row[name] for name in names])


def count(actor: Actor, resource: str, q: str = "", filters: Mapping[str, str] | None = None) -> int:
    """How many match, up to ``COUNT_CAP`` + 1: more than that is «many» and costs no more."""
    may_see(actor, resource)
    where, params = _conditions(actor, resource, q, filters or {})
    view = VIEWS[resource]
    sql = f"SELECT 1 FROM {view.source} WHERE {' AND '.join([view.scope, *where])} LIMIT {COUNT_CAP + 1}"
    found = db.row(f"SELECT count(*) FROM ({sql}) AS found", {"company": actor.company_id, **params})
    return int(found[0]) if found else 0


def record(actor: Actor, resource: str, code: str) -> Row:
    """One record by its code."""
    may_see(actor, resource)
    where = ["t.code = %(code)s", *scope.conditions(actor, resource, "t")]
    found = select(VIEWS[resource], actor.company_id, where, {"code": code}) if is_clean(code) else []
    if not found:
        raise NotFound(what=code)
    return shown_to(actor, resource, found)[0]


def bin_record(actor: Actor, warehouse: str, code: str) -> Row:
    """One bin by warehouse and code."""
    may_see(actor, "bins")
    where = ["w.code = %(warehouse)s", "t.code = %(code)s", *scope.conditions(actor, "bins", "t")]
    params = {"warehouse": warehouse, "code": code}
    found = select(BINS, actor.company_id, where, params) if is_clean(warehouse + code) else []
    if not found:
        raise NotFound(what=f"{warehouse} {code}")
    return found[0]


def address_record(actor: Actor, partner: str, code: str) -> Row:
    """One address by partner and code."""
    may_see(actor, "addresses")
    where = ["s.code = %(partner)s", "t.code = %(code)s", *scope.conditions(actor, "addresses", "t")]
    params = {"partner": partner, "code": code}
    found = select(ADDRESSES, actor.company_id, where, params) if is_clean(partner + code) else []
    if not found:
        raise NotFound(what=f"{partner} {code}")
    return found[0]


def record_by_id(actor: Actor, resource: str, id_: int) -> Row:
    """One record of a resource whose key has many parts, by its id."""
    may_see(actor, resource)
    where = ["t.id = %(id)s", *scope.conditions(actor, resource, "t")]
    found = select(VIEWS[resource], actor.company_id, where, {"id": id_})
    if not found:
        raise NotFound(what=str(id_))
    return found[0]


def price_record(actor: Actor, price_id: int) -> Row:
    """One supplier price by its id."""
    return record_by_id(actor, "prices", price_id)


def every(actor: Actor, resource: str, filters: Mapping[str, str]) -> Iterator[Row]:
    """All rows that match, in chunks, so that memory stays flat: for exports. ``q`` may be among the filters."""
    may_see(actor, resource)
    wanted = dict(filters)
    q = wanted.pop("q", "")
    where, params = _conditions(actor, resource, q, wanted)
    last = 0
    while True:
        found = select(
            VIEWS[resource], actor.company_id, [*where, "t.id > %(last)s"], {**params, "last": last}, "t.id", CHUNK
        )
        yield from shown_to(actor, resource, found)
        if len(found) < CHUNK:
            return
        last = found[-1]["id"]


def choices(actor: Actor, resource: str) -> list[Row]:
    """All active records of a small resource (units, currencies, customer classes …), for a select box: called in the
    reader's language where they are what every company starts with.
    """
    may_see(actor, resource)
    where = ["t.is_active", *scope.conditions(actor, resource, "t")]
    found = select(VIEWS[resource], actor.company_id, where, order="t.code", limit=1_000)
    for row in found:
        row["name"] = known_name(row["name"])
    return shown_to(actor, resource, found)
