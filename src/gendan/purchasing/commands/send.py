"""Send an order to its supplier: a link without an account, by e-mail or to be handed on; take the link away."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.documents import check_version, state_label
from gendan.kernel.errors import Invalid, NotFound, WrongState
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command
from gendan.notices.partners import Letter, write_to
from gendan.purchasing.errors import NotSendable
from gendan.purchasing.models import PurchaseOrder
from gendan.purchasing.models.order import LIVE_STATES
from gendan.purchasing.outward import letter_values
from gendan.purchasing.queries.sending import must_see_it
from gendan.purchasing.steps import sending
from gendan.purchasing.steps.order import lock_order

SEND, REVOKE = _("把订单发给供应商"), _("撤销供应商链接")
_MAIN = """
SELECT k.name, k.email FROM catalog_contact k WHERE k.partner_id = %s::bigint AND k.email <> ''
ORDER BY k.is_main DESC, k.id LIMIT 1
"""
_BEFORE = """
SELECT coalesce(sum(x.times), 0), (SELECT k.language FROM purchasing_supplierlink k
 WHERE k.company_id = %s::bigint AND k.partner_id = %s::bigint ORDER BY k.id DESC LIMIT 1)
FROM purchasing_sending x WHERE x.order_id = %s::bigint
"""


@command("purchasing.send_order", SEND)
def send_order(
    *,
    actor: Actor,
    number: str,
    email: str | None = None,
    recipient: str = "",
    language: str = "",
    note: str = "",
    days: int = sending.DAYS,
    version: int | None = None,
) -> Done:
    """Send an approved order: the supplier's recipient gets a link by which the order is answered without an account.

    ``email`` None is the main contact's; "" sends nothing, the link is made to be handed on. ``language`` "" is the one
    used with this supplier before. The message goes out with all others (``out.new_order``), where its fate can be
    read. May be repeated; a recipient has one link, which opens all that was sent to it.
    Errors: NotFound, Stale, NotSendable, Forbidden, LinkShowsWhatIsHidden, Invalid.
    """
    must_see_it(actor)
    order = lock_order(actor, number)
    check_version(order.number, order.version, version)
    if order.state not in LIVE_STATES:
        raise NotSendable(number=number, state=state_label(PurchaseOrder, order.state))
    before = db.row(_BEFORE, [actor.company_id, order.supplier_id, order.id])
    times, known = (int(before[0]), str(before[1] or "")) if before else (0, "")
    language = language or known or "zh-hans"
    if email is None:
        main = db.row(_MAIN, [order.supplier_id])
        recipient, email = (recipient or main[0], main[1]) if main else (recipient, "")
    recipient, email = recipient.strip(), email.strip()
    _check(recipient, email, language, days)
    link = sending.link_to(actor, order.supplier_id, recipient, email, language, days)
    sending.sent(actor, link, [order.id])
    if email:
        values = letter_values(actor.company_id, order.id, note.strip()[:500], link.order(number))
        key = f"po{order.id}" if not times else f"po{order.id}:s{times}"
        letter = Letter("new_order", key, order.supplier_id, email, recipient, language, order.subject, values)
        write_to(actor.company_id, letter)
    said = " ".join(filter(None, [recipient, email])) or "—"
    record("purchasing.order_sent", order.subject, actor, (f"partner:{order.supplier_code}",), reason=said)
    data = {"link": link.id, "email": email, "times": times + 1}
    return Done("po", order.id, number, order.state, order.version, data)


@command("purchasing.revoke_supplier_link", REVOKE, permission="purchasing.send_order")
def revoke_supplier_link(*, actor: Actor, link_id: int) -> Done:
    """End a link at once, for every order that was sent by it. Errors: NotFound, WrongState."""
    found = db.row(
        "SELECT k.recipient, k.revoked_at, p.code, p.name FROM purchasing_supplierlink k"
        " JOIN catalog_partner p ON p.id = k.partner_id"
        " WHERE k.company_id = %s::bigint AND k.id = %s::bigint FOR NO KEY UPDATE OF k",
        [actor.company_id, link_id],
    )
    if found is None:
        raise NotFound(what=_now("供应商链接"))
    recipient, revoked_at, code, name = found
    orders = db.rows(
        "SELECT o.id, o.number FROM purchasing_sending x JOIN purchasing_purchaseorder o ON o.id = x.order_id"
        " WHERE x.link_id = %s::bigint ORDER BY o.id DESC LIMIT 50",
        [link_id],
    )
    scope.demand(actor, orders[0][1] if orders else code)
    if revoked_at is not None:
        raise WrongState(number=name, state=_now("已撤销"), action=str(REVOKE))
    db.later(
        "UPDATE purchasing_supplierlink SET revoked_at = now(), revoked_by_id = %s::bigint WHERE id = %s::bigint",
        [actor.user_id, link_id],
    )
    subject = Subject("po", *orders[0]) if orders else Subject("partner", 0, code)
    refs = (f"partner:{code}", *(f"po:{number}" for _id, number in orders[1:]))
    record("purchasing.supplier_link_revoked", subject, actor, refs, reason=recipient)
    return Done("link", link_id, subject.number, "revoked", data={"link": link_id})


def _check(recipient: str, email: str, language: str, days: int) -> None:
    problems = {}
    if email:
        try:
            validate_email(email)
        except ValidationError:
            problems["email"] = _now("邮箱地址不对。")
    if language not in dict(settings.LANGUAGES):
        problems["language"] = "language: " + " | ".join(dict(settings.LANGUAGES))
    if len(recipient) > 120:
        problems["recipient"] = _now("最多 %(count)s 个字。") % {"count": 120}
    if not 1 <= days <= sending.MOST_DAYS:
        problems["days"] = _now("有效天数为 1–%(most)s。") % {"most": sending.MOST_DAYS}
    if problems:
        raise Invalid(problems)
