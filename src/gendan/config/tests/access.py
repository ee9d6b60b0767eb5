"""Every door of the product, and a world behind them, for the test of who may open which."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from gendan.config.api import api
from gendan.config.tests.access_forms import FORMS
from gendan.config.tests.access_world import PDF, World
from gendan.kernel.pdf import PRINTS

TABLE = Path(__file__).resolve().parents[4] / "tests" / "access.txt"
# allauth's own pages know no companies and no permissions; these are for everybody.
OUTSIDE = ("accounts/", "api/v1/", "_kit")
PUBLIC = (
    *("health", "web:favicon", "web:set_language", "web:set_theme", "carriers:push"),
    # where suppliers sign in: tests/access_suppliers.txt
    *(f"portal:supplier_{name}" for name in ("entrance", "sign_in", "sign_out", "forgot", "switch")),
)


@dataclass(frozen=True)
class Door:
    """A page (by url name, with the values of arguments that choose between verbs) or an API operation (by path)."""

    method: str
    name: str

    @property
    def is_api(self) -> bool:
        return self.name.startswith("/")

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


@dataclass(frozen=True)
class Rule:
    """What opens a door: all these permissions; none means that being signed in is enough.

    ``own``: the address names nothing that belongs to a company; a stranger finds a door of their own behind it.
    ``inline``: a refusal is shown inside the page, with status 200 (pages for scanners, results of many at once).
    ``author``: it is open to the author of the document only.
    ``token``: it is open to who has a link, whoever that is; the token in the address is the key.
    ``supplier``: it is open to programs of suppliers only; tests/access_suppliers.txt says to which.
    """

    permissions: tuple[str, ...]
    own: bool = False
    inline: bool = False
    author: bool = False
    token: bool = False
    supplier: bool = False


def declared() -> dict[Door, Rule]:
    """The rules as they are written down in tests/access.txt."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            method, name, *words = line.split()
            flags = {word.strip("[]"): True for word in words if word.startswith("[")}
            permissions = tuple(word for word in words if "." in word)
            found[Door(method, name)] = Rule(permissions, **flags)
    return found


def _patterns(patterns: list[Any], route: str = "", space: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns, here, f"{pattern.namespace}:" if pattern.namespace else space)
        elif not here.startswith(OUTSIDE) and space + (pattern.name or here) not in PUBLIC:
            yield space + (pattern.name or here), here, pattern


@cache
def routes() -> dict[str, str]:
    """Every page: url name → route."""
    return {name: route for name, route, _pattern in _patterns(get_resolver().url_patterns)}


@cache
def schema() -> dict[str, Any]:
    """The API, as it describes itself."""
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))  # type: ignore[no-any-return]


def operations() -> list[Door]:
    """Every operation of the API."""
    return [
        Door(method.upper(), path.removeprefix("/api/v1"))
        for path, methods in schema()["paths"].items()
        for method in methods
    ]


