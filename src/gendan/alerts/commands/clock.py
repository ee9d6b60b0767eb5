"""What happens when nobody took a case up in time. The worker calls it by the clock."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.alerts.permissions import MIND
from gendan.alerts.steps import answers
from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done, command


@command(MIND, _("升级无人处理的异常"))
def mind_answers(*, actor: Actor, now: datetime | None = None) -> Done:
    """Cases that nobody took up in time go to their owner's superior, who is told; where nobody is above they stay.

    A fixed number of statements, however many cases.
    """
    moved = answers.escalate(actor, now or timezone.now())
    return Done("scan", actor.company_id, "answers", data={"escalated": moved})
