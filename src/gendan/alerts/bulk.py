"""The same for many cases, each in a transaction of its own: at once for few, by the worker for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.alerts import commands
from gendan.alerts.models import Case
from gendan.alerts.permissions import HANDLE
from gendan.alerts.queries.cases import Wanted, case_list
from gendan.kernel import jobs
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError
from gendan.kernel.jobs import JobRun, job_task
from gendan.kernel.models import Job
from gendan.kernel.paging import MAX_LIMIT
from gendan.kernel.unit import Done

TASK = "alerts.deal_with_many"
AT_ONCE = 200  # cases that are dealt with while the browser waits
MOST = 10_000
SHOWN = 200  # of what could not be done
Values = Mapping[str, str]
VERBS: Mapping[str, Callable[[Actor, str, Values], Done]] = {
    "take": lambda actor, number, given: commands.take_case(actor=actor, number=number),
    "assign": lambda actor, number, given: commands.assign_case(
        actor=actor, number=number, to=given["to"], note=given["note"]
    ),
    "snooze": lambda actor, number, given: commands.snooze_case(
        actor=actor, number=number, until=date.fromisoformat(given["until"]), note=given["note"]
    ),
    "resolve": lambda actor, number, given: commands.resolve_case(actor=actor, number=number, note=given["note"]),
    "dismiss": lambda actor, number, given: commands.dismiss_case(actor=actor, number=number, reason=given["note"]),
    "reopen": lambda actor, number, given: commands.reopen_case(actor=actor, number=number, note=given["note"]),
}
TITLES: Mapping[str, str | Promise] = {
    "take": gettext_lazy("开始处理 %(n)s 个异常"),
    "assign": gettext_lazy("转交 %(n)s 个异常"),
    "snooze": gettext_lazy("推迟 %(n)s 个异常"),
    "resolve": gettext_lazy("把 %(n)s 个异常标为已解决"),
    "dismiss": gettext_lazy("忽略 %(n)s 个异常"),
    "reopen": gettext_lazy("把 %(n)s 个异常放回待处理"),
}


def numbers_of(actor: Actor, wanted: Wanted) -> list[str]:
    """All cases that a list shows, those that matter most first; MOST at most."""
    found: list[str] = []
    after = ""
    while len(found) < MOST:
        page = case_list(actor, wanted, MAX_LIMIT, after)
        found += [row["number"] for row in page.items]
        after = page.after
        if not after:
            break
    return found[:MOST]


def deal(actor: Actor, verb: str, number: str, given: Values, key: str | None) -> dict[str, Any]:
    """Do it with one case; what is refused is said."""
    try:
        done = VERBS[verb](actor.with_key(f"{key}:{number}" if key else None), number, given)
    except AppError as refusal:
        return {"number": number, "ok": False, "state": "failed", "text": str(refusal)}
    return {"number": number, "ok": True, "state": done.state, "text": str(Case.State(done.state).label)}


def start(actor: Actor, verb: str, numbers: Sequence[str], given: Values) -> Job:
    """Have the worker do it."""
    actor.must(HANDLE)
    title = str(TITLES[verb]) % {"n": len(numbers)}
    return jobs.start(actor, TASK, title, TASK, verb=verb, numbers=list(numbers[:MOST]), given=dict(given))


@job_task(TASK, repeatable=True)
def deal_with_many(run: JobRun) -> dict[str, Any]:
    """The same for many cases; begun again, those that were done already answer as before."""
    numbers, verb = run.args["numbers"], run.args["verb"]
    refused = []
    for done, number in enumerate(numbers, 1):
        run.check_cancelled()
        told = deal(run.actor, verb, number, run.args["given"], f"job{run.id}")
        if not told["ok"]:
            refused.append({"line": number, "text": told["text"]})
        run.progress(done, len(numbers))
    return {
        "text": _("%(done)s 个完成，%(failed)s 个未完成")
        % {"done": len(numbers) - len(refused), "failed": len(refused)},
        "counts": {_("完成"): len(numbers) - len(refused), _("未完成"): len(refused)},
        "rows": refused[:SHOWN],
        "links": [{"text": _("回到异常列表"), "url": reverse("alerts:case_list")}],
    }
