"""Who stands in for somebody is told when an approval lands at that person, and for whom it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.events import Subject
from gendan.kernel.unit import step

WHOSE = "@whose@"  # in a text: the people for whom somebody stands in, filled in by the statement
_TELL = """
INSERT INTO kernel_notice (company_id, user_id, kind, text, subject_kind, subject_number)
SELECT %(company)s::bigint, d.substitute_id, %(asked)s::text,
 replace(t.text, %(whose)s::text, coalesce(nullif(u.name, ''), u.username)), t.kind, t.number
FROM unnest(%(people)s::bigint[], %(submitters)s::bigint[], %(texts)s::text[], %(kinds)s::text[], %(numbers)s::text[])
 AS t(person, submitter, text, kind, number)
JOIN flow_delegate d ON d.company_id = %(company)s::bigint AND d.person_id = t.person AND d.is_active
 AND %(today)s::date BETWEEN d.first AND d.last AND (d.kinds = '{}' OR t.kind = ANY (d.kinds))
JOIN accounts_user u ON u.id = d.person_id
WHERE d.substitute_id IS DISTINCT FROM t.submitter AND d.substitute_id IS DISTINCT FROM %(actor)s::bigint
"""


@dataclass(frozen=True, slots=True)
class Landed:
    """A document that somebody is asked about from now on."""

    person: int
    submitter: int | None
    submitter_name: str
    document: Subject


def instead_text(number: str, submitter: str, whose: str = WHOSE) -> str:
    """What somebody is told who may decide for another."""
    told = {"number": number, "submitter": submitter, "whose": whose}
    return _("%(number)s 等您代 %(whose)s 审批（%(submitter)s 提交）。") % told


@step
def tell_stand_ins(actor: Actor, kind: str, landed: Sequence[Landed]) -> None:
    """Tell the substitutes of these people; ``kind`` of notice. Sent with the next statement."""
    if not landed:
        return
    db.later(
        _TELL,
        {
            "company": actor.company_id,
            "actor": actor.user_id,
            "today": actor.today(),
            "asked": kind,
            "whose": WHOSE,
            "people": db.array(one.person for one in landed),
            "submitters": db.array(one.submitter for one in landed),
            "texts": [instead_text(one.document.number, one.submitter_name) for one in landed],
            "kinds": [one.document.kind for one in landed],
            "numbers": [one.document.number for one in landed],
        },
    )
