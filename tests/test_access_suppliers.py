"""Who of a supplier may open which door: its own person with and without the right, of another supplier, of another
company, with a link only, one of ours, nobody. ``tests/access_suppliers.txt`` says what each door asks for; a door that
is not written down there fails the test.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from gendan.accounts.models import User
from gendan.accounts.tests.make import make_api_key, signed_in_client
from gendan.alerts import commands as alerts
from gendan.alerts.tests.make import cases, scan
from gendan.catalog.tests import make as catalog
from gendan.changes import commands as changes
from gendan.changes.targets import TARGETS
from gendan.config.tests import access
from gendan.config.tests.access import Door
from gendan.kernel import db
from gendan.portal import sessions
from gendan.portal.models import SupplierPerson
from gendan.portal.rules import RIGHTS
from gendan.portal.tests.accounts import invite, join, make_key
from gendan.purchasing import commands as purchasing
from gendan.purchasing.queries.sending import link_shown
from gendan.purchasing.tests import make as buying
from gendan.quality import commands as quality

from .undoing import begin, undo

TABLE = Path(__file__).parent / "access_suppliers.txt"
JSON = {"Accept": "application/json"}
GOODS = "X-NAME-OF-GOODS"


@dataclass(frozen=True)
class Rule:
    """The right that a door asks for (any of several), who it is open to."""

    rights: tuple[str, ...]
    person: bool = False
    public: bool = False
    empty: bool = False


def declared() -> dict[Door, Rule]:
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            method, name, right, *flags = line.split()
            rights = () if right == "-" else tuple(right.split("|"))
            found[Door(method, name)] = Rule(rights, *(f"[{flag}]" in flags for flag in ("person", "public", "empty")))
    return found


def doors() -> set[Door]:
    """Every page below /s/ and every operation for suppliers."""
    below = {name for name, route, _pattern in access._patterns(access.get_resolver().url_patterns)}
    public = {name for name in access.PUBLIC if name.startswith("portal:supplier")}
    found = {door for door in access.operations() if door.name.startswith("/supplier/")}
    for name, route, pattern in every_page():
        if route.startswith("s/") and (name in below or name in public):
            found |= {Door(method, name) for method in access._methods(pattern.callback)}
    return found


def every_page() -> Iterator[tuple[str, str, Any]]:
    """All pages, also those that the other matrix leaves out."""
    for pattern in access.get_resolver().url_patterns:
        for inner in getattr(pattern, "url_patterns", ()):
            space = f"{pattern.namespace}:" if getattr(pattern, "namespace", None) else ""
            if getattr(inner, "callback", None) is not None:
                yield space + (inner.name or ""), str(pattern.pattern) + str(inner.pattern), inner


RULES = declared()


@dataclass
class World:
    """A supplier with an order, a shipment, a change, an urging; who comes to its doors."""

    names: dict[str, Any]
    links: dict[str, str]
    clients: dict[str, Client] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    person: int = 0

    def grant(self, *rights: str) -> None:
        """Let the supplier's own person have exactly these rights."""
        SupplierPerson.objects.filter(pk=self.person).update(rights=list(rights))


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        block = begin()
        try:
            yield make_world()
        finally:
            undo(block)


@pytest.fixture
def world(everything: World) -> Iterator[World]:
    block = begin()
    db.execute("DELETE FROM kernel_limit")
    yield everything
    undo(block)


