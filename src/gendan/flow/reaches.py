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


# What who is asked may do with a document that they only see for that: decide, and say something.
DECIDING = frozenset({
    "flow.approve_task", "flow.reject_task", "flow.send_back_task", "flow.transfer_task", "flow.delegate_task",
    "flow.add_signer", "flow.urge_task", "flow.read_task", "flow.withdraw_approval", "kernel.add_comment",
    "kernel.attach_file",
})  # fmt: skip


def asked(actor: Actor, kind: str, alias: str, writing: str = "") -> str:
    """SQL: whether an approval concerns the actor; "" for kinds that no flow can guard, and for commands (``writing``)
    that are none by which one decides.
    """
    subjects = [subject for (known, _transition), subject in SUBJECTS.items() if known == kind]
    if actor.user_id is None or not subjects:
        return ""
    if writing and writing not in DECIDING and all(writing not in subject.decided_by for subject in subjects):
        return ""
    ids = {"company": int(actor.company_id), "user": int(actor.user_id), "today": actor.today().isoformat()}
    read = "" if writing else _READ.format(**ids)
    return _ASKED.format(kind=kind, alias=alias, read=read, **ids)


open_also(asked)
