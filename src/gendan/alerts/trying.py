"""Dry runs that take longer than somebody waits, and the week's report: work of the worker."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gendan.alerts.commands import tell_report
from gendan.alerts.queries.due import companies
from gendan.alerts.queries.report import week_of
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.trial import tried
from gendan.alerts.queries.trying import as_json, summary
from gendan.flow.queries.people import people_of
from gendan.kernel.jobs import JobRun, job_task

log = logging.getLogger("gendan.alerts")
REPORT_HOUR = 8


@job_task("alerts.try_rule", repeatable=True)
def try_rule(run: JobRun) -> dict[str, Any]:
    """What a rule would have found on the days before today."""
    code, days = str(run.args["code"]), int(run.args["days"])
    rule = rules_of(run.actor.company_id)[code]
    today = run.actor.today()
    calendar = people_of(run.actor.company_id, run.actor.zone)[1]

    def told(done: int, total: int) -> None:
        run.check_cancelled()
        run.progress(done, total)

    trial = tried(run.actor, rule, today - timedelta(days=days - 1), today, calendar, told=told)
    link = f"{reverse('alerts:trial', args=[code])}?job={run.id}"
    return {
        "text": summary(rule, trial),
        "links": [{"text": _("看会发现哪些异常"), "url": link}],
        "trial": as_json(run.actor, rule, trial),
    }


@app.periodic(cron="*/20 * * * *")
@app.task(name="alerts.week", queue="upkeep", queueing_lock="alerts.week", lock="alerts.week")
def week(timestamp: int) -> None:
    """On Mondays, from eight o'clock on in each company, tell of the week before; once."""
    for company in companies():
        here = timezone.now().astimezone(company.actor.zone)
        if here.weekday() or here.hour < REPORT_HOUR:
            continue
        try:
            tell_report(actor=company.actor, week=week_of(here.date()) - timedelta(days=7))
        except Exception:  # one company, for whatever reason, keeps no other waiting
            log.exception("the report of company %s failed", company.id)
