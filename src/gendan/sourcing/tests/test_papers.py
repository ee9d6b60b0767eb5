"""Documents of suppliers: recorded with a file, listed by their end, told of once before it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gendan.accounts.tests.make import actor_for, make_user, signed_in_client
from gendan.kernel.errors import Invalid
from gendan.kernel.models import Notice
from gendan.sourcing import commands
from gendan.sourcing.models import SupplierPaper
from gendan.sourcing.queries.papers import companies_to_remind, list_papers
from gendan.sourcing.rules.papers import PaperIn, standing
from gendan.sourcing.tests.make import make_world

pytestmark = pytest.mark.django_db


def test_a_document_is_recorded_with_its_file_and_replaced() -> None:
    world = make_world()
    client = signed_in_client(world.actor)
    end = (world.actor.today() + timedelta(days=400)).isoformat()
    form = {"supplier": "S001", "kind": "licence", "name": "营业执照", "expires_on": end, "remind_days": "30"}
    first = SimpleUploadedFile("a.pdf", b"%PDF-1.7 a")
    assert client.post("/supplier-papers/new", {**form, "file": first}).status_code == 302
    held = SupplierPaper.objects.get()
    again = {**form, "name": "营业执照（新）", "version": "1", "file": SimpleUploadedFile("b.pdf", b"%PDF-1.7 b")}
    assert client.post(f"/supplier-papers/{held.pk}", again).status_code == 302
    held.refresh_from_db()
    assert (held.name, held.file_name, held.version) == ("营业执照（新）", "b.pdf", 2)
    assert b"".join(client.get(f"/supplier-papers/{held.pk}/file")) == b"%PDF-1.7 b"
    assert "营业执照（新）" in client.get("/supplier-papers/").content.decode()
    assert "/supplier-papers/?supplier=S001" in client.get(reverse("catalog:partner", args=["S001"])).content.decode()
    reader = actor_for(make_user(world.company, permissions=["sourcing.view"]))
    assert signed_in_client(reader).get("/supplier-papers/").status_code == 200
    assert signed_in_client(reader).get("/supplier-papers/new").status_code == 403


def test_people_are_told_once_before_the_end_and_again_for_a_new_end() -> None:
    world = make_world()
    today = world.actor.today()
    ends = PaperIn("certificate", "ISO 9001", expires_on=today + timedelta(days=31))
    made = commands.save_paper(actor=world.actor, supplier="S001", paper=ends)
    assert commands.mind_papers(actor=world.actor).data["papers"] == 0, "too early"
    later = today + timedelta(days=1)
    assert commands.mind_papers(actor=world.actor, today=later).data["papers"] == 1
    assert commands.mind_papers(actor=world.actor, today=later).data["papers"] == 0
    assert "ISO 9001" in Notice.objects.get(kind="paper").text
    renewed = PaperIn("certificate", "ISO 9001", expires_on=today)
    commands.save_paper(actor=world.actor, supplier="S001", paper=renewed, paper_id=made.id)
    assert [actor.company_id for actor in companies_to_remind()] == [world.actor.company_id]
    assert commands.mind_papers(actor=world.actor).data["papers"] == 1
    assert [row["standing"] for row in list_papers(world.actor, "expiring").items] == ["expiring"]


def test_a_document_that_ends_before_it_begins_is_refused() -> None:
    world = make_world()
    today = world.actor.today()
    wrong = PaperIn("visa", "", valid_from=today, expires_on=today - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        commands.save_paper(actor=world.actor, supplier="S001", paper=wrong)
    assert set(refused.value.fields) == {"kind", "name", "expires_on"}


def test_how_a_document_stands() -> None:
    today = make_world().actor.today()
    assert standing(None, 30, today) == "valid"
    assert standing(today - timedelta(days=1), 30, today) == "expired"
    assert standing(today + timedelta(days=30), 30, today) == "expiring"
    assert standing(today + timedelta(days=31), 30, today) == "valid"
