"""Who is asked about a document sees it while they are asked, and afterwards what they decided on (kernel/scope.py)."""

from __future__ import annotations

from gendan.flow.subjects import SUBJECTS
from gendan.kernel.actor import Actor
from gendan.kernel.scope import open_also

_ASKED = """
EXISTS (SELECT 1 FROM flow_instance fi JOIN flow_task ft ON ft.instance_id = fi.id
 WHERE fi.company_id = {company} AND fi.kind = '{kind}' AND fi.document_id = {alias}.id
  AND ((ft.state = 'waiting' AND ft.kind = 'approve' AND (ft.user_id = {user} OR ft.stand_in_id = {user}
    OR ft.user_id IN (SELECT fd.person_id FROM flow_delegate fd WHERE fd.company_id = {company}
     AND fd.substitute_id = {user} AND fd.is_active AND '{today}'::date BETWEEN fd.first AND fd.last
     AND (fd.kinds = '{{}}' OR fi.kind = ANY (fd.kinds))))){read}))
"""
# What they were told of, decided or submitted can be read, but not changed.
_READ = " OR ft.acted_by_id = {user} OR (ft.kind = 'inform' AND ft.user_id = {user}) OR fi.submitter_id = {user}"


def asked(actor: Actor, kind: str, alias: str, writing: bool) -> str:
    """SQL: whether an approval concerns the actor; "" for kinds that no flow can guard."""
    if actor.user_id is None or all(kind != known for known, _transition in SUBJECTS):
        return ""
    ids = {"company": int(actor.company_id), "user": int(actor.user_id), "today": actor.today().isoformat()}
    read = "" if writing else _READ.format(**ids)
    return _ASKED.format(kind=kind, alias=alias, read=read, **ids)


open_also(asked)
