"""Doors of framework contracts: pages, API, paper, Excel both ways."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gendan.accounts.tests.make import actor_for, api_client, make_user, signed_in_client
from gendan.kernel import prints
from gendan.kernel.bulk import resource_named
from gendan.purchasing.models import OrderLine
from gendan.sourcing.models import Contract, ContractSignature
from gendan.sourcing.prints import CONTRACT
from gendan.sourcing.tests.make import make_world
from gendan.sourcing.tests.test_contracts import in_force, order

pytestmark = pytest.mark.django_db
LINE = {"product": "BOLT", "price": "1.80", "breaks": "100=1.70", "quantity": "500", "minimum": "10", "lead_days": "7"}
HEAD = {"supplier": "S001", "valid_from": "2020-01-01", "valid_to": "2030-12-31", "over": "stop", "remind_days": "30",
        "remind_percent": "80", "title": "年度合同", "reference": "HT-1"}  # fmt: skip


def test_a_contract_is_written_signed_and_comes_into_force_by_pages() -> None:
    world = make_world()
    client = signed_in_client(world.actor)
    assert client.get("/contracts/new?supplier=S001").status_code == 200
    sent = client.post("/contracts/new", {**HEAD, "lines": json.dumps([LINE])})
    contract = Contract.objects.get()
    assert (sent.status_code, contract.state) == (302, "draft")
    where = f"/contracts/{contract.number}"
    assert "100=1.7" in client.get(f"{where}/edit").content.decode()
    upload = SimpleUploadedFile("合同.pdf", b"%PDF-1.4 signed", "application/pdf")
    signed = {"party": "supplier", "signer": "王经理", "signed_on": "2020-01-01", "file": upload}
    client.post(f"{where}/do/sign", signed)
    signature = ContractSignature.objects.get()
    signed_file: Any = client.get(f"{where}/signed/{signature.pk}")
    assert b"".join(signed_file.streaming_content) == b"%PDF-1.4 signed"
    assert client.post(f"{where}/do/start", {}).status_code == 302
    number = order(world.actor, "20")
    page = client.get(where).content.decode()
    assert (number in page, signature.sha256[:16] in page, "合同.pdf" in page) == (True, True, True)
    assert f"合同 {contract.number}" in client.get(f"/po/{number}").content.decode()
    changed = json.dumps([{**LINE, "price": "1.60"}])
    answer = client.post(f"{where}/edit", {**HEAD, "lines": changed, "reason": "年度降价"})
    assert answer.status_code == 302
    assert "年度降价" in client.get(where).content.decode()
    for path in ("/contracts/", "/contracts/?view=ending", "/contracts/?state=all&q=HT"):
        assert client.get(path).status_code == 200
    sheet: Any = client.get("/contracts/?export=xlsx")
    assert b"".join(sheet.streaming_content).startswith(b"PK")
    assert client.get(prints.choose(CONTRACT, contract.number)).status_code == 200


def test_programs_write_and_read_contracts() -> None:
    world = make_world()
    client = api_client(world.actor)
    body: dict[str, Any] = {"supplier": "S001", "valid_from": "2020-01-01", "valid_to": "2030-12-31"}
    body["lines"] = [{"product": "BOLT", "prices": [{"from_quantity": "0", "price": "1.8"}], "quantity": "100"}]
    made = client.post("/contracts", body)
    assert made.status_code == 201, made.content
    where = f"/contracts/{made.json()['number']}"
    assert client.post(f"{where}/start", {}).json()["state"] == "in_force"
    order(world.actor, "40")
    found = client.get(where).json()
    assert (found["lines"][0]["called"], found["lines"][0]["open"]) == ("40", "60")
    lines = [{"product": "BOLT", "quantity": "61"}]
    over = client.post("/purchase-orders", {"supplier": "S001", "warehouse": "MAIN", "lines": lines})
    assert (over.status_code, over.json()["code"]) == (409, "sourcing.ContractExceeded")


def test_contracts_come_out_of_a_sheet_and_the_same_sheet_changes_the_draft() -> None:
    world = make_world()
    contracts = resource_named("contracts")
    rows = [{**HEAD, **LINE}, {**HEAD, **LINE, "product": "NUT", "breaks": "", "quantity": ""}]
    found = contracts.save(world.actor, rows, atomic=False, dry_run=False)
    assert [one.status for one in found] == ["created", "created"], found
    rows[1]["price"] = "0.25"
    assert {one.status for one in contracts.save(world.actor, rows, atomic=True, dry_run=False)} == {"updated"}
    contract = Contract.objects.get()
    assert contract.lines.count() == 2
    wrong = contracts.save(world.actor, [{**rows[0], "product": "NOPE"}], atomic=False, dry_run=False)
    assert "product" in wrong[0].errors
    assert contracts.export is not None
    out = next(contracts.export(world.actor, {}))
    assert (out["reference"], out["price"], out["breaks"]) == ("HT-1", "1.8", "100=1.7")


def test_who_sees_no_prices_sees_none_of_a_contract() -> None:
    world = make_world()
    number = in_force(world)
    order(world.actor, "20")
    clerk = make_user(world.company, permissions=["sourcing.view", "purchasing.view", "catalog.view"])
    client = signed_in_client(actor_for(clerk))
    page = client.get(f"/contracts/{number}").content.decode()
    assert "1.8" not in page
    assert OrderLine.objects.get().contract == number
    assert client.get(f"/contracts/{number}/edit").status_code == 403
