"""Master data under /api/v1: the same six routes for every resource; bins below their warehouse, addresses below their
partner, prices by id."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from ninja.params import functions as params
from pydantic import BaseModel

from gendan.catalog import bodies, commands, queries
from gendan.catalog.steps.master import SPECS, Spec
from gendan.kernel.actor import Actor
from gendan.kernel.api import ProblemOut, caller
from gendan.kernel.bulk import shown
from gendan.kernel.unit import Done

router = Router(tags=["catalog"])
PROBLEMS = frozenset({400, 401, 403, 404, 409, 422})
CREATED = 201
FROM_QUERY: Any = params.Query(...)


def _given(body: BaseModel) -> dict[str, Any]:
    return body.model_dump(exclude_unset=True)


def _writer(request: HttpRequest, resource: str) -> Actor:
    """The caller, who may also see what is answered: refused before anything is saved, not after."""
    actor = caller(request)
    queries.may_see(actor, resource)
    return actor


def _listing(spec: Spec, request: HttpRequest, query: Any, **fixed: str) -> dict[str, Any]:
    wanted = {name: getattr(query, name, "") for name in queries.FILTERS[spec.resource]} | fixed
    page = queries.rows(
        caller(request),
        spec.resource,
        q=query.q,
        filters=wanted,
        sort=getattr(query, "sort", "code"),
        after=query.after,
        limit=query.limit,
    )
    return {"items": shown(page.items), "after": page.after}


def _route(method: str, path: str, name: str, summary: str, view: Callable[..., Any], **response: Any) -> None:
    """Add a route; ``response`` maps ``ok`` to the answer's shape."""
    status = CREATED if method == "POST" else 200
    view.__name__ = name
    router.add_api_operation(
        path,
        [method],
        view,
        operation_id=name,
        summary=summary,
        response={status: response["ok"], PROBLEMS: ProblemOut},
    )


def _typed(view: Callable[..., Any], **annotations: Any) -> Callable[..., Any]:
    view.__annotations__.update(annotations)
    return view


def _again(view: Callable[..., Any], **annotations: Any) -> Callable[..., Any]:
    """The same view under a second name: a route names its view."""

    def other(request: HttpRequest, code: str, body: Any) -> Any:
        return view(request, code, body)

    return _typed(other, **annotations)


def _offer(spec: Spec) -> None:
    """List, one, create, change, switch off for a resource that is addressed by its code."""
    resource, kind, save = spec.resource, spec.kind, commands.SAVE[spec.resource]
    words, several = kind.replace("_", " "), resource.replace("-", "_")
    out = bodies.answer(spec)
    one = f"/{resource}/{{{'path:' if resource != 'warehouses' else ''}code}}"

    def listing(request: HttpRequest, query: Any = FROM_QUERY) -> Any:
        return _listing(spec, request, query)

    def create(request: HttpRequest, body: Any) -> Any:
        done = save(actor=_writer(request, resource), values=_given(body), new=True)
        return Status(CREATED, shown(queries.record(caller(request), resource, done.number)))

    def read(request: HttpRequest, code: str) -> Any:
        return shown(queries.record(caller(request), resource, code))

    def change(request: HttpRequest, code: str, body: Any) -> Any:
        values = _given(body)
        version = values.pop("version", None)
        save(actor=_writer(request, resource), values={**values, "code": code}, version=version, new=False)
        return shown(queries.record(caller(request), resource, code))

    def switch_off(request: HttpRequest, code: str, version: int | None = None) -> Any:
        key = {"code": code}
        actor = _writer(request, resource)
        commands.set_active(actor=actor, resource=resource, key=key, active=False, version=version)
        return shown(queries.record(caller(request), resource, code))

    base, asked = f"/{resource}", bodies.filters(spec)
    new, changes = bodies.create_body(spec), bodies.update_body(spec)
    page = bodies.answers(spec, out)
    _route("GET", base, f"list_{several}", f"List {several.replace('_', ' ')}", _typed(listing, query=asked), ok=page)
    _route("POST", base, f"create_{kind}", f"Make a {words}", _typed(create, body=new), ok=out)
    _route("GET", one, f"read_{kind}", f"One {words}", read, ok=out)
    for method, verb in (("PATCH", "change"), ("PUT", "put")):
        _route(method, one, f"{verb}_{kind}", f"Change a {words}", _again(change, body=changes), ok=out)
    _route("DELETE", one, f"switch_off_{kind}", f"Switch a {words} off", switch_off, ok=out)


