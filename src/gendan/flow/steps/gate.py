"""The guard of documents: their submit, approve and reject commands pass here, with a flow or by the simple rule.

The caller has locked the document. Whether there is a flow at all (HAS_FLOW) it has asked in a statement that it sent
anyway, and ``queries.running`` in the exchange that locks the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from gendan.flow.errors import InApproval, NothingRuns
from gendan.flow.queries.passed import Passed
from gendan.flow.queries.standing import (
    HAS_FLOW,
    Published,
    Running,
    judged_from,
    published,
    published_from,
    running,
    running_from,
)
from gendan.flow.rules.judged import rerouted, touched
from gendan.flow.steps import engine, limit, writing
from gendan.flow.steps.writing import Outcome
from gendan.flow.subjects import subject_of
from gendan.kernel import db, duties
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import step


@step
def passes(actor: Actor, kind: str, number: str, *, told: bool = False) -> Passed | None:
    """Begin the approval of a submitted document, of a company with a flow (HAS_FLOW); the flow, if it lets it pass
    without asking anybody. That is nobody's approval: the caller's event says by which flow, unless it shall be
    ``told`` here.
    """
    found = meets(actor, kind, number)
    if found is None:
        return None
    passed = _begin(actor, found)
    if passed and told:
        record("flow.passed_alone", found.document, actor, **passed.told)
    return passed


def _begin(actor: Actor, met: Published) -> Passed | None:
    return Passed(met.name, met.version) if engine.begin(actor, met).state == "approved" else None


_HELD = """
SELECT {has_flow}, EXISTS (SELECT 1 FROM flow_instance i WHERE i.kind = %(kind)s::text AND i.document_id =
  %(document)s::bigint AND i.transition = 'submit' AND i.state = 'running'),
 (SELECT string_agg(DISTINCT coalesce(nullif(u.name, ''), u.username), '、') FROM flow_instance i
  JOIN flow_task t ON t.instance_id = i.id AND t.state = 'waiting' AND t.kind = 'approve'
  JOIN accounts_user u ON u.id = t.user_id WHERE i.kind = %(kind)s::text AND i.document_id = %(document)s::bigint
   AND i.state = 'running')
"""


@step
def free(actor: Actor, document: Subject) -> bool:
    """Whether a flow is published for such documents; a locked document that is in approval now is refused.

    Errors: InApproval.
    """
    has_flow = HAS_FLOW.format(company="%(company)s::bigint", kind=document.kind, transition="submit")
    asked = {"company": actor.company_id, "kind": document.kind, "document": document.id}
    found = db.row(_HELD.format(has_flow=has_flow), asked)
    if found and found[1]:
        raise InApproval(number=document.number, people=found[2] or "—")
    return bool(found and found[0])


@step
def lets(actor: Actor, document: Subject) -> bool:
    """Whether a locked document may take effect now. No flow: yes. With one an approval begins, which may be over at
    once; when it ends later, the document's own ``go`` goes on (flow.guard). Errors: InApproval.
    """
    return not free(actor, document) or passes(actor, document.kind, document.number, told=True) is not None


@step
def guarded(actor: Actor, kind: str) -> bool:
    """Whether a flow is published for such documents, for a command that writes one that takes effect at once."""
    found = db.row(
        "SELECT " + HAS_FLOW.format(company="%s::bigint", kind=kind, transition="submit"), [actor.company_id]
    )
    return bool(found and found[0])


@step
def meets(actor: Actor, kind: str, number: str) -> Published | None:
    """The flow that a document would meet as it stands in this transaction, for ``passes_as``."""
    return published_from(actor, kind, number, db.rows(*published(actor, kind, number)))


@step
def passes_as(actor: Actor, met: Published, document: Subject, facts: Mapping[str, Any]) -> Passed | None:
    """Begin the approval of a document by the flow that another document would meet (``met``, read while that was as it
    shall become); ``facts`` are told beside those of the other. The flow, if it lets it pass without asking anybody.
    """
    own = replace(met, subject=subject_of(document.kind), document=document, facts={**met.facts, **facts})
    return _begin(actor, own)


@step
def approves(
    actor: Actor, kind: str, number: str, rows: Sequence[db.Row], permission: str, amount: Decimal, note: str = ""
) -> bool:
    """Whether a document is approved with this decision. Where an approval runs only who has a task may decide, and
    the document is approved when the approval ends; without one, who may approve the amount.

    ``rows`` are what ``queries.running`` brought. Errors: NotAsked, Forbidden, AmountLimitExceeded, DutiesMixed.
    """
    duties.check(actor, "approve", kind, [number])
    run = running_from(actor, kind, number, rows)
    if run is None:
        limit.check_approver(actor, permission, number, amount)
        return True
    return engine.decide(actor, run, "approved", note).state == "approved"


@step
def rejects(actor: Actor, kind: str, number: str, rows: Sequence[db.Row], reason: str) -> bool:
    """Whether a document is rejected with this decision; one who is asked among several may leave it open.

    Errors: NotAsked.
    """
    run = running_from(actor, kind, number, rows)
    return run is None or engine.decide(actor, run, "rejected", reason).state == "rejected"


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit means for the approval: ``void``: what was judged changed; ``judged``: a flow looked at it."""

    judged: bool
    void: bool


