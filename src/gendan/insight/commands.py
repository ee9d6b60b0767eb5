"""Decide how suppliers are scored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.insight.queries.terms import flat, terms_of
from gendan.insight.rules.scoring import Misfit, terms_from
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command

TERMS = _("供应商评分规则")
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))"
_KEEP = """
INSERT INTO insight_scorecardterms (company_id, version, definition, user_id)
VALUES (%s::bigint, %s::int, %s::jsonb, %s::bigint)
"""


@command("insight.set_scorecard", TERMS)
def set_scorecard(*, actor: Actor, values: Mapping[str, Any], version: int | None = None) -> Done:
    """Change weights, goals, grades, costs, or whether suppliers see theirs; what is not given stays. The terms before
    are kept as a version.

    Errors: Invalid (by field), Stale.
    """
    db.rows(_LOCK, [f"insight.scorecard:{actor.company_id}"])
    held, current = terms_of(actor.company_id)
    check_version(str(TERMS), current, version)
    try:
        wanted = terms_from(values, held)
    except Misfit as wrong:
        raise Invalid(dict.fromkeys(wrong.fields, _now("不能这样设置。"))) from wrong
    before, after = flat(held), flat(wanted)
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    subject = Subject("scorecard", actor.company_id, "scorecard")
    if not changes:
        return Done(subject.kind, subject.id, subject.number, "", current)
    definition = json.dumps(wanted.as_json(), ensure_ascii=False)
    db.later(_KEEP, [actor.company_id, current + 1, definition, actor.user_id])
    record("insight.scorecard_set", subject, actor, ("list:scorecard",), changes=changes, version=current + 1)
    return Done(subject.kind, subject.id, subject.number, "", current + 1)
