"""The helpers that every other test leans on."""

from decimal import Decimal

import pytest

from gendan.accounts.tests.make import api_client, make_actor, make_company, make_stranger, signed_in_client

pytestmark = pytest.mark.django_db


def test_an_actor_is_an_administrator_unless_told_otherwise():
    assert make_actor().may("purchasing.approve_order")
    assert make_actor().amount_limit is None


def test_an_actor_with_given_permissions_has_only_those():
    actor = make_actor(make_company(), permissions=["catalog.view"], limit="5000")
    assert actor.permissions == {"catalog.view"}
    assert actor.amount_limit == Decimal(5000)


def test_an_actor_with_a_role_has_the_roles_permissions():
    assert make_actor(roles=["warehouse_keeper"]).may("purchasing.receive_goods")


def test_a_stranger_is_in_another_company():
    assert make_actor().company_id != make_stranger().company_id


def test_clients_are_signed_in():
    actor = make_actor()
    assert signed_in_client(actor).session["company_id"] == actor.company_id
    assert api_client(actor).headers["Authorization"].startswith("Bearer gd_")
