"""A dry run for pages, programs and jobs: in a sentence, and as what is kept of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gendan.alerts.errors import RuleTooSlow
from gendan.alerts.permissions import VIEW
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.queries.seen import demand, priced
from gendan.alerts.queries.texts import NAMES
from gendan.alerts.queries.trial import Trial, tried
from gendan.alerts.rules.rule import Rule
from gendan.flow.queries.people import people_of
from gendan.kernel import scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Forbidden, NotFound

Row = dict[str, Any]
LONGEST = 366
SECONDS = 3.0  # somebody waits for the page


# Why what a rule would have found on past days is not known.
WHY_NOT: Mapping[str, str | Promise] = {
    "duplicate_order": gettext_lazy("哪些采购已经给了客户，只留现在的样子"),
    "reservation_unmet": gettext_lazy("每天锁定了多少库存没有留下来"),
    "low_stock": gettext_lazy("每天锁定了多少库存没有留下来"),
    "stock_out": gettext_lazy("每天锁定了多少库存没有留下来"),
    "credit_exceeded": gettext_lazy("客户的额度和每天的占用没有留下来"),
    "inquiry_unanswered": gettext_lazy("询价哪天关闭没有留下来"),
    "contract_ending": gettext_lazy("合同每天用了多少没有留下来"),
    "action_overdue": gettext_lazy("退回以后改过的答复期限没有留下来"),
    "approval_overdue": gettext_lazy("单据等审批的经过只在日志里，没有每天的样子"),
    "change_unanswered": gettext_lazy("变更等答复的经过只在日志里，没有每天的样子"),
    "order_split": gettext_lazy("每个人以前的审批额度没有留下来"),
    "below_limit": gettext_lazy("每个人以前的审批额度没有留下来"),
    "supplier_is_employee": gettext_lazy("联系人和员工资料只留现在的样子"),
}
WHY_NOT_ANY = gettext_lazy("这条规则查的数据没有留下每天的样子")


def why_not(rule: Rule) -> str:
    """Why only today can be looked at."""
    return str(WHY_NOT.get(rule.code, WHY_NOT_ANY))


class _TooLong(Exception):
    pass


def rule_to_try(actor: Actor, code: str) -> Rule:
    """The rule. A dry run looks at everything, so it is for who sees all documents of its kinds. Errors: NotFound,
    Forbidden.
    """
    actor.must(VIEW)
    found = rules_of(actor.company_id).get(code)
    if found is None:
        raise NotFound(what=code)
    for kind in found.kinds:
        demand(actor, code, kind)
    if scope.conditions(actor, "case", "c"):
        raise Forbidden(permission=VIEW)
    return found


def name_of(rule: Rule) -> str:
    """How a rule is called."""
    return rule.own.name if rule.own is not None else str(NAMES[rule.code])


def tried_at_once(actor: Actor, rule: Rule, days: int, seconds: float = SECONDS) -> Row | None:
    """A dry run while somebody waits; None: it takes longer, the worker has to do it."""
    end = time.monotonic() + seconds

    def told(done: int, total: int) -> None:
        left = end - time.monotonic()
        if left < 0 or (done == 3 and (seconds - left) / done * total > seconds * 3):
            raise _TooLong

    today = actor.today()
    calendar = people_of(actor.company_id, actor.zone)[1]
    try:
        trial = tried(actor, rule, today - timedelta(days=days - 1), today, calendar, told=told, seconds=seconds)
    except (_TooLong, RuleTooSlow):
        return None
    return as_json(actor, rule, trial)


def summary(rule: Rule, trial: Trial) -> str:
    """The dry run in a sentence."""
    days = (trial.last - trial.first).days + 1
    if not trial.exact:
        return _("%(why)s，只能按今天的数据算：会发现 %(n)s 个异常。") % {"why": why_not(rule), "n": len(trial.found)}
    words = {"days": days, "n": len(trial.found), "still": trial.still}
    return _("过去 %(days)s 天会发现 %(n)s 个异常，其中 %(still)s 个到今天还在。") % words


def as_json(actor: Actor, rule: Rule, trial: Trial) -> Row:
    """What is kept and shown; amounts only for who may see them."""
    shown = []
    for one in trial.shown():
        row = one.as_json()
        if not priced(actor, rule.code, one.kind):
            row["amount"] = None
        shown.append(row)
    return {
        "rule": rule.code,
        "first": trial.first.isoformat(),
        "last": trial.last.isoformat(),
        "days": (trial.last - trial.first).days + 1,
        "exact": trial.exact,
        "count": len(trial.found),
        "still": trial.still,
        "text": summary(rule, trial),
        "cases": shown,
    }