def _offer_bins(spec: Spec) -> None:
    """Bins below their warehouse."""
    out, base = bodies.answer(spec), "/warehouses/{warehouse}/bins"

    def record(request: HttpRequest, warehouse: str, code: str) -> Any:
        return shown(queries.bin_record(caller(request), warehouse, code))

    def listing(request: HttpRequest, warehouse: str, query: Any = FROM_QUERY) -> Any:
        return _listing(spec, request, query, warehouse=warehouse)

    def create(request: HttpRequest, warehouse: str, body: Any) -> Any:
        values = {**_given(body), "warehouse": warehouse}
        done = commands.save_bin(actor=_writer(request, "bins"), values=values, new=True)
        return Status(CREATED, record(request, warehouse, done.number))

    def change(request: HttpRequest, warehouse: str, code: str, body: Any) -> Any:
        values = _given(body)
        version = values.pop("version", None)
        key = {"warehouse": warehouse, "code": code}
        commands.save_bin(actor=_writer(request, "bins"), values={**values, **key}, version=version, new=False)
        return record(request, warehouse, code)

    def switch_off(request: HttpRequest, warehouse: str, code: str, version: int | None = None) -> Any:
        key = {"warehouse": warehouse, "code": code}
        commands.set_active(actor=_writer(request, "bins"), resource="bins", key=key, active=False, version=version)
        return record(request, warehouse, code)

    one, page = f"{base}/{{code}}", bodies.answers(spec, out)
    body = bodies.create_body(spec, without=("warehouse",))
    _route("GET", base, "list_bins", "Bins of a warehouse", _typed(listing, query=bodies.filters(spec)), ok=page)
    _route("POST", base, "create_bin", "Make a bin", _typed(create, body=body), ok=out)
    _route("GET", one, "read_bin", "One bin", record, ok=out)
    _route("PATCH", one, "change_bin", "Change a bin", _typed(change, body=bodies.update_body(spec)), ok=out)
    _route("DELETE", one, "switch_off_bin", "Switch a bin off", switch_off, ok=out)


def _offer_addresses(spec: Spec) -> None:
    """Addresses below their partner, whose code may contain slashes: so they come before the partner itself."""
    out, base = bodies.answer(spec), "/partners/{path:partner}/addresses"

    def record(request: HttpRequest, partner: str, code: str) -> Any:
        return shown(queries.address_record(caller(request), partner, code))

    def listing(request: HttpRequest, partner: str, query: Any = FROM_QUERY) -> Any:
        return _listing(spec, request, query, partner=partner)

    def create(request: HttpRequest, partner: str, body: Any) -> Any:
        actor = _writer(request, "addresses")
        queries.record(actor, "partners", partner)
        done = commands.save_address(actor=actor, values={**_given(body), "partner": partner}, new=True)
        return Status(CREATED, shown(queries.record_by_id(caller(request), "addresses", done.id)))

    def change(request: HttpRequest, partner: str, code: str, body: Any) -> Any:
        values = _given(body)
        version = values.pop("version", None)
        actor = _writer(request, "addresses")
        row = queries.address_record(actor, partner, code)
        key = {"partner": row["partner"], "code": row["code"]}
        done = commands.save_address(actor=actor, values={**values, **key}, version=version, new=False)
        return shown(queries.record_by_id(caller(request), "addresses", done.id))

    def switch_off(request: HttpRequest, partner: str, code: str, version: int | None = None) -> Any:
        actor = _writer(request, "addresses")
        queries.address_record(actor, partner, code)
        key = {"partner": partner, "code": code}
        commands.set_active(actor=actor, resource="addresses", key=key, active=False, version=version)
        return record(request, partner, code)

    one, page = f"{base}/{{path:code}}", bodies.answers(spec, out)
    body, changes = bodies.create_body(spec, without=("partner",)), bodies.update_body(spec)
    asked = bodies.filters(spec)
    _route("GET", base, "list_addresses", "Addresses of a partner", _typed(listing, query=asked), ok=page)
    _route("POST", base, "create_address", "Make an address", _typed(create, body=body), ok=out)
    _route("GET", one, "read_address", "One address", record, ok=out)
    _route("PATCH", one, "change_address", "Change an address", _typed(change, body=changes), ok=out)
    _route("DELETE", one, "switch_off_address", "Switch an address off", switch_off, ok=out)


