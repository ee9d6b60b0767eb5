"""What happens when nobody took a case up in time. The worker calls it by the clock."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.alerts.permissions import MIND
from gendan.alerts.steps import answers, reminders
from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done, command


@command(MIND, _("升级无人处理的异常"))
def mind_answers(*, actor: Actor, now: datetime | None = None) -> Done:
    """Cases that nobody took up in time go up the ladder of their rule (without one to the owner's superior), who is
    told; where nobody is above they stay. Owners are told of what waited for the end of quiet hours, and reminded where
    the rule says so.

    A fixed number of statements, however many cases.
    """
    moment = now or timezone.now()
    moved = answers.escalate(actor, moment)
    told = reminders.remind(actor, moment)
    return Done("scan", actor.company_id, "answers", data={"escalated": moved, "reminded": told})
