"""The customer's answer to a delivery, whoever brings it: a keeper, the customer's own page, the carrier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import step
from gendan.kernel.values import quantity_problem
from gendan.purchasing.errors import ReasonRequired, UnknownLine
from gendan.sales.errors import SignedOtherwise
from gendan.sales.rules.signing import SignIn, Verdict, state_of, verdicts
from gendan.sales.steps.order import follow_many
from gendan.sales.steps.outbound import Outbound, OutLine

SIGN = _("登记签收")
VIA = ("keeper", "link", "carrier")
_SIGN = """
WITH t AS (SELECT * FROM unnest(%(ids)s::bigint[], %(lines)s::bigint[], %(signed)s::numeric[], %(refused)s::numeric[],
  %(short)s::numeric[], %(reasons)s::text[]) AS t(id, line_id, signed, refused, short, reason)),
 d AS (UPDATE sales_delivery SET state = %(state)s::text, version = version + 1, updated_at = now(),
  signed_on = %(on)s::date, signed_by = %(by)s::text, signed_via = %(via)s::text, sign_note = %(note)s::text,
  recorded_on = %(today)s::date WHERE id = %(id)s::bigint),
 dl AS (UPDATE sales_deliveryline dl SET signed = t.signed, refused = t.refused, short = t.short,
  refuse_reason = t.reason FROM t WHERE dl.id = t.id)
UPDATE sales_salesline l SET signed = l.signed + s.signed, refused = l.refused + s.refused,
 shipped = l.shipped - s.short, completed_on = CASE WHEN s.short = 0 THEN l.completed_on END
FROM (SELECT line_id, sum(signed) AS signed, sum(refused) AS refused, sum(short) AS short FROM t GROUP BY 1) s
WHERE l.id = s.line_id
"""


@step
def sign(
    actor: Actor,
    outbound: Outbound,
    lines: Sequence[SignIn] | None = None,
    *,
    via: str = "keeper",
    signed_by: str = "",
    signed_on: date | None = None,
    note: str = "",
) -> dict[str, str]:
    """Write what the customer accepted (``lines`` None: everything), and what follows for the orders; their states by
    number. What was refused counts as answered and comes back by a return; what never came is open again.

    Errors: WrongState, UnknownLine, Invalid, ReasonRequired, SignedOtherwise.
    """
    delivery, today = outbound.delivery, actor.today()
    delivery.must_be(frozenset({"shipped"}), SIGN)
    day = signed_on or today
    if not (delivery.shipped_on or day) <= day <= today:
        raise Invalid({"signed_on": _now("签收日期应在出库日期与今天之间。")})
    found = _checked(outbound, lines)
    delivery.state = state_of(found)
    delivery.version += 1
    _write(actor, outbound, found, {"on": day, "by": signed_by.strip()[:120], "via": via, "note": note.strip()[:300]})
    behind = outbound.order_lines
    for line in outbound.lines:
        verdict = found[line.line_no]
        behind[line.order_line_id].signed += verdict.signed
        behind[line.order_line_id].refused += verdict.refused
        behind[line.order_line_id].shipped -= verdict.short
    states = follow_many(outbound.orders)
    data = {"signed_by": signed_by, "via": via, "reason": note.strip()[:300], "exceptions": _told(outbound, found)}
    event = "sales.delivery_refused" if delivery.state == "refused" else "sales.delivery_signed"
    record(event, delivery.subject, actor, outbound.refs, **data)
    return states


def _checked(outbound: Outbound, lines: Sequence[SignIn] | None) -> dict[int, Verdict]:
    number = outbound.delivery.number
    known: dict[int, OutLine] = {line.line_no: line for line in outbound.lines}
    for n, entry in enumerate(lines or ()):
        line = known.get(entry.line)
        if line is None:
            raise UnknownLine(number=number, line=entry.line)
        for field, value in (("signed", entry.signed), ("refused", entry.refused), ("short", entry.short)):
            if value and (problem := quantity_problem(value, line.decimals)):
                raise Invalid({f"lines.{n}.{field}": problem})
        if (entry.refused or entry.short) and not entry.reason.strip():
            raise ReasonRequired()
    found = dict(verdicts(outbound.lines, lines))
    for line in outbound.lines:
        verdict = found[line.line_no]
        if verdict.total != line.quantity or min(verdict.signed, verdict.refused, verdict.short) < 0:
            raise SignedOtherwise(number=number, line=line.line_no, quantity=line.quantity, total=verdict.total)
    return found


def _write(actor: Actor, outbound: Outbound, found: dict[int, Verdict], header: dict[str, Any]) -> None:
    lines = outbound.lines
    db.later(
        _SIGN,
        {
            "id": outbound.delivery.id,
            "state": outbound.delivery.state,
            "today": actor.today(),
            **header,
            "ids": db.array(line.id for line in lines),
            "lines": db.array(line.order_line_id for line in lines),
            "signed": db.array(found[line.line_no].signed for line in lines),
            "refused": db.array(found[line.line_no].refused for line in lines),
            "short": db.array(found[line.line_no].short for line in lines),
            "reasons": [found[line.line_no].reason for line in lines],
        },
    )


def _told(outbound: Outbound, found: dict[int, Verdict]) -> list[dict[str, Any]]:
    """What was not accepted, for the log."""
    return [
        {"product": line.product, "refused": verdict.refused, "short": verdict.short, "reason": verdict.reason}
        for line in outbound.lines
        if (verdict := found[line.line_no]).refused or verdict.short
    ][:50]
