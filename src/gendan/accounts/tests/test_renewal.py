"""A newer version of the program gives its new rights to the roles that nobody changed; the others are told of them."""

from __future__ import annotations

import pytest

from gendan.accounts import renewal
from gendan.accounts.commands import save_role
from gendan.accounts.models import Role
from gendan.accounts.roles import TEMPLATES
from gendan.accounts.tests.make import make_actor, make_company, signed_in_client
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db
NEW = "sales.view_cost"  # that the buyer's template does not have yet


@pytest.fixture
def _newer(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = tuple(t._replace(permissions=(*t.permissions, NEW)) if t.code == "buyer" else t for t in TEMPLATES)
    monkeypatch.setattr(renewal, "TEMPLATES", newer)


def buyer_of(company_id: int) -> Role:
    return Role.objects.get(company_id=company_id, code="buyer")


@pytest.mark.usefixtures("_newer")
def test_a_role_that_nobody_changed_gets_the_rights_of_the_newer_template_once() -> None:
    company = make_company()
    assert NEW not in buyer_of(company.pk).permissions
    assert renewal.renew_roles() >= 1
    role = buyer_of(company.pk)
    assert NEW in role.permissions
    assert role.version == 2
    event = Event.objects.get(type=renewal.RENEWED, company_id=company.pk)
    assert (event.user_id, event.data["changes"]["permissions"]) == (None, [[], [NEW]])
    assert renewal.renew_roles() == 0


@pytest.mark.usefixtures("_newer")
def test_a_changed_role_stays_and_its_page_tells_what_is_new_until_it_is_saved() -> None:
    actor = make_actor()
    role = buyer_of(actor.company_id)
    held = sorted(set(role.permissions) - {"purchasing.close_order"})
    Role.objects.filter(pk=role.pk).update(permissions=held)
    renewal.renew_roles()
    role = buyer_of(actor.company_id)
    assert sorted(role.permissions) == held
    assert renewal.offered("buyer", role.given, role.permissions) == [NEW]  # and not what the company took away
    page = signed_in_client(actor)
    assert "您改过此角色" in page.get("/roles/buyer").content.decode()
    save_role(actor=actor, code="buyer", name=role.name, permissions=held, amount_limit=role.amount_limit)
    save_role(actor=actor, code="buyer", name="采购", permissions=held, amount_limit=role.amount_limit)
    assert "您改过此角色" not in page.get("/roles/buyer").content.decode()
    assert renewal.renew_roles() == 0
    assert sorted(buyer_of(actor.company_id).permissions) == held


def test_a_role_of_the_companys_own_is_offered_nothing() -> None:
    assert renewal.offered("own", [], ["sales.view"]) == []
    assert renewal.offered("admin", ["*"], ["*"]) == []
