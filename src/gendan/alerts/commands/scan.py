"""Look for exceptions: all of a company, or what events touched. The worker does it by the clock; people may, too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.alerts.errors import UnknownRule
from gendan.alerts.permissions import SCAN
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.rules.builtin import BUILTIN
from gendan.alerts.steps import cursor
from gendan.alerts.steps import scan as steps
from gendan.kernel.actor import Actor
from gendan.kernel.unit import Done, command


@command(SCAN, _("立即检查异常"))
def scan(*, actor: Actor, rules: Sequence[str] | None = None, now: datetime | None = None) -> Done:
    """Look at everything that is open, by all rules or some. ``now`` is for trying another day: it is what every rule
    reckons with.

    Errors: UnknownRule.
    """
    known = rules_of(actor.company_id) if rules and set(rules) - BUILTIN.keys() else BUILTIN
    for code in rules or ():
        if code not in known:
            raise UnknownRule(rule=code)
    looked = steps.look_at_all(actor, now or timezone.now(), rules)
    return Done("scan", actor.company_id, "scan", data={**looked.as_json(), "by_rule": looked.by_rule})


@command("alerts.read_events", _("检查有变动单据的异常"), permission=SCAN)
def read_events(*, actor: Actor, now: datetime | None = None, last: int | None = None) -> Done:
    """Look at the documents that events touched since the last time; nothing when somebody else does this moment.

    ``last``: the highest id in the log of all companies, see steps.cursor.
    """
    kinds = {kind for rule in rules_of(actor.company_id).values() for kind in rule.kinds}
    touched = cursor.advance(actor, kinds, last)
    looked = steps.look_at(actor, now or timezone.now(), touched.documents)
    return Done("scan", actor.company_id, "scan", data={**looked.as_json(), "events": touched.events})
