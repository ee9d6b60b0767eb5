"""«Today» is the company's: at every door, in commands and queries, without another statement."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from gendan.accounts import commands
from gendan.accounts.models import Company, User
from gendan.accounts.tests.make import (
    actor_for,
    api_client,
    join,
    make_actor,
    make_company,
    make_user,
    signed_in_client,
)
from gendan.kernel import jobs
from gendan.kernel.actor import Actor
from gendan.kernel.models import Job
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.tests.make import make_order, make_world

pytestmark = pytest.mark.django_db
EARLY, LATE = "Pacific/Kiritimati", "Pacific/Pago_Pago"  # 25 hours apart: it is never the same day in both


def today_in(hours: int) -> date:
    return (datetime.now(UTC) + timedelta(hours=hours)).date()


def in_zone(actor: Actor, zone: str) -> Actor:
    commands.update_company(actor=actor, timezone=zone)
    return actor_for(User.objects.get(pk=actor.user_id or 0), Company.objects.get(pk=actor.company_id))


@pytest.fixture(autouse=True)
def _back() -> Any:
    yield
    timezone.deactivate()


def test_a_person_of_two_companies_has_the_day_of_each():
    early, late = make_company(), make_company()
    user = make_user(early)
    join(late, user)
    Company.objects.filter(pk=early.pk).update(timezone=EARLY)
    Company.objects.filter(pk=late.pk).update(timezone=LATE)
    assert actor_for(user, early).today() == today_in(14)
    assert actor_for(user, late).today() == today_in(-11)


@pytest.mark.parametrize(("zone", "hours"), [(EARLY, 14), (LATE, -11)])
def test_a_document_is_dated_by_its_companys_day(zone: str, hours: int):
    world = make_world()
    actor = in_zone(world.actor, zone)
    done = make_order(world, 10, actor=actor)
    assert PurchaseOrder.objects.get(pk=done.id).ordered_on == today_in(hours)


def test_pages_and_programs_and_jobs_speak_of_the_same_day():
    actor = in_zone(make_actor(), EARLY)
    seen: list[date] = []
    jobs.TASKS["test.day"] = jobs.JobTask("test.day", lambda run: seen.append(timezone.localdate()), False)
    shown = today_in(14)
    assert f"{shown:%Y-%m-%d}" in signed_in_client(actor).get("/").content.decode()
    assert timezone.localdate() == shown
    timezone.deactivate()
    api_client(actor).get("/me")
    assert timezone.localdate() == shown
    timezone.deactivate()
    with transaction.atomic():
        job = Job.objects.create(company_id=actor.company_id, user_id=actor.user_id, kind="x", title="x")
    jobs.execute(job.pk, "test.day")
    assert seen == [shown]
    del jobs.TASKS["test.day"]
