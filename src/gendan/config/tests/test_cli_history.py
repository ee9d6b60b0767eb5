"""gendan import history, as it is typed."""

import pytest
from typer.testing import CliRunner

from gendan.accounts.tests.make import make_user
from gendan.catalog.tests.make import make_company
from gendan.config.cli import app
from gendan.config.cli.serve import CannotServe
from gendan.integrations.tests.test_history_load import some_rows
from gendan.purchasing.models import PurchaseOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    company = make_company()
    make_user(company, roles=("admin",), username="importer")
    return company


def run(*arguments):
    return CliRunner().invoke(app, ["import", "history", *(str(argument) for argument in arguments)])


def test_it_says_what_it_did(company, tmp_path):
    path, report = some_rows(tmp_path / "h.csv", "SCMS-1", "SCMS-4"), tmp_path / "report.csv"
    done = run(path, "--mapping", "scms", "--company", company.code, "--user", "importer", "--report", report)
    assert done.exit_code == 0, done.output
    assert "2 orders" in done.output
    assert "0 rejected" in done.output
    assert report.exists()
    assert PurchaseOrder.objects.filter(company=company).count() == 2


def test_it_fails_when_a_row_was_not_taken_and_says_which(company, tmp_path):
    path = some_rows(tmp_path / "h.csv", "SCMS-1", id_1245={"line item quantity": "many"})
    options = ("--mapping", "scms", "--company", company.code, "--user", "importer", "--report", tmp_path / "r.csv")
    done = run(path, *options)
    assert done.exit_code == 1
    assert "#2 line item quantity" in done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--mapping", "other"), "there is no mapping other"),
        (("--mapping", "scms", "--user", "nobody"), "no active user nobody"),
    ],
)
def test_it_refuses_in_one_line(company, tmp_path, options, said):
    path = some_rows(tmp_path / "h.csv", "SCMS-1")
    user = () if "--user" in options else ("--user", "importer")
    done = run(path, "--company", company.code, "--report", tmp_path / "r.csv", *user, *options)
    assert isinstance(done.exception, CannotServe)
    assert said in str(done.exception)
