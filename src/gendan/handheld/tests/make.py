"""Situations at the dock for tests."""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any

from django.test import Client

from gendan.accounts.models import Company
from gendan.accounts.tests.make import signed_in_client
from gendan.catalog.models import Barcode
from gendan.kernel.actor import Actor
from gendan.purchasing.tests.make import World, make_world

BOLT, NUT = "6901234567892", "6909876543212"
_serials = itertools.count()


def barcoded_world() -> World:
    """The world of purchasing with a GTIN on both products, and a box of twelve nuts."""
    world = make_world()
    Barcode.objects.create(company_id=world.company_id, product=world.bolt, code=BOLT)
    Barcode.objects.create(company_id=world.company_id, product=world.nut, code=NUT)
    return world


def company_of(world: World) -> Company:
    return Company.objects.get(pk=world.company_id)


class Device:
    """A device in somebody's hand: it sends operations as the application does, and gets the answers."""

    def __init__(self, actor: Actor, client: Client | None = None) -> None:
        self.actor, self.client = actor, client or signed_in_client(actor)
        self.owner = f"{actor.company_id}:{actor.user_id}"
        self.work = uuid.uuid4().hex

    def key(self) -> str:
        return f"{self.work}-{next(_serials)}"

    def operation(self, mode: str = "receive", **fields: Any) -> dict[str, Any]:
        return {"key": self.key(), "mode": mode, "work": self.work, "do": "scan", **fields}

    def post(self, *operations: dict[str, Any], owner: str = "") -> Any:
        body = {"owner": owner or self.owner, "operations": list(operations)}
        headers = {"Accept": "application/json"}
        return self.client.post("/m/send", json.dumps(body), content_type="application/json", headers=headers)

    def send(self, *operations: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.post(*operations)
        assert answer.status_code == 200, answer.content
        return list(answer.json()["results"])

    def scan(self, code: str, **fields: Any) -> dict[str, Any]:
        return self.send(self.operation(code=code, **fields))[0]

    def book(self, **fields: Any) -> dict[str, Any]:
        return self.send(self.operation(do="book", **fields))[0]

    def shown(self, mode: str = "receive") -> dict[str, Any]:
        answer = self.client.get(f"/m/work/{mode}/{self.work}", headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.content
        return dict(answer.json()["work"])
