"""People of suppliers for tests: invited, with a password, signed in with a browser of their own, a key."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.test import Client

from gendan.accounts.secret import Secret
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.sealed import unseal
from gendan.portal import commands
from gendan.portal.models import SupplierPerson
from gendan.portal.queries.visitors import KEY_PREFIX
from gendan.portal.rules import OWN_ACCOUNT, RIGHTS, permissions_of

PASSWORD = "kaffee-und-kuchen-7"
JSON = {"Accept": "application/json"}


def invite(actor: Actor, supplier: str = "S001", email: str = "li@s001.example", **fields: Any) -> int:
    """Somebody of a supplier who has a letter with a link; the id."""
    given = {"name": "李销售", "rights": RIGHTS, **fields}
    return commands.invite_supplier_person(actor=actor, supplier=supplier, email=email, **given).id


def letter_of(person: int) -> dict[str, Any]:
    """The arguments of the last letter that goes to somebody."""
    row = db.row(
        "SELECT args::text FROM procrastinate_jobs WHERE task_name = 'portal.send_invitation'"
        " AND (args->>'person_id')::bigint = %s ORDER BY id DESC LIMIT 1",
        [person],
    )
    assert row is not None
    found: dict[str, Any] = json.loads(row[0])
    return found


def token_of(person: int) -> str:
    """The token in that letter."""
    return unseal(letter_of(person)["sealed"])["token"]


def join(person: int, client: Client | None = None, password: str = PASSWORD) -> Client:
    """Choose a password by the link; signed in afterwards."""
    client = client or Client()
    answer = client.post(f"/s/join/{token_of(person)}", {"password": password, "again": password})
    assert (answer.status_code, answer["Location"]) == (302, "/s/me"), answer.content.decode()[:500]
    return client


def make_client(actor: Actor, **fields: Any) -> Client:
    """Somebody of a supplier, signed in."""
    return join(invite(actor, **fields))


def make_key(person: int) -> str:
    """A key for a program of somebody's."""
    found = SupplierPerson.objects.get(pk=person)
    acting = Actor(found.company_id, None, found.name, permissions_of(found.rights) | {OWN_ACCOUNT}, via="supplier")
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    commands.create_supplier_key(actor=acting, person=person, name="ERP", key=Secret(key))
    return key
