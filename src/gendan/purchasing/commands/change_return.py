"""What is changed of a return before goods left, and the supplier's word on when the replacement comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow import steps as flow
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid
from gendan.kernel.events import record
from gendan.kernel.unit import Done, command
from gendan.purchasing.commands.purchase_return import asked_rows, checked
from gendan.purchasing.errors_returned import DifferentSources, NotWanted
from gendan.purchasing.models import PurchaseReturn
from gendan.purchasing.rules.merging import changes, unique_ids
from gendan.purchasing.rules.returned import ReturnDraft
from gendan.purchasing.steps import returned as steps
from gendan.purchasing.steps import returning
from gendan.purchasing.steps.days import check_days
from gendan.purchasing.steps.merging import merged, taken_over

UPDATE, PROMISE = _("修改采购退货"), _("登记补货日期")
KEEP = "purchasing.create_return"
REPLACE = "replace"


@command("purchasing.update_return", UPDATE, permission=KEEP)
def update_return(
    *,
    actor: Actor,
    number: str,
    draft: ReturnDraft,
    version: int | None = None,
    base: ReturnDraft | None = None,
) -> Done:
    """Replace header and lines of a return whose goods have not left; an approved one becomes a draft again.

    Lines with an ``id`` stay themselves. With ``base`` (what the form was opened with) and an older ``version``, what
    only others changed is taken over; DraftChanged lists what both changed. Without it an older version is Stale.
    Errors: NotFound, Stale, DraftChanged, WrongState, InApproval, UnknownLine, EmptyDocument, DifferentSources,
    NotReturnable, OverSentBack, UnknownPlace, Invalid.
    """
    found, rows, now = returning.lock_draft(actor, number, [line.receipt for line in draft.lines])
    found.must_be(frozenset({"draft", "approved"}), UPDATE)
    flow.free(actor, found.subject)
    mine = replace(draft, lines=unique_ids(draft.lines))
    mine = merged(found.subject, found.version, version, base, mine, now)
    known = {row.id for row in rows}
    mine = replace(mine, lines=tuple(line if line.id in known else replace(line, id=None) for line in mine.lines))
    mine = replace(mine, replace_on=checked(actor, mine.lines, mine.wanted, mine.replace_on))
    asked = [line.asked() for line in mine.lines]
    sources, bins = steps.lock_sources(actor, asked)
    room = returning.without_own(list(sources.values()), rows)
    lines = asked_rows(asked, sources, bins, room)
    for line in lines:
        if (line.source.supplier_id, line.source.warehouse_id) != (found.supplier_id, found.warehouse_id):
            raise DifferentSources(number=line.source.receipt)
    returning.rewrite(actor, found, rows, mine, lines)
    refs = {f"gr:{line.source.receipt}" for line in lines} | {f"po:{line.source.order}" for line in lines}
    refs |= set(found.refs)
    record("purchasing.return_updated", found.subject, actor, sorted(refs), changes=changes(now, mine)[:50])
    told = {"merged": taken_over(found.version, version, base, now)}
    return Done("rtv", found.id, number, "draft", found.version + 1, told)


@command("purchasing.promise_replacement", PROMISE, permission=KEEP)
def promise_replacement(
    *, actor: Actor, number: str, replace_on: date, note: str = "", version: int | None = None
) -> Done:
    """Write when the supplier says that the replacement comes. The first day stays as its promise; later ones say when
    the goods are expected.

    Errors: NotFound, Stale, WrongState, NotWanted, Invalid.
    """
    found, _lines = steps.lock(actor, number, version)
    found.must_be(frozenset({"approved", "posted"}), PROMISE)
    if found.settlement != REPLACE:
        raise NotWanted(number=number, settlement=str(dict(PurchaseReturn.Settlement.choices)[found.settlement]))
    check_days(actor, {"replace_on": replace_on})
    if replace_on < actor.today():
        raise Invalid({"replace_on": _now("补货日期不能早于今天。")})
    returning.promise(found, replace_on)
    told = {"replace_on": [found.replace_on and found.replace_on.isoformat(), replace_on.isoformat()]}
    record("purchasing.replacement_promised", found.subject, actor, found.refs, changes=told, reason=note.strip()[:300])
    return Done("rtv", found.id, number, found.state, found.version + 1)
