"""Telling other systems about a document in approval: what is sent, and what counts as taken."""

from __future__ import annotations

import json
import logging
import time

from gendan.flow.commands.webhook import settle_webhook
from gendan.flow.queries.due import MIND
from gendan.flow.queries.standing import facts_from
from gendan.flow.rules.definition import Webhook, read
from gendan.flow.rules.path import at
from gendan.kernel import db, outgoing
from gendan.kernel.actor import Actor
from gendan.kernel.errors import AppError

log = logging.getLogger("gendan.flow")
PAUSES = (0, 2, 10)  # seconds before each attempt
_WAITS = """
SELECT i.id, v.definition::text, i.key, i.facts::text, f.name, v.number, c.timezone
FROM flow_instance i JOIN flow_flowversion v ON v.id = i.version_id JOIN flow_flow f ON f.id = v.flow_id
JOIN accounts_company c ON c.id = i.company_id
WHERE i.company_id = %s::bigint AND i.kind = %s::text AND i.transition = %s::text AND i.number = %s::text
 AND i.state = 'running' AND EXISTS (SELECT 1 FROM flow_task t WHERE t.instance_id = i.id AND t.kind = 'webhook'
  AND t.state = 'waiting')
"""
_LEFT = """
SELECT i.company_id, i.kind, i.transition, i.number FROM flow_task t JOIN flow_instance i ON i.id = t.instance_id
WHERE t.kind = 'webhook' AND t.state = 'waiting' AND t.created_at < now() - interval '10 minutes'
ORDER BY t.id LIMIT %s
"""


def call(company_id: int, kind: str, transition: str, number: str) -> None:
    """Send a document to the address of the node where it waits; the approval goes on with a 2xx, else people decide.

    Nothing happens when it does not wait any more.
    """
    found = db.row(_WAITS, [company_id, kind, transition, number])
    if found is None:
        return
    id_, definition, key, facts, flow, version, zone = found
    node = at(read(definition), key)
    assert isinstance(node, Webhook)
    body = {
        "kind": kind,
        "transition": transition,
        "number": number,
        "approval": id_,
        "flow": flow,
        "version": version,
        "node": key,
        "facts": facts_from(facts),
    }
    problem = _send(node.url, json.dumps(body, ensure_ascii=False).encode())
    system = Actor(company_id, None, "", frozenset({MIND}), via="job", timezone=zone)
    try:
        settle_webhook(
            actor=system, kind=kind, number=number, transition=transition, answered=not problem, problem=problem
        )
    except AppError as refused:  # taken back meanwhile, or the document cannot be approved as it is
        log.warning("the answer about %s %s was not taken: %s", kind, number, refused)


def left_behind(limit: int) -> list[tuple[int, str, str, str]]:
    """Documents that wait for another system longer than an attempt takes: the worker was killed in it."""
    found = db.rows(_LEFT, [limit])
    return [(company, kind, transition, number) for company, kind, transition, number in found]


def _send(url: str, body: bytes) -> str:
    """What went wrong with the last attempt, "" when it was taken."""
    problem = ""
    for pause in PAUSES:
        time.sleep(pause)
        try:
            reply = outgoing.send("POST", url, body, {"Content-Type": "application/json"})
        except outgoing.OutgoingError as error:
            problem = str(error)
            if error.code == "refused":
                break
            continue
        if 200 <= reply.status < 300:
            return ""
        problem = f"HTTP {reply.status}"
    return problem
