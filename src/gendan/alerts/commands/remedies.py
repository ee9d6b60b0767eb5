"""Note what was done about a case, and look again at once. What is done is a command of the document's context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gendan.alerts.models import Case
from gendan.alerts.permissions import HANDLE
from gendan.alerts.remedies import steps
from gendan.alerts.remedies.words import effect_in_words
from gendan.alerts.steps import cases
from gendan.alerts.steps.scan import look_at
from gendan.kernel.actor import Actor
from gendan.kernel.errors import NotFound
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command


@command("alerts.record_remedy", _("记录异常的处理办法"), permission=HANDLE)
def record_remedy(
    *,
    actor: Actor,
    number: str,
    remedy: str,
    values: Mapping[str, Any] | None = None,
    effect: Mapping[str, Any] | None = None,
    documents: Sequence[str] = (),
    key: str | None = None,
    now: datetime | None = None,
) -> Done:
    """Note on a case which remedy was used and what came of it; the rules look at its document again, so that it
    updates or closes itself at once.

    Errors: NotFound, Forbidden.
    """
    kind, document = _document(actor, number)
    # Looking comes first: a look locks its rules, then cases.
    look_at(actor, now or timezone.now(), {kind: [document]})
    case = cases.lock_case(actor, number)
    told = effect or {}
    (done,) = steps.insert_done(actor, [case.pk], remedy, values or {}, told, documents, key=key)
    steps.take_up(actor, [case.pk])
    refs = dict.fromkeys([*cases.refs(case), *documents])
    record("alerts.remedy_done", case.subject, actor, refs, remedy=remedy, note=effect_in_words(told))
    state = "in_progress" if case.state == "open" else case.state
    data = {"remedy": done, "code": remedy, "effect": dict(told), "documents": list(documents)}
    return Done("case", case.pk, case.number, state, case.version + case.is_open, data)


def _document(actor: Actor, number: str) -> tuple[str, str]:
    """What a case is about, before it is locked: that never changes."""
    found = (
        Case.objects.filter(company_id=actor.company_id, number=number)
        .values_list("document_kind", "document_number")
        .first()
    )
    if found is None:
        raise NotFound(what=number)
    return found
