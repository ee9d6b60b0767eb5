"""What of a company somebody sees: one place gives lists, counts, search, look-ups and commands the same condition.

A role may narrow what its holders see: documents of their own or of their department, warehouses, groups of suppliers,
categories of products. Several roles add up. Who is not narrowed (nearly everybody) gets no condition at all, so that
statements stay as they are. The texts name roles and people by id only: nothing that somebody typed gets into SQL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from gendan.kernel import db
from gendan.kernel.actor import Actor, Limit
from gendan.kernel.errors import NotFound

_DEPARTMENT = """(WITH RECURSIVE below(id) AS (
 SELECT m.department_id FROM accounts_membership m WHERE m.company_id = {company} AND m.user_id = {user}
 UNION SELECT d.id FROM below b JOIN accounts_department d ON d.parent_id = b.id)
 SELECT m.user_id FROM accounts_membership m WHERE m.company_id = {company}
  AND m.department_id IN (SELECT id FROM below)
 UNION SELECT {user})"""
_CODES = "(SELECT jsonb_array_elements_text(r.scope -> '{name}') FROM accounts_role r WHERE r.id = {role})"
_WAREHOUSES = "(SELECT w.id FROM catalog_warehouse w WHERE w.company_id = {company} AND w.code IN {codes})"
_SUPPLIERS = (
    "(SELECT p.id FROM catalog_partner p WHERE p.company_id = {company}"
    " AND (NOT p.is_supplier OR p.supplier_group IN {codes}))"
)
_PRODUCTS = """(WITH RECURSIVE within(id) AS (
 SELECT c.id FROM catalog_category c WHERE c.company_id = {company} AND c.code IN {codes}
 UNION SELECT c.id FROM within t JOIN catalog_category c ON c.parent_id = t.id)
 SELECT p.id FROM catalog_product p WHERE p.company_id = {company} AND p.category_id IN (SELECT id FROM within))"""
_NUMBER = re.compile(r"[A-Z]{2,6}-\d{6,}")
# Texts that people write or that come from elsewhere: what looks like a number there names nothing.
_WRITTEN = frozenset({
    "q", "reason", "note", "comment", "text", "name", "description", "key", "delivery_note", "supplier_reference",
    "customer_reference", "external_key", "external_id",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """How one kind of object is found to be within a scope.

    Conditions with ``{a}`` for the table's alias, and ``{people}``, ``{warehouses}``, ``{suppliers}``, ``{products}``
    for what is within; an empty one: such a restriction does not concern this kind. ``named``: arguments of commands
    and addresses that name such an object by its ``key``. ``through`` gives the whole condition of what is seen with
    another object, for the actor and an alias.
    """

    context: str
    table: str
    people: str = ""
    warehouses: str = ""
    suppliers: str = ""
    products: str = ""
    key: str = "number"
    prefix: str = ""
    named: tuple[str, ...] = ()
    through: Callable[[Actor, str], str] | None = None


# A condition under which one object of a kind (the alias) is seen by the actor although it is out of scope, "" when
# there is none; the last is the command by which the actor is going to write, "" for who only looks.
Opening = Callable[[Actor, str, str, str], str]

_REACHES: dict[str, Reach] = {}
_OPENINGS: list[Opening] = []
_BY_PREFIX: dict[str, str] = {}
_BY_NAME: dict[str, str] = {}


def register(kind: str, reach: Reach) -> None:
    """Say how objects of a kind are found to be within a scope; in ``ready()``."""
    _REACHES[kind] = reach
    if reach.prefix:
        _BY_PREFIX[reach.prefix] = kind
    _BY_NAME.update(dict.fromkeys(reach.named, kind))


def open_also(opening: Opening) -> None:
    """Let single objects be seen although they are out of scope, by who names them; lists never show them."""
    _OPENINGS.append(opening)


def kinds() -> frozenset[str]:
    """Every kind that a scope can narrow."""
    return frozenset(_REACHES)


def condition(actor: Actor, kind: str, alias: str) -> str:
    """What rows of a kind have to fulfil for the actor to see them; empty: nothing, all are seen."""
    if actor.scope is None:
        return ""
    reach = _REACHES.get(kind) or _REACHES.get(_BY_NAME.get(kind, ""))
    if reach and reach.through:
        found = reach.through(actor, alias)
        return f"({found})" if found else ""
    limits = actor.scope.of(reach.context) if reach else ()
    if not reach or not limits:
        return ""
    alternatives = [_alternative(actor, reach, alias, limit) for limit in limits]
    return "" if "" in alternatives else f"({' OR '.join(dict.fromkeys(alternatives))})"


def also(actor: Actor, kind: str, alias: str) -> str:
    """The condition to be appended to others: " AND …", or nothing."""
    found = condition(actor, kind, alias)
    return f" AND {found}" if found else ""


def conditions(actor: Actor, kind: str, alias: str) -> list[str]:
    """The condition as a list to be added to others: one, or none."""
    found = condition(actor, kind, alias)
    return [found] if found else []


def events_within(actor: Actor, alias: str = "e") -> str:
    """The condition on rows of the event log that they are about what the actor sees: documents and master data within
    the scope, of contexts that may be looked at. Everything else (people, roles, sign-ins) is out.
    """
    parts = ["false"]
    for kind, reach in sorted(_REACHES.items()):
        is_master = reach.context == "catalog"
        if not actor.may(f"{reach.context}.view") or not (reach.prefix or is_master):
            continue
        about = f"{alias}.subject_kind = '{kind.removesuffix('s') if is_master else kind}'"
        within = condition(actor, kind, "x")
        seen = f" AND EXISTS (SELECT 1 FROM {reach.table} x WHERE x.id = {alias}.subject_id AND {within})"
        parts.append(f"({about}{seen if within else ''})")
    return f"({' OR '.join(parts)})"


def is_narrowed(actor: Actor, kind: str) -> bool:
    """Whether the actor sees only some of a kind."""
    return bool(condition(actor, kind, "x"))


def _alternative(actor: Actor, reach: Reach, alias: str, limit: Limit) -> str:
    ids = {"company": int(actor.company_id), "user": int(actor.user_id or 0), "role": int(limit.role)}
    parts = []
    if limit.documents != "all" and reach.people:
        people = _DEPARTMENT.format(**ids) if limit.documents == "department" else f"({ids['user']})"
        parts.append(reach.people.format(a=alias, people=people))
    for narrowed, text, name, within in (
        (limit.warehouses, reach.warehouses, "warehouses", _WAREHOUSES),
        (limit.supplier_groups, reach.suppliers, "supplier_groups", _SUPPLIERS),
        (limit.categories, reach.products, "categories", _PRODUCTS),
    ):
        if narrowed and text:
            inner = within.format(codes=_CODES.format(name=name, **ids), **ids)
            key = "suppliers" if name == "supplier_groups" else "products" if name == "categories" else name
            parts.append(text.format(a=alias, **{key: inner}))
    return " AND ".join(parts)


def demand(actor: Actor, *given: Any, writing: str = "") -> bool:
    """Refuse with NotFound when what is given names something that exists but is out of the actor's scope, and is not
    open to them for another reason (``open_also``): to look at, or for the command that is ``writing``. Whether
    something is open for such a reason only.

    Documents are known by their numbers wherever they stand, master data by the names of arguments; one statement, and
    none for who is not narrowed.
    """
    if actor.scope is None:
        return False
    wanted = _by_kind(actor, _strings("", given))
    if not wanted:
        return False
    looks, params = [], list[Any]()
    for kind, keys in wanted.items():
        looks.append(_outside(actor, kind, writing))
        params += [actor.company_id, sorted(keys)]
    found = db.row(f"SELECT * FROM ({' UNION ALL '.join(looks)}) x(key, opened) ORDER BY opened LIMIT 1", params)
    if found and not found[1]:
        raise NotFound(what=found[0])
    return bool(found)


def sees(actor: Actor, kind: str, ids: Sequence[int]) -> set[int]:
    """Which of these objects of a kind the actor sees."""
    found = condition(actor, kind, "x")
    if not found or not ids:
        return set(ids)
    table = _REACHES[kind if kind in _REACHES else _BY_NAME[kind]].table
    seen = " OR ".join([found, *_openings(actor, kind)])
    sql = f"SELECT x.id FROM {table} x WHERE x.id = ANY(%s) AND ({seen})"
    return {row[0] for row in db.rows(sql, [list(ids)])}


def numbers_seen(actor: Actor, numbers: Iterable[str]) -> set[str]:
    """Which of these documents the actor sees, by number; one statement, and none for who is not narrowed."""
    known = set(numbers)
    looks, params = [], list[Any]()
    for kind, keys in _by_kind(actor, [("", number) for number in known]).items():
        looks.append(_outside(actor, kind))
        params += [actor.company_id, sorted(keys)]
    found = db.rows(" UNION ALL ".join(looks), params) if looks else []
    return known - {key for key, opened in found if not opened}


def _by_kind(actor: Actor, named: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """What is named, by kinds that are narrowed for the actor."""
    found: dict[str, set[str]] = {}
    for name, given in named:
        value = given.partition("@")[0]  # a version of a document is called PO-000001@2
        kind = _kind(name, value)
        if kind and condition(actor, kind, "x"):
            found.setdefault(kind, set()).add(value)
    return found


def _openings(actor: Actor, kind: str, writing: str = "") -> list[str]:
    return [text for opening in _OPENINGS if (text := opening(actor, kind, "x", writing))]


def _outside(actor: Actor, kind: str, writing: str = "") -> str:
    """SQL of the keys, of those asked for, that exist but are out of scope, and whether they are open nevertheless."""
    reach = _REACHES[kind]
    opened = " OR ".join(_openings(actor, kind, writing)) or "false"
    return (
        f"SELECT x.{reach.key}::text, ({opened}) FROM {reach.table} x WHERE x.company_id = %s"
        f" AND x.{reach.key} = ANY(%s) AND {condition(actor, kind, 'x')} IS NOT TRUE"
    )


def _kind(name: str, value: str) -> str:
    if name in _WRITTEN:
        return ""
    if _NUMBER.fullmatch(value):
        return _BY_PREFIX.get(value.partition("-")[0], "")
    return _BY_NAME.get(name, "")


def _strings(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text in a value, with the name under which it stands."""
    if isinstance(value, str):
        if value[:1] in "[{" and value[-1:] in "]}":
            try:
                yield from _strings(name, json.loads(value))
            except ValueError:
                return
        else:
            yield name, value.strip()
    elif isinstance(value, Mapping):
        many = getattr(value, "getlist", None)
        for key in value:
            yield from _strings(str(key), many(key) if many else value[key])
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _strings(one.name, getattr(value, one.name))
    elif isinstance(value, Iterable) and not isinstance(value, bytes | bytearray) and not hasattr(value, "read"):
        for one in value if isinstance(value, list | tuple | set | frozenset) else ():
            yield from _strings(name, one)
