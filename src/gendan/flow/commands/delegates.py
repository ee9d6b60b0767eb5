"""Name a substitute for a time: who may decide instead of somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.flow.models import Delegate
from gendan.flow.permissions import DELEGATE_OTHERS
from gendan.flow.queries.delegates import kinds as known_kinds
from gendan.flow.queries.delegates import members_by_name
from gendan.kernel import notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound, WrongState
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.kernel.values import Days

NOTE_LENGTH = 300
NAMED = "substitute"  # a kind of notices
notices.NOTICE_LABELS[NAMED] = _("审批委托")


@command("flow.name_substitute", _("设置审批委托"), permission="")
def name_substitute(
    *,
    actor: Actor,
    substitute: str,
    first: date,
    last: date,
    person: str = "",
    kinds: Sequence[str] = (),
    note: str = "",
) -> Done:
    """Let a colleague decide for the actor (or, with the permission, for ``person``) from one day to another, both
    included; for all kinds of documents or some. Errors: Invalid, Forbidden.
    """
    _check(actor, first, last, kinds, note)
    found = members_by_name(actor.company_id, [substitute, *([person] if person else [])])
    other = found.get(substitute.strip().lower())
    whose = found.get(person.strip().lower()) if person else None
    problems: dict[str, str | Promise] = {}
    if other is None:
        problems["substitute"] = _("没有这位同事，或账号已停用。")
    if person and whose is None:
        problems["person"] = _("没有这位同事，或账号已停用。")
    person_id = whose.id if whose else actor.user_id
    if person_id is None or (other and other.id == person_id):
        problems["substitute"] = _("请选择另一位同事。")
    if problems or other is None or person_id is None:
        raise Invalid(problems)
    if person_id != actor.user_id:
        actor.must(DELEGATE_OTHERS)
    made = Delegate.objects.create(
        company_id=actor.company_id,
        person_id=person_id,
        substitute_id=other.id,
        first=first,
        last=last,
        kinds=sorted(set(kinds)),
        note=note.strip(),
        created_by_id=actor.user_id,
    )
    name, subject = str(made.person), Subject("user", person_id, made.person.username)
    days = f"{first} – {last}"
    record("flow.substitute_named", subject, actor, [f"inbox:{other.id}"], substitute=other.name, days=days)
    text = _now("%(first)s 到 %(last)s 由您代 %(name)s 审批。") % {"first": first, "last": last, "name": name}
    notices.notify(actor.company_id, [other.id], NAMED, text, Subject("substitute", made.pk, str(made.pk)))
    return Done("substitute", made.pk, str(made.pk))


@command("flow.end_substitute", _("结束审批委托"), permission="")
def end_substitute(*, actor: Actor, delegate_id: int) -> Done:
    """End one's own substitution, or, with the permission, anybody's. Errors: NotFound, WrongState, Forbidden."""
    found = Delegate.objects.select_for_update().filter(pk=delegate_id, company_id=actor.company_id).first()
    what = _now("审批委托 %(id)s") % {"id": delegate_id}
    if found is None:
        raise NotFound(what=what)
    if found.person_id != actor.user_id:
        actor.must(DELEGATE_OTHERS)
    if not found.is_active:
        raise WrongState(number=what, state=_now("已结束"), action=_now("结束审批委托"))
    found.is_active = False
    found.save(update_fields=["is_active"])
    subject = Subject("user", found.person_id, found.person.username)
    record("flow.substitute_ended", subject, actor, [f"inbox:{found.substitute_id}"], substitute=str(found.substitute))
    return Done("substitute", found.pk, str(found.pk))


def _check(actor: Actor, first: date, last: date, kinds: Sequence[str], note: str) -> None:
    problems: dict[str, str | Promise] = {}
    allowed = Days.around(actor.today())
    for name, day in (("first", first), ("last", last)):
        if problem := allowed.problem(day):
            problems[name] = problem
    if last < first:
        problems["last"] = _("结束日期不能早于开始日期。")
    elif last < actor.today():
        problems["last"] = _("结束日期已经过去。")
    if unknown := set(kinds) - {kind for kind, _label in known_kinds()}:
        problems["kinds"] = _now("没有这种单据：%(kind)s") % {"kind": "、".join(sorted(unknown))}
    if len(note.strip()) > NOTE_LENGTH:
        problems["note"] = _("最多 %(most)s 个字。") % {"most": NOTE_LENGTH}
    if problems:
        raise Invalid(problems)
