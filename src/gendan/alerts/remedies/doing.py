"""Which remedies a case offers, with their forms; doing one: the command of its context, then the note on the case."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gendan.alerts.commands.remedies import record_remedy
from gendan.alerts.commands.urging import urge_supplier
from gendan.alerts.permissions import HANDLE
from gendan.alerts.queries.handling import may_deal
from gendan.alerts.queries.rules import rules_of
from gendan.alerts.remedies.errors import CaseClosed, NotOffered, UnknownRemedy
from gendan.alerts.remedies.kinds import Field, Remedy, Row, Situation
from gendan.alerts.remedies.registry import EVERYWHERE, REMEDIES
from gendan.alerts.remedies.situation import situation_of
from gendan.alerts.remedies.steps import written
from gendan.alerts.remedies.words import answer_in_words, effect_in_words
from gendan.kernel import db
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import IdempotencyKeyReused, Invalid, plain
from gendan.kernel.subjects import page_of
from gendan.kernel.unit import Done
from gendan.kernel.values import BadValue, is_empty, to_date, to_flag, to_number, to_text

_BEFORE = """
SELECT r.id, r.code, r.values::text, r.effect::text, r.documents::text, c.id, c.number, c.state, c.version
FROM alerts_remedy r JOIN alerts_case c ON c.id = r.case_id
WHERE r.company_id = %s::bigint AND r.user_id = %s::bigint AND r.key = %s::text
"""
_LOCK = "SELECT pg_advisory_lock(hashtextextended(%s::text, 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended(%s::text, 0))"


def offered(situation: Situation) -> list[Row]:
    """What helps now, in the order in which the rule names it: code, label, what speaks for it, where it is done."""
    actor, found = situation.actor, []
    if not situation.case["is_open"]:
        return []
    closes = may_deal(actor, situation.case)[1]
    rule = rules_of(actor.company_id).get(situation.case["rule"])
    for code in dict.fromkeys([*(rule.remedies if rule else ()), *EVERYWHERE]):
        remedy = REMEDIES.get(code)
        hint = _hint(situation, remedy) if remedy else None
        if remedy is None or hint is None or (remedy.closes and not closes):
            continue
        link = remedy.link(situation) if remedy.link else ""
        row = {"code": code, "label": str(remedy.label), "icon": remedy.icon, "why": hint, "link": link}
        found.append(row)
    return found


def _hint(situation: Situation, remedy: Remedy) -> str | None:
    """What speaks for a remedy here; None: it is not offered."""
    if situation.kind not in remedy.kinds or not situation.actor.may(remedy.permission):
        return None
    return remedy.offered(situation)


def remedies_of(actor: Actor, number: str) -> Row:
    """What a case offers and what was done about it, for its page and for programs; a fixed number of statements.

    Errors: NotFound, Forbidden.
    """
    situation = situation_of(actor, number)
    offers = offered(situation) if actor.may(HANDLE) else []
    for row in offers:
        fields = [] if row["link"] else REMEDIES[row["code"]].fields(situation)
        row["fields"] = [shown(field) for field in fields]
    return {"case": situation.case, "offers": offers, "done": [_done(row) for row in situation.done]}


def shown(field: Field) -> Row:
    """A field as pages and programs get it."""
    options = [{"value": value, "text": str(text)} for value, text in field.options]
    value = field.value
    return {
        "name": field.name,
        "label": str(field.label),
        "kind": field.kind,
        "value": value if isinstance(value, list | bool) else "" if value is None else str(plain(value)),
        "required": field.required,
        "help": str(field.help),
        "options": options,
    }


def _done(row: Row) -> Row:
    """A remedy that was used, in words."""
    remedy = REMEDIES.get(row["code"])
    documents = [tuple(each.split(":", 1)) for each in row["documents"]]
    return {
        **row,
        "label": str(remedy.label) if remedy else row["code"],
        "text": effect_in_words(row["effect"]),
        "answers": answer_in_words(row["answer"]),
        "links": [(number, page_of(kind, number)) for kind, number in documents],
    }


def form_of(actor: Actor, number: str, code: str) -> tuple[Situation, Remedy]:
    """The remedy with what its form is filled from.

    Errors: NotFound, Forbidden, UnknownRemedy, CaseClosed, NotOffered.
    """
    actor.must(HANDLE)
    remedy = REMEDIES.get(code)
    if remedy is None or remedy.link is not None:
        raise UnknownRemedy(remedy=code)
    actor.must(remedy.permission)
    situation = situation_of(actor, number)
    if not situation.case["is_open"]:
        raise CaseClosed(number=number)
    if situation.kind not in remedy.kinds or remedy.offered(situation) is None:
        raise NotOffered(number=number, remedy=str(remedy.label))
    return situation, remedy


def do(
    *,
    actor: Actor,
    number: str,
    code: str,
    values: Mapping[str, Any],
    version: int | None = None,
    now: datetime | None = None,
) -> Done:
    """Use a remedy on a case: its command runs with the actor's rights, then the case notes what came of it.

    One at a time for each case: of two people at once the second is told (Stale), and a request that is repeated under
    its key is answered with what was done. What the command refuses is refused, and nothing is noted.
    Errors: as form_of, Stale, Invalid, and those of the command.
    """
    if code == "urge_supplier":
        return _urge(actor, number, values)
    key = _key(actor, "remedy")
    with _alone(f"remedy:{actor.company_id}:{number}"):
        if key and (earlier := _before(actor, key, code, number, values)):
            return earlier
        situation, remedy = form_of(actor, number, code)
        check_version(number, situation.case["version"], version)
        read = read_values(remedy.fields(situation), values)
        assert remedy.run is not None
        effect = remedy.run(actor.with_key(_key(actor, "do")), situation, read)
        told = {"code": effect.code, "args": effect.args}
        return record_remedy(
            actor=actor.with_key(None),
            number=number,
            remedy=code,
            values=_kept(values),
            effect=told,
            documents=effect.documents,
            key=key,
            now=now,
        )


def _urge(actor: Actor, number: str, values: Mapping[str, Any]) -> Done:
    """Urging is a command of its own, which notes what it did, on many cases at once."""
    actor.must(HANDLE)
    if actor.idempotency_key is None:  # what was asked for under a key is answered, though it is offered no more
        form_of(actor, number, "urge_supplier")
    if strange := sorted(set(values) - {"email", "recipient", "note", "language", "hours", "cases"}):
        raise Invalid({name: _("没有这一项。") for name in strange})
    given: dict[str, Any] = {
        name: str(values[name]) for name in ("email", "recipient", "note", "language") if values.get(name)
    }
    if not is_empty(values.get("hours")):
        try:
            given["hours"] = to_number(values["hours"])
        except BadValue as wrong:
            raise Invalid({"hours": wrong.text}) from wrong
    return urge_supplier(actor=actor, number=number, cases=_listed(values), **given)


def _listed(values: Mapping[str, Any]) -> list[str]:
    found = values.get("cases") or []
    return [str(number) for number in found] if isinstance(found, list | tuple) else [str(found)]


def read_values(fields: Sequence[Field], given: Mapping[str, Any]) -> Row:
    """What a form or program gave, as values; everything that is wrong is named at once. Errors: Invalid."""
    problems: dict[str, str] = {name: _("没有这一项。") for name in sorted(set(given) - {f.name for f in fields})}
    found: Row = {}
    for field in fields:
        value = given.get(field.name)
        try:
            found[field.name] = _read(field, value)
        except BadValue as wrong:
            problems[field.name] = wrong.text
            continue
        if field.required and found[field.name] in {None, ""}:
            problems[field.name] = _("请填写%(label)s。") % {"label": field.label}
    if problems:
        raise Invalid(problems)
    return found


def _read(field: Field, value: Any) -> Any:
    if field.kind == "flag":
        return bool(value) and to_flag(value)
    if is_empty(value):
        return None if field.kind in {"date", "number"} else ""
    match field.kind:
        case "date":
            return to_date(value)
        case "number":
            return to_number(value, field.decimals)
        case "choice":
            text = str(value)
            if text not in {option for option, _text in field.options}:
                raise BadValue(_("请从列出的里面选。"))
            return text
    return to_text(value, field.most)


def _kept(values: Mapping[str, Any]) -> Row:
    return {name: value for name, value in values.items() if not is_empty(value)}


def _key(actor: Actor, what: str) -> str | None:
    """The key of a part of a request that has one."""
    if actor.idempotency_key is None:
        return None
    return hashlib.sha256(f"{what}:{actor.idempotency_key}".encode()).hexdigest()


def _before(actor: Actor, key: str, code: str, number: str, values: Mapping[str, Any]) -> Done | None:
    """What the same request came to before. Errors: IdempotencyKeyReused."""
    found = db.row(_BEFORE, [actor.company_id, actor.user_id, key])
    if found is None:
        return None
    id_, earlier, given, effect, documents, case_id, case, state, version = found
    if (earlier, case, json.loads(given)) != (code, number, json.loads(written(_kept(values)))):
        raise IdempotencyKeyReused(key=actor.idempotency_key)
    data = {"remedy": id_, "code": code, "effect": json.loads(effect), "documents": json.loads(documents)}
    return Done("case", case_id, case, state, version, data, replayed=True)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Nobody else in this block under the same name: a lock of the connection, for there are several transactions."""
    db.execute(_LOCK, [name])
    try:
        yield
    finally:
        db.execute(_UNLOCK, [name])