@step
def edited(actor: Actor, document: Subject, rows: Sequence[db.Row]) -> Edited:
    """See what a written edit means for the approval; one that touches what was judged, or what the flow's conditions
    answer, makes it void.

    ``rows`` are what ``queries.judged`` brought after the edit.
    """
    compared = judged_from(rows)
    if compared is None:
        return Edited(False, False)
    known, before, after = compared.definition, compared.before, compared.after
    changed = [*touched(known.judged, before, after), *rerouted(known, before, after)]
    if changed:
        void(actor, document, changed)
    return Edited(True, bool(changed))


@step
def void(actor: Actor, document: Subject, changed: Sequence[str]) -> None:
    """Make the approval of a document void because these facts changed, whether it runs or has passed."""
    facts = subject_of(document.kind).facts
    names = "、".join(str(facts[name].label) if name in facts else name for name in changed)
    db.later(
        "WITH i AS (UPDATE flow_instance SET state = 'voided', ended_at = now(), note = %(names)s::text"
        "  WHERE id = (SELECT max(id) FROM flow_instance WHERE kind = %(kind)s::text"
        "   AND document_id = %(document)s::bigint AND company_id = %(company)s::bigint AND transition = 'submit')"
        "  AND state IN ('running', 'approved') RETURNING id)"
        " UPDATE flow_task t SET state = 'dropped', decided_at = now(), acted_by_id = %(actor)s::bigint"
        " FROM i WHERE t.instance_id = i.id AND t.state IN ('waiting', 'later')",
        {
            "names": names[:300],
            "kind": document.kind,
            "document": document.id,
            "company": actor.company_id,
            "actor": actor.user_id,
        },
    )
    record("flow.voided", document, actor, changed=names)


@step
def withdrawn(actor: Actor, document: Subject) -> None:
    """Its submitter takes a document back; what runs for it ends. Sent with the next statement."""
    writing.end(actor, document.kind, document.id, "withdrawn")


@step
def gone(actor: Actor, document: Subject, reason: str = "") -> None:
    """A document was cancelled or deleted; what runs for it ends. Sent with the next statement."""
    writing.end(actor, document.kind, document.id, "ended", reason)


@step
def opened(actor: Actor, kind: str, number: str, transition: str = "submit") -> Running:
    """The running approval of a document, both locked, the document first. Errors: NotFound, NothingRuns."""
    subject_of(kind, transition).lock(actor, number)
    run = running_from(actor, kind, number, db.rows(*running(actor, kind, number, transition)), transition)
    if run is None:
        raise NothingRuns(number=number)
    return run


@step
def finish(actor: Actor, run: Running, outcome: Outcome, note: str = "") -> str:
    """Let the document's context write what the end of an approval means; the document's state, "" while it runs."""
    match outcome.state:
        case "approved" | "rejected" | "sent_back":
            return run.subject.ended(actor, run.document.number, outcome.state, note)
    return ""
