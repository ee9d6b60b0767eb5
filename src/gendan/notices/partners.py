"""Messages to customers and suppliers: which events ask for one, whom it goes to, in which words; each told once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from gendan.kernel import db
from gendan.kernel.events import Subject
from gendan.kernel.sealed import unseal
from gendan.kernel.unit import step
from gendan.notices import rules, words
from gendan.notices.models import Means
from gendan.notices.outward import OCCASIONS, Happened, Occasion, Recipient, Told
from gendan.notices.spread import MAKE_CURSOR
from gendan.notices.steps import create_defaults

# Whoever commits later than this after their event was written is not told of.
WINDOW = "3 hours"
_RULES = """
SELECT o.occasion, o.language, c.id, c.means, c.sealed FROM notices_outward o
JOIN notices_channel c ON c.id = o.channel_id
WHERE o.company_id = %s::bigint AND o.is_on AND c.is_active ORDER BY o.occasion
"""
# A snapshot of a database that was restored elsewhere says nothing here: then it begins anew.
_LOCK = """
SELECT CASE WHEN c.snapshot = '' OR pg_snapshot_xmax(c.snapshot::pg_snapshot) > pg_snapshot_xmax(s) THEN ''
 ELSE c.snapshot END, s::text, coalesce(c.looked_at, now())
FROM notices_cursor c, pg_current_snapshot() s WHERE c.company_id = %s::bigint FOR UPDATE OF c SKIP LOCKED
"""
_MOVE = "UPDATE notices_cursor SET snapshot = %s::text, looked_at = now() WHERE company_id = %s::bigint"
# What is visible now and was not when the events were looked at before.
_EVENTS = f"""
SELECT e.id, e.type, e.subject_kind, e.subject_id, e.subject_number, e.data::text FROM kernel_event e
WHERE e.company_id = %(company)s::bigint AND e.type = ANY(%(types)s::text[])
 AND e.at > %(since)s::timestamptz - interval '{WINDOW}'
 AND NOT pg_visible_in_snapshot(e.xact, %(before)s::text::pg_snapshot)
 AND pg_visible_in_snapshot(e.xact, %(now)s::text::pg_snapshot) ORDER BY e.id
"""
_CONTACTS = """
SELECT DISTINCT ON (p.id) p.id, p.name, coalesce(k.name, ''), coalesce(k.email, ''), coalesce(k.phone, '')
FROM catalog_partner p LEFT JOIN catalog_contact k ON k.partner_id = p.id
WHERE p.company_id = %s::bigint AND p.id = ANY(%s::bigint[])
ORDER BY p.id, (CASE WHEN %s::text = 'phone' THEN coalesce(k.phone, '') ELSE coalesce(k.email, '') END) <> '' DESC,
 k.is_main DESC NULLS LAST, k.id
"""
_COMPANY = "SELECT name FROM accounts_company WHERE id = %s::bigint"
_WORDS = "SELECT title, body FROM notices_template WHERE company_id = %s AND kind = %s AND language = %s"
_WRITE = """
INSERT INTO notices_delivery (company_id, channel_id, key, people, kind, text, subject_kind, subject_number, partner_id,
 address, title, body, due_at)
SELECT %(company)s::bigint, %(channel)s::bigint, t.key, t.people, %(kind)s::text, '', t.kind, t.number, t.partner,
 t.address, t.title, t.body, now()
FROM unnest(%(keys)s::text[], %(people)s::text[], %(kinds)s::text[], %(numbers)s::text[], %(partners)s::bigint[],
 %(addresses)s::text[], %(titles)s::text[], %(bodies)s::text[])
 AS t(key, people, kind, number, partner, address, title, body)
ON CONFLICT (channel_id, key) DO NOTHING
"""
# A message is not told again through another channel either.
_TOLD = "SELECT key FROM notices_delivery WHERE company_id = %s::bigint AND kind = %s::text AND key = ANY(%s::text[])"


def tell(company_id: int) -> int:
    """Make the messages that new events of a company ask for; how many. Of two at once, one does it."""
    db.execute(MAKE_CURSOR, [company_id])
    with transaction.atomic():
        locked = db.row(_LOCK, [company_id])
        if locked is None:
            return 0
        before, now, since = locked
        chosen = db.rows(_RULES, [company_id])
        made = 0
        if before and chosen:
            types = {type_ for row in chosen if row[0] in OCCASIONS for type_ in OCCASIONS[row[0]].events}
            asked = {"company": company_id, "types": sorted(types), "since": since, "before": before, "now": now}
            happened = _happened(asked)
            for code, language, channel_id, means, sealed in chosen:
                if happened and (occasion := OCCASIONS.get(code)):
                    mine = [event for event in happened if event.type in occasion.events]
                    via = "phone" if means != Means.EMAIL and _by_phone(sealed) else "email"
                    made += _make(company_id, occasion, language, channel_id, via, mine)
        db.execute(_MOVE, [now, company_id])
    return made


_SEND = """
INSERT INTO notices_delivery (company_id, channel_id, key, people, kind, text, subject_kind, subject_number, partner_id,
 address, title, body, due_at)
SELECT c.company_id, c.id, %(key)s::text, %(people)s::text, %(kind)s::text, '', %(subject_kind)s::text,
 %(number)s::text, %(partner)s::bigint, %(address)s::text, %(title)s::text, %(body)s::text, now()