# What an argument of an address is called depends on where it stands.
_BY_PLACE: tuple[tuple[str, dict[str, str]], ...] = (
    *((place, {"number": "po"}) for place in ("purchase-orders", "order-lines")),
    ("sales-orders", {"number": "so"}),
    ("deliveries", {"number": "dn"}),
    *((place, {"number": "rtv"}) for place in ("purchase-returns", "rtv/")),
    *((place, {"number": "qi"}) for place in ("qi/", "inspections")),
    *((place, {"number": "car"}) for place in ("car/", "corrective-actions")),
    *((place, {"number": "rma"}) for place in ("returns", "rma/")),
    ("bills", {"number": "bill"}),
    ("payments", {"number": "pay"}),
    *((place, {"number": "rfq"}) for place in ("rfq/", "inquiries")),
    ("contracts", {"number": "fc"}),
    *((place, {"number": "qu"}) for place in ("qu/", "quotations")),
    ("c/", {"number": "dn"}),
    ("s/", {"number": "po"}),
    ("supplier/changes", {"number": "co"}),
    ("supplier/shipments", {"number": "asn"}),
    ("supplier/", {"number": "po"}),
    ("dn/", {"number": "dn"}),
    *((place, {"number": "wave"}) for place in ("wv/", "waves")),
    ("po/", {"number": "po"}),
    *((place, {"number": "co"}) for place in ("co/", "changes/")),
    *((place, {"number": "case"}) for place in ("ex/", "cases")),
    ("so/", {"number": "so"}),
    *((place, {"number": "pr"}) for place in ("pr/", "requisitions")),
    ("asn/", {"number": "asn"}),
    ("shipments", {"number": "asn"}),
    ("transport/asn/", {"number": "asn"}),
    ("arrivals", {"number": "asn"}),
    ("gr/", {"number": "gr"}),
    ("receive/undo", {"number": "gr"}),
    ("receipts", {"number": "gr"}),
    *((place, {"number": "tr"}) for place in ("tr/", "transfers")),
    *((place, {"number": "aj"}) for place in ("aj/", "adjustments")),
    *((place, {"number": "sc"}) for place in ("sc/", "counts")),
    ("timeline", {"number": "po"}),
    ("comments", {"number": "po"}),
    ("attachments", {"number": "po"}),
    ("documents", {"number": "po"}),
    ("approvals/", {"number": "po"}),
    ("tracking", {"number": "parcel"}),
    ("carriers", {"number": "parcel"}),
    *((place, {"number": "flow_version"}) for place in ("flows", "settings/flows")),
    ("m/work/pick", {"number": "dn"}),
    ("m/work/count", {"number": "sc"}),
)
_CODES = {
    "products": "X-PRODUCT",
    "plans": "X-PLAN",
    "inspection-plans": "X-PLAN",
    "partners": "X-SUPPLIER",
    "warehouses": "WX",
    "docks": "X-DOCK",
    "transport": "X-DOCK",
    "units": "XU",
    "currencies": "XTS",
    "taxes": "XT",
    "categories": "XC",
    "bins": "BX",
    "stock": "X-PRODUCT",
    "roles": "xrole",
    "departments": "XDEP",
    "basics": "XU",
    "carriers": "XCR",
    "notices": "xchat",
    "notice-channels": "xchat",
    "customer-classes": "XK",
    "addresses": "XA",
    "credit": "X-SUPPLIER",
    "case-rules": "overdue_receipt",
    "rules": "overdue_receipt",
    "own-rules": "own-1",
    "own-case-rules": "own-1",
    "trial": "late_confirmation",
    "remedies": "accept_difference",
}
_FIXED = {
    "kind": "po",
    "username": "xuser",
    "warehouse": "WX",
    "supplier": "X-SUPPLIER",
    "file_id": 1,
    "partner": "X-SUPPLIER",
    "resource": "products",
    "to": "off",
    "line": 1,
    "direction": "out",
    "carrier": "XCR",
    "entry": 1,
    "no": 1,
    "slug": "index",
    "name": "x.png",
    "token": "0" * 32,
    "verb": "none",
    "task_id": 1,
    "delegate_id": 1,
    "substitute_id": 1,
    "language": "en",
    "occasion": "shipped",
    "browser_id": 1,
    "week": "2026-11-16",
    "version": 1,
    "work": "x",
}


def arguments(world: World, route: str, wanted: list[str]) -> dict[str, Any]:
    """Values for the arguments of an address, naming what exists in the world."""
    route = route.lstrip("/")
    found: dict[str, Any] = {}
    for name in wanted:
        if name == "number":
            place = next(given for start, given in _BY_PLACE if route.startswith(start))
            found[name] = world.names[place["number"]]
        elif name == "code":
            parts = route.replace("{warehouse}/bins", "bins").split("/")
            found[name] = next(_CODES[part] for part in reversed(parts) if part in _CODES)
        elif name == "kind" and "notice" in route:
            found[name] = "mention"
        elif name == "price_id" and "sales-prices" in route:
            found[name] = world.names["sales_price_id"]
        else:
            found[name] = world.names.get(name, _FIXED.get(name, "x"))
    if route.startswith("catalog/basics"):
        found["resource"] = "units"
    return found


# What is narrowed by department, warehouse, supplier or product; numbers of documents are told by their shape.
NARROWED = ("X-PRODUCT", "X-SUPPLIER", "WX")
_NUMBERED = re.compile(r"[A-Z]{2,6}-\d{6,}")


def named(world: World, door: Door) -> list[str]:
    """What the address of a door names that a scope can hide."""
    if door.is_api:
        route, wanted = door.name, [part.split("}")[0] for part in door.name.split("{")[1:]]
    else:
        route = routes()[door.name.partition("?")[0]]
        wanted = [part.split(">")[0].split(":")[-1] for part in route.split("<")[1:]]
    given = [str(value) for value in arguments(world, route, wanted).values()]
    return [value for value in given if is_hidden(value)]


def is_hidden(value: str) -> bool:
    """Whether it is the name of something that a scope hides."""
    return value in NARROWED or _NUMBERED.fullmatch(value) is not None


_EXAMPLES = {
    "product": "X-PRODUCT",
    "supplier": "X-SUPPLIER",
    "customer": "X-CUSTOMER",
    "warehouse": "WX",
    "order": "PO-9",
}


