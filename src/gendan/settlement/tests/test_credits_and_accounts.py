"""Credits for returns set against invoices, bank accounts, invoices compared again by themselves, the list on paper."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import override_settings

from gendan.accounts.commands import save_role_scope
from gendan.accounts.models import Company, Membership, User
from gendan.accounts.secret import Secret
from gendan.accounts.tests.make import actor_for, make_user, signed_in_client
from gendan.alerts.tests.make import cases, scan
from gendan.catalog.models import Partner
from gendan.catalog.tests import make as catalog
from gendan.kernel.errors import Forbidden, Invalid
from gendan.kernel.models import Event, Idempotency
from gendan.kernel.tests.make import at_once
from gendan.purchasing.models import PurchaseReturn
from gendan.purchasing.tests import make as buying
from gendan.settlement import commands
from gendan.settlement.errors import AccountKnown, CreditedBefore, NotCredited
from gendan.settlement.models import BankAccount, Payment
from gendan.settlement.queries.accounts import accounts_of
from gendan.settlement.queries.payments import payments_in_a_list
from gendan.settlement.tasks import rematch_changed
from gendan.settlement.tests import make

pytestmark = pytest.mark.django_db
ACCOUNT: dict[str, Any] = {"number": Secret("6222-0000 1111 2222"), "holder": "华东五金", "bank": "工商银行"}


@pytest.fixture
def world() -> buying.World:
    return buying.make_world()


def received(world: buying.World) -> str:
    order = buying.make_order(world, 10).number
    buying.receive(world, order)
    return order


def test_what_came_in_after_the_invoice_is_compared_again_by_itself(world: buying.World) -> None:
    order = buying.make_order(world, 10).number
    number = make.make_bill(world, make.line(order, 1, 10)).number
    assert make.bill(number).state == "mismatch"
    system = replace(world.actor, user_id=None, permissions=frozenset({"settlement.post_bill"}), via="job")
    assert rematch_changed(system) == 0
    buying.receive(world, order)
    assert (rematch_changed(system), make.bill(number).state) == (1, "matched")
    assert rematch_changed(system) == 0
    assert Event.objects.get(type="settlement.bill_matched", subject_number=number).via == "job"


def test_a_credit_for_a_return_is_set_against_an_invoice_once(world: buying.World) -> None:
    order = received(world)
    bill = make.approved(world, make.line(order, 1, 10)).number
    with pytest.raises(Invalid):
        commands.pay_bill(actor=world.actor, parts=[make.part(bill, 9)], method="credit")
    number = make.credited(world, order)
    client = signed_in_client(world.actor)
    assert number in client.get(f"/bills/{bill}").content.decode()
    assert client.post(f"/bills/{bill}/credit/{number}").status_code == 302
    payment = Payment.objects.get(company_id=world.company_id)
    assert (payment.method, payment.amount, payment.reference) == ("credit", Decimal("19.80"), "CN-1")
    assert (make.bill(bill).state, make.bill(bill).paid) == ("partly_paid", Decimal("19.80"))
    with pytest.raises(CreditedBefore):
        commands.record_credit(actor=world.actor, number=number)
    assert number not in client.get(f"/bills/{bill}").content.decode().split("可以冲抵的退款")[-1][:200]
    commands.reverse_payment(actor=world.actor, number=payment.number, reason="冲错了")
    assert make.bill(bill).paid == 0
    again = commands.record_credit(actor=world.actor, number=number, parts=[make.part(bill, 5)])
    assert Payment.objects.get(number=again.number).allocated == 5
    assert make.verified() == []


def test_a_return_without_a_credit_sets_nothing_off(world: buying.World) -> None:
    order = received(world)
    number = make.credited(world, order)
    PurchaseReturn.objects.filter(number=number).update(state="posted")
    with pytest.raises(NotCredited):
        commands.record_credit(actor=world.actor, number=number)


def test_an_account_is_sealed_masked_and_binds_who_wrote_it(world: buying.World) -> None:
    commands.save_account(actor=world.actor, partner="S001", **ACCOUNT)
    kept = BankAccount.objects.get(company_id=world.company_id)
    assert "62220000" not in kept.sealed + kept.key
    assert Event.objects.get(type="settlement.account_saved").data["account"] == "**** 2222"
    watching = replace(world.actor, permissions=frozenset({"settlement.view"}))
    assert [row["number"] for row in accounts_of(watching, partner="S001")] == ["**** 2222"]
    assert [row["number"] for row in accounts_of(world.actor)] == ["6222 0000 1111 2222"]
    with pytest.raises(AccountKnown):
        commands.save_account(actor=world.actor, partner="S001", **{**ACCOUNT, "number": Secret("6222000011112222")})
    with pytest.raises(Invalid) as refused:
        commands.save_account(actor=world.actor, number=Secret("1"), holder="")
    assert set(refused.value.fields) == {"number", "holder", "partner"}
    with pytest.raises(Forbidden):
        commands.save_account(actor=watching, partner="S001", **ACCOUNT)
    commands.remove_account(actor=world.actor, account_id=kept.pk)
    assert accounts_of(world.actor) == []


def test_what_is_kept_of_a_repeated_request_does_not_give_the_number_away(world: buying.World) -> None:
    def kept(key: str, installation: str) -> bytes:
        with override_settings(SECRET_KEY=installation):
            done = commands.save_account(actor=world.actor.with_key(key), partner="S001", **ACCOUNT)
        commands.remove_account(actor=world.actor, account_id=done.id)
        return bytes(Idempotency.objects.get(key=key).fingerprint)

    first = kept("k1", "one")
    assert first == kept("k2", "one")
    assert first != kept("k3", "another")


def test_a_supplier_with_the_account_of_a_colleague_is_a_sign(world: buying.World) -> None:
    user = User.objects.get(pk=world.actor.user_id or 0)
    assert Membership.objects.filter(user=user, company_id=world.company_id).exists()
    commands.save_account(actor=world.actor, partner="S001", **ACCOUNT)
    scan(world.actor, world.actor.today(), "supplier_is_employee")
    assert cases(world.actor, "supplier_is_employee") == []
    commands.save_account(actor=world.actor, user=user.username, **ACCOUNT)
    scan(world.actor, world.actor.today(), "supplier_is_employee")
    (case,) = cases(world.actor, "supplier_is_employee")
    assert case.facts["same"] == "**** 2222"
    assert [row["also"] for row in accounts_of(world.actor, partner="S001")] == [user.name]


def test_whose_the_same_account_is_names_nobody_out_of_scope(world: buying.World) -> None:
    company = Company.objects.get(pk=world.company_id)
    for code, group in (("S002", "五金"), ("S003", "化工")):
        supplier = catalog.make_supplier(company, code)
        Partner.objects.filter(pk=supplier.pk).update(name=f"{code} 公司", supplier_group=group)
    Partner.objects.filter(code="S001", company=company).update(supplier_group="五金")
    for code in ("S001", "S002", "S003"):
        commands.save_account(actor=world.actor, partner=code, **ACCOUNT)
    narrow = make_user(company, permissions=["settlement.view"], limit=None)
    role = narrow.memberships.get().roles.get()
    save_role_scope(actor=world.actor, code=role.code, supplier_groups=["五金"])
    told = {row["partner"]: row["also"] for row in accounts_of(actor_for(narrow))}
    assert told == {"S001": "S002 公司、另一个往来单位", "S002": f"{world.supplier.name}、另一个往来单位"}
    colleague = User.objects.get(pk=world.actor.user_id or 0).username
    commands.save_account(actor=world.actor, user=colleague, **ACCOUNT)
    (row,) = accounts_of(actor_for(narrow), partner="S001")
    assert row["also"] == "S002 公司、另一个往来单位、同事"


def test_the_pages_lead_to_the_invoice_and_payments_are_listed_on_paper(world: buying.World) -> None:
    order = received(world)
    client = signed_in_client(world.actor)
    assert f"/bills/new?order={order}" in client.get(f"/po/{order}").content.decode()
    receipt = client.get(f"/po/{order}").content.decode().split("/gr/")[1].split('"')[0]
    assert f"/bills/new?receipt={receipt}" in client.get(f"/gr/{receipt}").content.decode()
    bill = make.approved(world, make.line(order, 1, 10)).number
    commands.pay_bill(actor=world.actor, parts=[make.part(bill, 9)])
    commands.save_account(actor=world.actor, partner="S001", **ACCOUNT)
    number = Payment.objects.get().number
    (sheet,) = payments_in_a_list(world.actor, [number])
    assert (sheet["rows"][0]["account"]["number"], sheet["sums"][0][2]) == ("6222 0000 1111 2222", 9)
    page = client.get("/payments/").content.decode()
    assert f"settlement.payment_list?n={number}" in page or "settlement.payment_list" in page
    accounts = client.get("/bank-accounts/?partner=S001").content.decode()
    assert "6222 0000 1111 2222" in accounts
    form = {"partner": "S001", "number": "6222000033334444", "holder": "华东五金"}
    assert client.post("/bank-accounts/", form).status_code == 302
    assert BankAccount.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_a_credit_off_at_once_one_does() -> None:
    world = buying.make_world()
    number = make.credited(world, received(world))
    results = at_once([lambda: commands.record_credit(actor=world.actor, number=number)] * 2)
    assert sorted(type(each) is CreditedBefore for each in results) == [False, True], results