def make_world() -> World:
    ours, elsewhere = buying.make_world(), buying.make_world()
    catalog.make_supplier(ours.supplier.company, "S002")
    type(ours.bolt).objects.filter(pk=ours.bolt.pk).update(name=GOODS)
    number = buying.make_order(ours, 10, 20).number
    for _gap in range(3):  # so that the numbers are none that another's first documents get
        number = buying.make_order(ours, 10, 20).number
        shipped = purchasing.create_shipment(actor=ours.actor, orders=[number])
        content = {**TARGETS["po"].read(ours.actor, number).content, "note": "X"}
        asked = changes.create_change(actor=ours.actor, kind="po", order=number, content=content)
    link = purchasing.send_order(actor=ours.actor, number=number, email="", recipient="王经理").data["link"]
    person = invite(ours.actor)
    world = World({"po": number, "asn": shipped.number, "co": asked.number, **_urged(ours)}, {}, person=person)
    due = ours.actor.today() + timedelta(days=7)
    for _gap in range(3):
        car = quality.create_action(actor=ours.actor, supplier="S001", problem="X", due_on=due)
    world.names["car"] = car.number
    world.links["own"] = str(link_shown(ours.actor, link)["url"]).split("/s/")[1].split("/")[0]
    colleague = invite(ours.actor, email="wu@s001.example", rights=[])
    people = {
        "own": person,
        "beside": invite(ours.actor, supplier="S002", email="x@s002.example"),
        "elsewhere": invite(elsewhere.actor, email="y@elsewhere.example"),
    }
    other = buying.make_order(elsewhere, 1).number
    beyond = purchasing.send_order(actor=elsewhere.actor, number=other, email="", recipient="Y").data["link"]
    world.links["elsewhere"] = str(link_shown(elsewhere.actor, beyond)["url"]).split("/s/")[1].split("/")[0]
    for who, one in people.items():
        world.clients[who], world.keys[who] = join(one), make_key(one)
    staff = User.objects.get(pk=ours.actor.user_id or 0)
    world.clients |= {"staff": signed_in_client(staff), "visitor": Client(), "link": Client()}
    world.keys["staff"] = make_api_key(ours.actor)
    row = db.row("SELECT min(id) FROM portal_supplierkey WHERE person_id = %s", [person])
    world.names |= {"person_id": colleague, "key_id": row[0] if row else 0}
    return world


def _urged(ours: buying.World) -> dict[str, Any]:

    scan(ours.actor, date(2026, 12, 5), "overdue_receipt")
    first = cases(ours.actor, "overdue_receipt")[0].number
    return {"urge_id": alerts.urge_supplier(actor=ours.actor, number=first, recipient="王经理").data["urge"]}


def knock(world: World, who: str, door: Door, token: str = "me") -> HttpResponse:
    """One request, undone."""
    block = begin()
    try:
        response: HttpResponse = _ask_api(world, who, door) if door.is_api else _ask(world, who, door, token)
        if response.streaming:
            b"".join(response.streaming_content)  # type: ignore[attr-defined]
        return response
    finally:
        undo(block)


def _ask(world: World, who: str, door: Door, token: str) -> Any:
    route = next(route for name, route, _pattern in every_page() if name == door.name)
    wanted = [part.split(">")[0].split(":")[-1] for part in route.split("<")[1:]]
    given = {name: token if name == "token" else named(world, route, name) for name in wanted}
    address = reverse(door.name, kwargs=given)
    client = browser_of(world, who)
    if door.method == "GET":
        return client.get(address, headers=JSON)
    return client.post(address, {"name": "X", "kind": "answers"}, headers=JSON)


def browser_of(world: World, who: str) -> Client:
    """A browser of its own for each request: who signs out with one stays signed in with the next."""
    client = Client()
    client.cookies = copy.deepcopy(world.clients[who].cookies)
    return client


def named(world: World, route: str, name: str) -> Any:
    if name != "number":
        return world.names[name]
    kind = next((kind for kind in LONG if f"/{kind}/" in route or f"/{LONG[kind]}/" in route), "po")
    return world.names[kind]


LONG = {"co": "changes", "asn": "shipments", "car": "corrective-actions"}


def _ask_api(world: World, who: str, door: Door) -> Any:
    described = access.schema()["paths"][f"/api/v1{door.name}"][door.method.lower()]
    address = f"/api/v1{door.name}".replace("{number}", str(named(world, door.name, "number")))
    content = described.get("requestBody", {}).get("content", {})
    body = access.example(content["application/json"]["schema"]) if "application/json" in content else None
    headers = {"Authorization": f"Bearer {world.keys[who]}"} if who in world.keys else {}

    data = "" if body is None else json.dumps(_ours(body, world))
    return Client().generic(door.method, address, data, content_type="application/json", headers=headers)


def _ours(body: Any, world: World) -> Any:
    """The smallest body with the names of this world."""
    if isinstance(body, dict):
        given = {key: _ours(value, world) for key, value in body.items()}
        return given | {key: world.names["po"] for key in ("order",) if key in given}
    return [_ours(one, world) for one in body] if isinstance(body, list) else body


def names_something(door: Door) -> bool:
    return any(part in door.name for part in ("{number}",)) or door.name in NAMING


