"""Companies: made whole, changed with care, kept apart."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from gendan.accounts import commands, queries, steps
from gendan.accounts.errors import CompanyExists, CurrencyInUse
from gendan.accounts.models import Company, Role
from gendan.accounts.roles import TEMPLATES
from gendan.accounts.tests.make import join, make_actor, make_company, make_user
from gendan.kernel import events
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, Invalid, NotFound, Stale
from gendan.kernel.events import Subject
from gendan.kernel.models import Event
from gendan.kernel.numbering import next_number

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return make_actor()


class TestCreateCompany:
    def test_a_new_company_has_roles_numbers_master_data_and_its_maker_as_administrator(self, admin: Actor):
        done = commands.create_company(actor=admin, code=" acme ", name="阿克米", currency="usd")
        company = Company.objects.get(code="ACME")
        assert (company.name, company.currency, done.id) == ("阿克米", "USD", company.pk)
        assert set(Role.objects.filter(company=company).values_list("code", flat=True)) == {t.code for t in TEMPLATES}
        assert next_number(company.pk, "PO") == "PO-000001"
        inside = queries.actor_by_user(admin.user_id or 0, company.pk)
        assert inside
        assert inside.may("anything")
        event = Event.objects.get(type="accounts.company_created")
        assert event.company_id == company.pk

    def test_other_contexts_put_their_defaults_into_it(self, admin: Actor, monkeypatch: pytest.MonkeyPatch):
        furnished: list[int] = []
        monkeypatch.setattr(steps, "COMPANY_CREATED", [furnished.append])
        done = commands.create_company(actor=admin, code="ACME", name="阿克米")
        assert furnished == [done.id]

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("code", ""),
            ("code", "含 空格"),
            ("code", "A" * 17),
            ("name", " "),
            ("name", "长" * 201),
            ("currency", "RMBY"),
            ("currency", "¥"),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field(self, admin: Actor, field: str, value: str):
        given = {"code": "ACME", "name": "阿克米", "currency": "CNY"} | {field: value}
        with pytest.raises(Invalid) as refusal:
            commands.create_company(actor=admin, **given)
        assert list(refusal.value.fields) == [field]

    def test_a_code_is_taken_once(self, admin: Actor):
        make_company("ACME")
        with pytest.raises(CompanyExists):
            commands.create_company(actor=admin, code="acme", name="x")

    def test_it_needs_its_permission(self):
        with pytest.raises(Forbidden):
            commands.create_company(actor=make_actor(permissions=["accounts.update_company"]), code="A", name="x")

    def test_repeating_it_with_its_key_makes_one(self, admin: Actor):
        done = [commands.create_company(actor=admin.with_key("k"), code="ACME", name="x") for _ in range(2)]
        assert done[1].replayed
        assert done[0].id == done[1].id


class TestUpdateCompany:
    def test_it_changes_what_is_given(self, admin: Actor):
        done = commands.update_company(
            actor=admin, version=1, name="新名", over_tolerance=Decimal("5.5"), use_confirmation=False
        )
        company = Company.objects.get(pk=admin.company_id)
        assert (company.name, company.over_tolerance, company.use_confirmation) == ("新名", Decimal("5.5"), False)
        assert company.timezone == "Asia/Shanghai"
        assert done.version == 2
        assert Event.objects.get().data["changes"]["over_tolerance"] == ["0", "5.5"]

    def test_nothing_changed_is_no_event_and_no_version(self, admin: Actor):
        assert commands.update_company(actor=admin, use_confirmation=True).version == 1
        assert not Event.objects.exists()

    def test_a_stale_form_is_refused(self, admin: Actor):
        commands.update_company(actor=admin, version=1, name="新名")
        with pytest.raises(Stale):
            commands.update_company(actor=admin, version=1, name="更新的名")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("currency", "YUAN"),
            ("timezone", "Mars/Olympus"),
            ("over_tolerance", Decimal("-1")),
            ("over_tolerance", Decimal("1.001")),
            ("under_tolerance", Decimal("100.01")),
        ],
    )
    def test_what_cannot_be_is_refused_beside_its_field(self, admin: Actor, field: str, value: Any):
        with pytest.raises(Invalid) as refusal:
            commands.update_company(actor=admin, **{field: value})
        assert list(refusal.value.fields) == [field]

    def test_the_currency_is_fixed_once_there_are_documents(self, admin: Actor):
        commands.update_company(actor=admin, currency="eur")
        assert Company.objects.get(pk=admin.company_id).currency == "EUR"
        events.record("purchasing.order_created", Subject("po", 1, "PO-1"), admin)
        with pytest.raises(CurrencyInUse):
            commands.update_company(actor=admin, currency="CNY")
        commands.update_company(actor=admin, currency="EUR", name="x")

    def test_it_changes_no_other_company(self, admin: Actor):
        other = make_company(name="别家")
        commands.update_company(actor=admin, name="新名")
        other.refresh_from_db()
        assert other.name == "别家"

    def test_it_needs_its_permission(self):
        with pytest.raises(Forbidden):
            commands.update_company(actor=make_actor(permissions=["accounts.view"]), name="x")


class TestOwnAccount:
    def test_one_switches_among_ones_own_companies_only(self, admin: Actor):
        mine, theirs = make_company("MINE"), make_company("THEIRS")
        commands.create_company(actor=admin, code="SECOND", name="第二")
        done = commands.switch_company(actor=admin, code="SECOND")
        assert done.number == "SECOND"
        assert Event.objects.filter(type="accounts.company_switched", subject_id=done.id).exists()
        there = replace(admin, company_id=done.id)
        told = [entry["type"] for entry in events.timeline(there, [("company", done.id)])]
        assert "accounts.company_switched" not in told  # the audit has it; a timeline would be full of it
        for code in (mine.code, theirs.code, "NOWHERE"):
            with pytest.raises(NotFound):
                commands.switch_company(actor=admin, code=code)

    def test_a_company_that_shut_one_out_is_closed(self, admin: Actor):
        other = make_actor(make_company("OTHER"))
        me = make_user(make_company(), username="me")
        join(other.company_id, me)
        actor = queries.actor_by_user(me.pk, None)
        assert actor
        commands.switch_company(actor=actor, code="OTHER")
        commands.deactivate_member(actor=other, username="me")
        with pytest.raises(NotFound):
            commands.switch_company(actor=actor, code="OTHER")

    def test_a_language_is_one_of_three(self):
        actor = make_actor(permissions=[])
        commands.set_language(actor=actor, language="en")
        assert queries.profile(actor)["language"] == "en"
        with pytest.raises(Invalid):
            commands.set_language(actor=actor, language="tlh")

    def test_everybody_changes_their_own_profile(self):
        actor = make_actor(permissions=[])
        commands.update_profile(actor=actor, name="新名", email="neu@example.com", phone="1")
        assert queries.profile(actor)["name"] == "新名"
        with pytest.raises(Invalid):
            commands.update_profile(actor=actor, name="", email="", phone="")