FROM notices_channel c WHERE c.company_id = %(company)s::bigint AND c.code = 'email'
ON CONFLICT (channel_id, key) DO NOTHING
"""
_NAMED = """
SELECT c.name, p.name FROM accounts_company c, catalog_partner p
WHERE c.id = %s::bigint AND p.company_id = c.id AND p.id = %s::bigint
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to one person at a partner, in the words that the company has for ``occasion``."""

    occasion: str
    key: str
    partner_id: int
    address: str
    person: str
    language: str
    subject: Subject
    values: Mapping[str, str]


@step
def write_to(company_id: int, letter: Letter) -> None:
    """Let a letter go out with the messages that are sent, logged and tried again; under the same key only once."""
    occasion = OCCASIONS[letter.occasion]
    named = db.row(_NAMED, [company_id, letter.partner_id])
    if named is None:
        return
    company, partner = str(named[0]), str(named[1])
    title, body = _words(company_id, occasion.kind, letter.language)
    names = {"company": company, "partner": partner, "contact": letter.person or partner}
    values = {**letter.values, **names, "number": letter.subject.number}
    given = {
        "company": company_id,
        "key": f"o{letter.occasion}:{letter.key}"[:80],
        "people": (f"{partner} · {letter.person}" if letter.person else partner)[:200],
        "kind": occasion.kind,
        "subject_kind": letter.subject.kind,
        "number": letter.subject.number,
        "partner": letter.partner_id,
        "address": letter.address,
        "title": " ".join(rules.rendered(title, values).split())[:200],
        "body": rules.rendered(body, values),
    }
    if not db.execute(_SEND, given):  # a company that was made before there were channels
        create_defaults(company_id)
        db.execute(_SEND, given)


def _happened(asked: Mapping[str, object]) -> list[Happened]:
    return [
        Happened(id_, type_, kind, document_id, number, json.loads(data))
        for id_, type_, kind, document_id, number, data in db.rows(_EVENTS, asked)
    ]


def _by_phone(sealed: str) -> bool:
    return "phone" in rules.gaps_of(unseal(sealed).get("address", ""))


def _make(
    company_id: int, occasion: Occasion, language: str, channel_id: int, via: str, happened: Sequence[Happened]
) -> int:
    told = occasion.find(company_id, happened) if happened else []
    by_key = {f"o{occasion.code}:{one.key}"[:80]: one for one in told}
    known = {key for (key,) in db.rows(_TOLD, [company_id, occasion.kind, list(by_key)])} if by_key else set()
    new = {key: one for key, one in by_key.items() if key not in known}
    if not new:
        return 0
    title, body = _words(company_id, occasion.kind, language)
    contacts = _contacts(company_id, {one.partner_id for one in new.values()}, via)
    company = db.row(_COMPANY, [company_id])
    assert company is not None
    new = _with_links(company_id, occasion, language, new, contacts, by_mail=via == "email")
    rows = [_row(key, one, contacts[one.partner_id], str(company[0]), title, body) for key, one in new.items()]
    keys, people, kinds, numbers, partners, addresses, titles, bodies = zip(*rows, strict=True)
    return db.execute(
        _WRITE,
        {
            "company": company_id,
            "channel": channel_id,
            "kind": occasion.kind,
            "keys": list(keys),
            "people": list(people),
            "kinds": list(kinds),
            "numbers": list(numbers),
            "partners": list(partners),
            "addresses": list(addresses),
            "titles": list(titles),
            "bodies": list(bodies),
        },
    )


def _with_links(
    company_id: int,
    occasion: Occasion,
    language: str,
    new: dict[str, Told],
    contacts: Mapping[int, tuple[str, str, str]],
    *,
    by_mail: bool,
) -> dict[str, Told]:
    """What is told, with each recipient's own page; who has no address gets none."""
    if occasion.links is None:
        return new
    reached = {key: one for key, one in new.items() if contacts[one.partner_id][2]}
    people = []
    for one in reached.values():
        _partner, person, address = contacts[one.partner_id]
        people.append(Recipient(one, person or ("" if by_mail else address), address if by_mail else ""))
    found = dict(zip(reached, occasion.links(company_id, language, people), strict=True)) if people else {}
    return {key: replace(one, values={**one.values, "link": found.get(key, "")}) for key, one in new.items()}


def _row(
    key: str, one: Told, contact: tuple[str, str, str], company: str, title: str, body: str
) -> tuple[str, str, str, str, int, str, str, str]:
    partner, person, address = contact
    values = {**one.values, "company": company, "partner": partner, "contact": person or partner, "number": one.number}
    heading = " ".join(rules.rendered(title, values).split())[:200]
    people = f"{partner} · {person}" if person else partner
    return (
        key, people[:200], one.kind, one.number, one.partner_id, address, heading, rules.rendered(body, values)
    )  # fmt: skip


def _words(company_id: int, kind: str, language: str) -> tuple[str, str]:
    found = db.row(_WORDS, [company_id, kind, language])
    return (found[0], found[1]) if found else words.built_in(kind, language)


def _contacts(company_id: int, partners: set[int], via: str) -> Mapping[int, tuple[str, str, str]]:
    """Each partner's name, whom to write to there, and where."""
    rows = db.rows(_CONTACTS, [company_id, db.array(sorted(partners)), via])
    return {id_: (name, person, phone if via == "phone" else email) for id_, name, person, email, phone in rows}
