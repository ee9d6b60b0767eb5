"""Bank accounts of partners, and of colleagues: kept sealed, shown by their last digits."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.accounts.secret import Secret
from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.sealed import seal
from gendan.kernel.unit import Done, command
from gendan.settlement.errors import AccountKnown

SAVE = "settlement.save_account"
_OWNER = {
    "partner": "SELECT id, code, name FROM catalog_partner WHERE company_id = %s::bigint AND code = %s::text",
    "user": "SELECT u.id, u.username, u.name FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id"
    " WHERE m.company_id = %s::bigint AND u.username = %s::text",
}
_INSERT = """
INSERT INTO settlement_bankaccount (company_id, partner_id, user_id, holder, bank, sealed, key, tail, note, version,
 created_by_id)
VALUES (%(company)s::bigint, %(partner)s::bigint, %(user)s::bigint, %(holder)s::text, %(bank)s::text, %(sealed)s::text,
 %(key)s::text, %(tail)s::text, %(note)s::text, 1, %(by)s::bigint) RETURNING id
"""
_LOCK = """
SELECT a.version, a.tail, p.id, p.code, u.id, u.username FROM settlement_bankaccount a
LEFT JOIN catalog_partner p ON p.id = a.partner_id LEFT JOIN accounts_user u ON u.id = a.user_id
WHERE a.company_id = %s::bigint AND a.id = %s::bigint AND a.removed_at IS NULL FOR NO KEY UPDATE OF a
"""
_REMOVE = "UPDATE settlement_bankaccount SET removed_at = now(), version = version + 1 WHERE id = %s::bigint"


def digest(number: str) -> str:
    """By what the same number is found again; without the installation's key it says nothing."""
    key = hmac.new(settings.SECRET_KEY.encode(), b"gendan.accounts", hashlib.sha256).digest()
    return hmac.new(key, plain(number).encode(), hashlib.sha256).hexdigest()


def plain(number: str) -> str:
    """A number of an account without blanks and hyphens, in one case."""
    return "".join(each for each in number.upper() if each.isalnum())


@command(SAVE, _("登记银行账户"))
def save_account(
    *,
    actor: Actor,
    number: Secret,
    holder: str,
    bank: str = "",
    partner: str = "",
    user: str = "",
    note: str = "",
) -> Done:
    """Write down an account of a ``partner``, or of a colleague (``user``, a user name). An account that is wrong is
    removed and written anew: nobody changes a number in place. Its number stands in no
    log, and is not to be guessed from what is kept of a repeated request.

    Errors: NotFound, Invalid (by field), AccountKnown.
    """
    digits = plain(number.reveal())
    _check(digits, holder.strip(), bank.strip(), partner, user)
    kind, name = ("partner", partner) if partner else ("user", user)
    if partner:
        scope.demand(actor, {"partner": partner})
    owner = db.row(_OWNER[kind], [actor.company_id, name])
    if owner is None:
        raise NotFound(what=name)
    tail = digits[-4:]
    params = {
        "company": actor.company_id,
        "partner": owner[0] if partner else None,
        "user": owner[0] if user else None,
        "holder": holder.strip(),
        "bank": bank.strip(),
        "sealed": seal({"number": digits}),
        "key": digest(digits),
        "tail": tail,
        "note": note.strip()[:300],
        "by": actor.user_id,
    }
    try:
        row = db.row(_INSERT, params)
    except IntegrityError as error:
        raise AccountKnown(owner=owner[2], tail=tail) from error
    assert row is not None
    told = {"account": f"**** {tail}", "bank": bank.strip()}
    record("settlement.account_saved", Subject(kind, owner[0], owner[1]), actor, **told)
    return Done("account", row[0], owner[1], "active", 1, {"account": row[0], "tail": tail})


def _check(digits: str, holder: str, bank: str, partner: str, user: str) -> None:
    problems = {}
    if not 6 <= len(digits) <= 40:
        problems["number"] = _now("账号应为 6 到 40 位数字或字母。")
    if not 1 <= len(holder) <= 120:
        problems["holder"] = _now("请填写户名，最多 120 个字。")
    if len(bank) > 120:
        problems["bank"] = _now("最多 %(count)s 个字。") % {"count": 120}
    if bool(partner) == bool(user):
        problems["partner"] = _now("请填写往来单位或同事，二者之一。")
    if problems:
        raise Invalid(problems)


@command("settlement.remove_account", _("删除银行账户"), permission=SAVE)
def remove_account(*, actor: Actor, account_id: int, version: int | None = None) -> Done:
    """Take an account out of use; it is kept. Errors: NotFound, Stale."""
    found = db.row(_LOCK, [actor.company_id, account_id])
    if found is None:
        raise NotFound(what=_now("银行账户"))
    current, tail, partner_id, code, user_id, username = found
    if partner_id:
        scope.demand(actor, {"partner": code})
    check_version(f"**** {tail}", current, version)
    db.later(_REMOVE, [account_id])
    subject = Subject("partner", partner_id, code) if partner_id else Subject("user", user_id, username)
    record("settlement.account_removed", subject, actor, account=f"**** {tail}")
    return Done("account", account_id, subject.number, "removed", current + 1)