def _offer_credit(spec: Spec) -> None:
    """The credit limit of a partner, for those who may set nothing else of it."""

    def put(request: HttpRequest, partner: str, body: bodies.CreditIn) -> Any:
        actor = _writer(request, "partners")
        commands.save_credit(actor=actor, code=partner, credit_limit=body.credit_limit, version=body.version)
        return shown(queries.record(caller(request), "partners", partner))

    out = bodies.answer(spec)
    _route("PUT", "/partners/{path:partner}/credit", "put_credit", "Set the credit limit of a partner", put, ok=out)


def _offer_prices(spec: Spec, delete_one: Callable[..., Done]) -> None:
    """Prices by id, since their key has many parts."""
    resource, save = spec.resource, commands.SAVE[spec.resource]
    base, kind, words = f"/{resource}", spec.kind, spec.kind.replace("_", " ")
    out, one = bodies.answer(spec), f"{base}/{{price_id}}"

    def record(request: HttpRequest, price_id: int) -> Any:
        return shown(queries.record_by_id(caller(request), resource, price_id))

    def listing(request: HttpRequest, query: Any = FROM_QUERY) -> Any:
        return _listing(spec, request, query)

    def create(request: HttpRequest, body: Any) -> Any:
        done = save(actor=_writer(request, resource), values=_given(body), new=True)
        return Status(CREATED, record(request, done.id))

    def change(request: HttpRequest, price_id: int, body: Any) -> Any:
        actor, values = caller(request), _given(body)
        version = values.pop("version", None)
        row = queries.record_by_id(actor, resource, price_id)
        key = {name: row[name] for name in spec.key}
        save(actor=actor, values={**values, **key}, version=version, new=False)
        return record(request, price_id)

    def delete(request: HttpRequest, price_id: int, version: int | None = None) -> Any:
        row = record(request, price_id)
        delete_one(actor=caller(request), price_id=price_id, version=version)
        return row

    page, asked, new = bodies.answers(spec, out), bodies.filters(spec), bodies.create_body(spec)
    _route("GET", base, f"list_{kind}s", f"List {words}s", _typed(listing, query=asked), ok=page)
    _route("POST", base, f"create_{kind}", f"Make a {words}", _typed(create, body=new), ok=out)
    _route("GET", one, f"read_{kind}", f"One {words}", record, ok=out)
    _route("PATCH", one, f"change_{kind}", f"Change a {words}", _typed(change, body=bodies.update_body(spec)), ok=out)
    _route("DELETE", one, f"delete_{kind}", f"Delete a {words}", delete, ok=out)


_offer_addresses(SPECS["addresses"])
_offer_credit(SPECS["partners"])
for _spec in SPECS.values():
    if _spec.resource not in {"bins", "addresses", "prices", "sales-prices"}:
        _offer(_spec)
_offer_bins(SPECS["bins"])
_offer_prices(SPECS["prices"], commands.delete_price)
_offer_prices(SPECS["sales-prices"], commands.delete_sales_price)
