"""gendan user, as it is typed."""

import pytest
from typer.testing import CliRunner

from gendan.accounts.models import Membership
from gendan.accounts.queries import actor_by_key
from gendan.accounts.tests.make import make_company, make_user
from gendan.config.cli import app
from gendan.kernel.models import Event

pytestmark = pytest.mark.django_db(transaction=True)  # the command closes its connection


def test_who_runs_the_installation_adds_an_existing_user_directly():
    company, guest = make_company(), make_user(make_company(), username="guest")
    make_user(company, roles=["admin"], username="chief")
    options = ["--role", "buyer", "--company", company.code, "--as", "chief"]
    done = CliRunner().invoke(app, ["user", "add", "Guest", *options])
    assert done.exit_code == 0, done.output
    assert [role.code for role in Membership.objects.get(company=company, user=guest).roles.all()] == ["buyer"]
    assert Event.objects.get(type="accounts.member_added").company_id == company.pk
    assert CliRunner().invoke(app, ["user", "add", "nobody", *options]).exit_code != 0


def test_the_command_line_acts_for_anybody_whatever_rights_they_have():
    company = make_company()
    make_user(company, roles=["buyer"], username="low")
    made = CliRunner().invoke(app, ["apikey", "create", "--user", "low", "--company", company.code])
    assert made.exit_code == 0, made.output
    found = actor_by_key(made.output.strip())
    assert found is not None
    assert found.name == "low"
    event = Event.objects.get(type="accounts.api_key_created")
    assert (event.company_id, event.user_id) == (company.pk, None)
    for command in (["user", "list"], ["apikey", "list"]):
        assert "low" in CliRunner().invoke(app, [*command, "--company", company.code]).output
    assert CliRunner().invoke(app, ["apikey", "create", "--user", "nobody", "--company", company.code]).exit_code != 0