NAMING = {
    f"portal:{name}"
    for name in (
        "supplier_order", "supplier_answer", "supplier_change", "supplier_pdf", "supplier_progress",
        "supplier_dispatch", "supplier_action", "supplier_corrective",
        "supplier_labels", "supplier_colleague", "supplier_key_revoke", "urging", "urging_answer",
    )
}  # fmt: skip


def body_of(response: HttpResponse) -> str:
    return "" if response.streaming else response.content.decode(errors="replace")


def test_every_door_of_suppliers_is_written_down():
    assert doors() == set(RULES)


@pytest.mark.parametrize("door", [door for door, rule in RULES.items() if rule.public], ids=str)
def test_where_one_signs_in_is_open_to_everybody_and_shows_nothing(world: World, door: Door):
    for who in ("visitor", "staff", "beside"):
        response = knock(world, who, door, "0" * 32)
        assert response.status_code in {200, 302, 404, 422}
        assert world.names["po"] not in body_of(response)


@pytest.mark.parametrize("door", [door for door, rule in RULES.items() if not rule.public], ids=str)
def test_a_door_of_a_supplier_opens_to_who_may_and_to_nobody_else(world: World, door: Door):
    rule = RULES[door]
    for who in ("visitor", "staff"):  # ours have no account there, whatever they may do here
        assert knock(world, who, door).status_code == 401
    world.grant(*RIGHTS)
    assert knock(world, "own", door).status_code not in {401, 403, 500, *([] if rule.empty else [404])}
    if rule.rights:
        world.grant(*(right for right in RIGHTS if right not in rule.rights))
        assert knock(world, "own", door).status_code == 403
        world.grant(rule.rights[0])
        assert knock(world, "own", door).status_code not in {401, 403, 404, 500}
    for who in ("beside", "elsewhere"):
        response = knock(world, who, door)
        if names_something(door):
            assert response.status_code == 404, body_of(response)[:300]
        assert response.status_code < 500
        text, numbers = body_of(response), (world.names["po"], world.names["asn"])
        assert not [mark for mark in (GOODS, "wu@s001.example") if mark in text]
        if response.status_code < 300:  # a refusal may name what was asked for
            assert not [number for number in numbers if number in text]
    if not door.is_api:
        comes_with_a_link(world, door, rule)


def comes_with_a_link(world: World, door: Door, rule: Rule) -> None:
    response = knock(world, "link", door, world.links["own"])
    if rule.person:
        assert response.status_code in {403, 404}
    else:
        assert response.status_code not in {401, 403, 500}
    foreign = knock(world, "link", door, world.links["elsewhere"])
    assert foreign.status_code < 500
    if names_something(door):
        assert foreign.status_code in {403, 404} if rule.person else foreign.status_code == 404
    assert GOODS not in body_of(foreign)
    assert knock(world, "link", door, "0" * 32).status_code == 404


OURS = [door for door in access.operations() if not door.name.startswith("/supplier/")]


def test_a_suppliers_key_opens_nothing_of_ours(world: World):
    assert len(OURS) > 100
    for door in OURS:
        assert _ask_ours(world.keys["own"], door) == 401, door


def _ask_ours(key: str, door: Door) -> int:
    address = f"/api/v1{door.name}"
    for part in door.name.split("{")[1:]:
        name = part.split("}")[0]
        address = address.replace("{" + name + "}", "1")
    headers = {"Authorization": f"Bearer {key}"}
    response = Client().generic(door.method, address, "{}", content_type="application/json", headers=headers)
    return int(response.status_code)


def test_a_suppliers_session_opens_no_page_of_ours(world: World):
    client = browser_of(world, "own")
    assert client.cookies[sessions.COOKIE].value
    opened = 0
    for door in (door for door, rule in access.declared().items() if not door.is_api and not rule.token):
        name, _sep, chosen = door.name.partition("?")
        route = access.routes()[name]
        wanted = [part.split(">")[0] for part in route.split("<")[1:]]
        if chosen or any(":" in one and one.split(":")[0] not in {"str", "int", "path", "slug"} for one in wanted):
            continue
        given = {one.split(":")[-1]: 1 if one.startswith("int:") else "x" for one in wanted}
        ask = client.get if door.method == "GET" else client.post
        response = ask(reverse(name, kwargs=given))
        assert response.status_code in {302, 404, 405, 422}, door
        assert response.status_code != 302 or response["Location"].startswith("/accounts/login/"), door
        opened += response.status_code == 302
    assert opened > 100