def example(part: dict[str, Any], name: str = "") -> Any:
    """The smallest JSON that a schema accepts."""
    if "$ref" in part:
        part = schema()["components"]["schemas"][part["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in part:
        part = next((one for one in part["anyOf"] if one.get("type") != "null"), part["anyOf"][0])
        return example(part, name)
    if "enum" in part:
        return part["enum"][0]
    kind = part.get("type")
    if kind == "object" or "properties" in part:
        return {key: example(part["properties"][key], key) for key in part.get("required", ())}
    if kind == "array":
        return [example(part["items"], name)]
    if kind == "boolean":
        return False
    if kind in {"integer", "number"}:
        return 1
    if part.get("format") == "date":
        return "2026-12-01"
    if part.get("format") == "date-time":
        return "2099-12-01T00:00:00Z"
    if "pattern" in part and "number" not in name:
        return "1"
    return {
        "product": "X-PRODUCT",
        "supplier": "X-SUPPLIER",
        "customer": "X-CUSTOMER",
        "warehouse": "WX",
        "order": "PO-9",
    }.get(name, "x")


def ask(world: World, who: str, door: Door, form: dict[str, Any]) -> Any:
    """Knock at a door as somebody; ``form`` overrides what a page posts or an API body says."""
    if door.is_api:
        return _ask_api(world, who, door, form)
    name, _sep, chosen = door.name.partition("?")
    route = routes()[name]
    wanted = [part.split(">")[0].split(":")[-1] for part in route.split("<")[1:]]
    given = {**arguments(world, route, wanted), **dict(parse_qsl(chosen))}
    address = reverse(name, kwargs=given)
    client = world.clients[who]
    asked = {"Accept": "application/json"} if who != "visitor" else {}
    if door.method == "POST":
        return client.post(address, form, headers=asked)
    form = {key: str(value).format(**world.names) for key, value in form.items()}
    return client.get(address + (f"?{urlencode(form)}" if form else ""), headers=asked)


def _ask_api(world: World, who: str, door: Door, form: dict[str, Any]) -> Any:
    path = f"/api/v1{door.name}"
    described = schema()["paths"][path][door.method.lower()]
    wanted = [part.split("}")[0] for part in path.split("{")[1:]]
    given = arguments(world, door.name, wanted)
    address = path
    for name, value in given.items():
        address = address.replace("{" + name + "}", str(value))
    headers = {"Authorization": f"Bearer {world.keys[who]}"} if who in world.keys else {}
    content = described.get("requestBody", {}).get("content", {})
    client = Client()
    if "multipart/form-data" in content:
        file = SimpleUploadedFile("x.pdf", PDF)
        return client.post(address, {"file": file}, headers=headers)
    body = example(content["application/json"]["schema"]) if "application/json" in content else None
    if isinstance(body, dict):
        body |= form
    elif form:
        address += f"?{urlencode(form)}"
    data = "" if body is None else json.dumps(body)
    return client.generic(door.method, address, data, content_type="application/json", headers=headers)


def form_of(door: Door) -> dict[str, Any]:
    """What is sent to a door beside its address."""
    return FORMS.get(str(door), {})


def verbs() -> dict[str, set[str]]:
    """Pages that do what the last part of their address says, and what it can say."""
    from gendan.alerts.views import case
    from gendan.changes.views import pages as changes
    from gendan.purchasing.views import orders, purchase_returns, requisitions
    from gendan.quality.views import actions
    from gendan.sales.views import orders as sales_orders
    from gendan.sales.views import quotations, returns
    from gendan.settlement.views import bills
    from gendan.sourcing.views import contracts, inquiries

    return {
        "changes:change_verb": set(changes.VERBS),
        "purchasing:order_verb": set(orders.VERBS),
        "purchasing:requisition_verb": {*requisitions.VERBS, "copy"},
        "alerts:case_verb": set(case.VERBS),
        "alerts:case_bulk": {"assign", "dismiss", "reopen", "resolve", "snooze", "take"},
        "purchasing:order_bulk": {"approve", "submit"},
        "sales:order_verb": set(sales_orders.VERBS),
        "sales:quotation_verb": set(quotations.VERBS),
        "sourcing:inquiry_verb": set(inquiries.VERBS),
        "sourcing:contract_verb": set(contracts.VERBS),
        "settlement:bill_verb": set(bills.VERBS),
        "settlement:payment_verb": {"allocate", "reverse"},
        "sales:order_bulk": {"approve", "reserve", "submit"},
        "sales:delivery_verb": {"cancel", "pick"},
        "sales:return_verb": set(returns.VERBS),
        "purchasing:return_verb": set(purchase_returns.VERBS),
        "quality:action_verb": set(actions.VERBS),
        **{name: set(PRINTS) for name in ("kernel:print", "kernel:print_file")},
    }


def pages() -> list[Door]:
    """Every page with every method that it takes."""
    chosen = verbs()
    return [
        Door(method, f"{name}?{'name' if name.startswith('kernel:print') else 'verb'}={verb}" if verb else name)
        for name, _route, pattern in _patterns(get_resolver().url_patterns)
        for verb in sorted(chosen.get(name, ())) or [""]
        for method in _methods(pattern.callback)
    ]


def _methods(view: Any) -> list[str]:
    """What ``require_GET`` and its like let through; GET and POST where a view does not say."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            allowed = cell.cell_contents
            if isinstance(allowed, list | tuple) and allowed and set(allowed) <= {"GET", "HEAD", "POST"}:
                return sorted(set(allowed) - {"HEAD"})
        view = getattr(view, "__wrapped__", None)
    return ["GET", "POST"]
