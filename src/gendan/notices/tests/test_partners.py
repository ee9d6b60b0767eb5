"""What customers and suppliers are told: when a company chose to, whom, in which words, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from gendan.accounts.secret import Secret
from gendan.catalog.models import Contact
from gendan.kernel.errors import Invalid
from gendan.kernel.models import Event
from gendan.kernel.sealed import unseal
from gendan.kernel.tests.make import at_once
from gendan.notices import commands, partners, steps
from gendan.notices.models import Delivery
from gendan.notices.rules import rendered
from gendan.notices.tasks import run
from gendan.purchasing import commands as buy
from gendan.purchasing.models import Sending, SupplierLink
from gendan.purchasing.queries.supplier_address import OpenLink
from gendan.purchasing.tests import make as purchasing
from gendan.sales import commands as sell
from gendan.sales.tests import make as sales

pytestmark = pytest.mark.django_db(transaction=True)


def tell(actor, occasion: str, **more) -> None:
    """Have partners told on an occasion from now on."""
    with transaction.atomic():
        steps.create_defaults(actor.company_id)
    commands.save_outward(actor=actor, occasion=occasion, is_on=True, **more)
    run(actor.company_id)


def sent(actor) -> list[tuple[str, str]]:
    run(actor.company_id)
    run(actor.company_id)
    return [(message.to[0], str(message.subject)) for message in mail.outbox]


def test_a_supplier_is_told_of_a_new_order_and_asked_for_it():
    world = purchasing.make_world()
    Contact.objects.create(partner=world.supplier, name="王经理", email="wang@supplier.example.com", is_main=True)
    before = purchasing.make_order(world).number
    tell(world.actor, "new_order")
    tell(world.actor, "urged")
    number = purchasing.make_order(world).number
    ((to, subject),) = sent(world.actor)
    assert to == "wang@supplier.example.com"
    assert number in subject
    assert before not in subject
    assert "王经理，您好" in mail.outbox[0].body
    assert "BOLT" in mail.outbox[0].body
    link = SupplierLink.objects.get(company_id=world.company_id)
    address = OpenLink(link.pk, unseal(link.sealed)["token"]).order(number)
    assert (link.email, address in mail.outbox[0].body) == ("wang@supplier.example.com", True)
    assert Event.objects.filter(type="purchasing.order_sent", subject_number=number, via="job").count() == 1
    buy.urge_supplier(actor=world.actor, number=number, reason="月底前一定要到")
    assert len(sent(world.actor)) == 2
    assert all(word in mail.outbox[1].body for word in ("月底前一定要到", address))
    assert Sending.objects.get().times == 1


def test_a_customer_is_told_carrier_and_tracking_number_once_even_by_two_jobs():
    world = sales.make_world(bolts=100)
    Contact.objects.create(partner=world.customer, name="李经理", email="li@customer.example.com")
    tell(world.actor, "shipped", language="en")
    order = sales.make_order(world).number
    sell.deliver_order(actor=world.actor, number=order, carrier="顺丰速运", tracking_number="SF10086")
    at_once([lambda: partners.tell(world.actor.company_id)] * 3)
    ((to, subject),) = sent(world.actor)
    assert (to, order in subject) == ("li@customer.example.com", True)
    assert "SF10086" in mail.outbox[0].body
    assert "Dear" in mail.outbox[0].body


def test_a_partner_without_an_address_is_shown_in_the_log():
    world = purchasing.make_world()
    tell(world.actor, "new_order")
    purchasing.make_order(world)
    assert sent(world.actor) == []
    assert [(row.state, row.problem) for row in Delivery.objects.filter(company_id=world.actor.company_id)] == [
        ("failed", "no_address")
    ]


def test_nobody_outside_is_told_through_a_place_for_all():
    world = purchasing.make_world()
    address = Secret("dingtalk://abcdef0123456789/")
    commands.save_channel(actor=world.actor, code="group", address=address, values={"name": "群"})
    with pytest.raises(Invalid):
        commands.save_outward(actor=world.actor, occasion="new_order", is_on=True, channel="group")


def test_a_company_has_its_own_words_with_names_of_a_closed_list():
    world = purchasing.make_world()
    Contact.objects.create(partner=world.supplier, name="王经理", email="wang@supplier.example.com")
    tell(world.actor, "new_order")
    with pytest.raises(Invalid) as refused:
        commands.save_template(
            actor=world.actor, kind="out.new_order", language="zh-hans", title="{{ number }}", body="{{ secret }}"
        )
    assert set(refused.value.fields) == {"body"}
    words: dict[str, Any] = {"title": "订单 {{ number }}", "body": "您好 {{contact}}：{{ lines }}"}
    commands.save_template(actor=world.actor, kind="out.new_order", language="zh-hans", **words)
    number = purchasing.make_order(world).number
    assert sent(world.actor) == [("wang@supplier.example.com", f"订单 {number}")]
    assert mail.outbox[0].body.startswith("您好 王经理：1. BOLT")


def test_lines_and_remarks_that_name_nothing_are_left_out() -> None:
    words = "Order {{ number }} (your reference {{ reference }}) left:\n\nBy {{ carrier }}\nNo. {{ tracking }}\n\n\nBye"
    known = {"number": "SO-1", "reference": "—", "carrier": "DHL", "tracking": "—"}
    assert rendered(words, known) == "Order SO-1 left:\n\nBy DHL\n\nBye"
    assert "(your reference A 7)" in rendered(words, {**known, "reference": "A 7"})
    assert rendered("{{ a }}", {"a": "{{ b }}", "b": "x"}) == "{{ b }}"
