"""The pages of inspection and returns, from the plan to the supplier's credit, and the plans as a file."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from gendan.accounts.models import Company
from gendan.accounts.tests.make import api_client, make_user, signed_in_client
from gendan.kernel.bulk import resource_named
from gendan.purchasing.models import PurchaseReturn
from gendan.purchasing.tests.make import make_world
from gendan.quality.models import CorrectiveAction, Inspection, Plan
from gendan.quality.tests.make import came, make_plan, of

pytestmark = pytest.mark.django_db


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def post(client: Client, address: str, **fields: object) -> str:
    answer = client.post(address, fields, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_from_the_plan_to_the_credit() -> None:
    world = make_world()
    web = signed_in_client(world.actor)
    checks = '[{"name": "外径", "kind": "measure", "low": "9.95", "high": "10.05", "unit": "mm", "required": "1"}]'
    plan = {"code": "IQC-01", "name": "紧固件", "product": "BOLT", "method": "aql", "aql": "1.0", "level": "II"}
    post(web, "/quality/plans/new", **plan, lines=checks, is_active="1")
    assert "IQC-01" in text(web, "/quality/plans/")
    assert "外径" in text(web, "/quality/plans/IQC-01")
    inspection, receipt = came(world, 100)
    assert inspection.number in text(web, "/qi/")
    shown = text(web, f"/qi/{inspection.number}")
    assert "Ac" in shown
    assert "字码" in shown
    fields = {"line": "1", "check-1": "1", "kind-1-1": "measure", "value-1-1": "9.99 10.08 10.01", "defective-1": "2"}
    post(web, f"/qi/{inspection.number}/results", **fields)
    assert (of(inspection).defective, of(inspection).reject) == (2, 1 + (of(inspection).accept or 0))
    text(web, f"/qi/{inspection.number}")
    refused = web.post(f"/qi/{inspection.number}/decide", _verdict("100", ""))
    assert refused.status_code == 409
    post(web, f"/qi/{inspection.number}/wish", line="1", quantity="40", bin="", reason="急用")
    assert of(inspection).conceded == 40
    post(web, f"/qi/{inspection.number}/decide", **_verdict("", "60"))
    assert of(inspection).verdict == "conceded"
    text(web, f"/qi/{inspection.number}")
    assert "60" in text(web, "/rejects/")
    text(web, f"/gr/{receipt.number}")
    post(web, f"/gr/{receipt.number}/rejects", line="1", scrap="10", rework="", reduce="", amount="", bin="", note="")
    text(web, f"/gr/{receipt.number}/rejects")
    text(web, f"/rtv/new?receipt={receipt.number}")
    row = {"receipt": receipt.number, "line": "1", "rejected": "1", "reason": "quality", "line_note": ""}
    post(web, "/rtv/new", **row, quantity="50", settlement="replace", then="approve")
    rtv = PurchaseReturn.objects.get()
    post(web, f"/rtv/{rtv.number}/post", carrier="顺丰", tracking_number="SF1")
    text(web, f"/rtv/{rtv.number}/replace")
    post(web, f"/rtv/{rtv.number}/replace", line="1", quantity="20", lot="", bin="", delivery_note="B-1")
    post(web, f"/rtv/{rtv.number}/credit", credit="297.00", credit_note="CN-1")
    rtv.refresh_from_db()
    assert (rtv.state, rtv.credit) == ("credited", Decimal("297.00"))
    assert "CN-1" in text(web, f"/rtv/{rtv.number}")
    assert rtv.number in text(web, "/rtv/?state=all")
    paper = web.get(f"/print/purchasing.return/file?n={rtv.number}")
    assert paper.status_code in (200, 404)


def _verdict(good: str, bad: str) -> dict[str, str]:
    return {"source_line": "1", "accepted": good, "rejected": bad, "bin": "", "note": ""}


def test_a_corrective_action_is_asked_answered_verified_and_closed() -> None:
    world = make_world()
    make_plan(world)
    inspection, _receipt = came(world, 100)
    web = signed_in_client(world.actor)
    text(web, f"/car/new?inspection={inspection.number}")
    due = world.actor.today().replace(year=world.actor.today().year + 1).isoformat()
    post(web, "/car/new", supplier="S001", inspection=inspection.number, problem="外径超差", due_on=due)
    car = CorrectiveAction.objects.get()
    assert car.number in text(web, "/car/")
    post(web, f"/car/{car.number}/answer", cause="刀具磨损", measure="换刀", contact="王工")
    post(web, f"/car/{car.number}/return", reason="原因不明")
    post(web, f"/car/{car.number}/answer", cause="刀具磨损", measure="换刀并全检", contact="王工")
    post(web, f"/car/{car.number}/verify", reason="连续三批合格")
    assert "换刀并全检" in post(web, f"/car/{car.number}/close")
    car.refresh_from_db()
    assert car.state == "closed"


def test_plans_come_from_a_file_and_go_into_one() -> None:
    world = make_world()
    plans = resource_named("inspection-plans")
    rows = [
        {
            "code": "P1",
            "name": "一",
            "product": "BOLT",
            "method": "aql",
            "aql": "1.0",
            "check": "外径",
            "kind": "measure",
            "low": "1",
        },
        {"code": "P1", "name": "一", "product": "BOLT", "method": "aql", "aql": "1.0", "check": "外观"},
        {"code": "P2", "name": "二", "product": "NUT", "method": "全检"},
        {"code": "P3", "name": "三", "product": "NOTHING"},
    ]
    outcomes = plans.save(world.actor, rows, atomic=False, dry_run=False)
    assert [each.status for each in outcomes] == ["created", "created", "created", "failed"]
    assert "product" in outcomes[3].errors
    assert Plan.objects.get(code="P1").checks.count() == 2
    assert plans.export is not None
    out = list(plans.export(world.actor, {}))
    assert [(row["code"], row["check"]) for row in out] == [("P1", "外径"), ("P1", "外观"), ("P2", "")]
    again = plans.save(world.actor, out, atomic=True, dry_run=False)
    assert {each.status for each in again} == {"updated"}


def test_the_warehouse_sees_no_prices_and_programs_find_the_same() -> None:
    world = make_world()
    make_plan(world, method="all", aql="")
    inspection, receipt = came(world, 10)
    api = api_client(world.actor)
    found = api.get(f"/inspections/{inspection.number}").json()
    assert (found["lines"][0]["sample"], found["lines"][0]["waiting"]) == (10, "10")
    body = {"lines": [{"line": 1, "accepted": "6", "rejected": "4"}]}
    assert api.post(f"/receipts/{receipt.number}/inspect", body).status_code == 200
    line = {"receipt": receipt.number, "line": 1, "quantity": "4", "reason": "quality"}
    rtv = api.post("/purchase-returns", {"lines": [line], "settlement": "credit", "approve": True}).json()["number"]
    assert api.get(f"/purchase-returns/{rtv}").json()["worth"] == "39.6"
    keeper = make_user(Company.objects.get(pk=world.company_id), permissions=["purchasing.view"], limit=0)
    blind = api_client(keeper)
    shown = blind.get(f"/purchase-returns/{rtv}").json()
    assert (shown["worth"], shown["credit"], shown["lines"][0]["worth"]) == (None, None, None)
    assert "39.6" not in signed_in_client(keeper).get(f"/rtv/{rtv}").content.decode()
    assert Inspection.objects.count() == 1
