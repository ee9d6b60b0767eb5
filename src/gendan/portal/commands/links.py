"""Give a customer a link to an order, and take it away."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, scope
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound, WrongState
from gendan.kernel.events import Subject, record
from gendan.kernel.sealed import seal
from gendan.kernel.unit import Done, command
from gendan.portal import rules
from gendan.portal.errors import NotLive
from gendan.portal.queries.links import must_see_it
from gendan.sales.models.order import LIVE_STATES

CREATE, REVOKE = _("生成客户链接"), _("撤销客户链接")


@command("portal.create_link", CREATE)
def create_link(*, actor: Actor, number: str, recipient: str = "", language: str = "", days: int = rules.DAYS) -> Done:
    """Make a link to a reviewed order that ends after so many days; its address is read with ``queries.link_url``, so
    that it stands in no log. Errors: NotFound, NotLive, Invalid.
    """
    must_see_it(actor)
    problems = {}
    if not 1 <= days <= rules.MOST_DAYS:
        problems["days"] = _now("有效天数为 1–%(most)s。") % {"most": rules.MOST_DAYS}
    if language and language not in dict(settings.LANGUAGES):
        problems["language"] = _now("语言可以是：%(languages)s。") % {"languages": "、".join(dict(settings.LANGUAGES))}
    if len(recipient.strip()) > 120:
        problems["recipient"] = _now("最多 %(count)s 个字。") % {"count": 120}
    if problems:
        raise Invalid(problems)
    order = db.row(
        "SELECT id, state FROM sales_salesorder WHERE company_id = %s::bigint AND number = %s::text FOR NO KEY UPDATE",
        [actor.company_id, number],
    )
    if order is None:
        raise NotFound(what=number)
    if order[1] not in LIVE_STATES:
        raise NotLive(number=number)
    token, ends = rules.new_token(), rules.end_of(timezone.now(), days)
    found = db.row(
        "INSERT INTO portal_customerlink (company_id, order_id, token_hash, sealed, recipient, language, expires_at,"
        " created_by_id) VALUES (%s::bigint, %s::bigint, %s::text, %s::text, %s::text, %s::text, %s::timestamptz,"
        " %s::bigint) RETURNING id",
        [
            actor.company_id,
            order[0],
            rules.hash_of(token),
            seal({"token": token}),
            recipient.strip(),
            language,
            ends,
            actor.user_id,
        ],
    )
    assert found is not None
    until = timezone.localtime(ends, actor.zone).date()
    said = f"{recipient.strip() or '—'} · {until}"
    record("portal.link_created", Subject("so", order[0], number), actor, link=found[0], reason=said)
    return Done("link", found[0], number, "open", data={"link": found[0], "expires_on": str(until)})


@command("portal.revoke_link", REVOKE)
def revoke_link(*, actor: Actor, link_id: int) -> Done:
    """End a link at once. Errors: NotFound, WrongState."""
    found = db.row(
        "SELECT o.id, o.number, l.recipient, l.revoked_at FROM portal_customerlink l"
        " JOIN sales_salesorder o ON o.id = l.order_id"
        " WHERE l.company_id = %s::bigint AND l.id = %s::bigint FOR NO KEY UPDATE OF l",
        [actor.company_id, link_id],
    )
    if found is None:
        raise NotFound(what=_now("客户链接"))
    order_id, number, recipient, revoked_at = found
    scope.demand(actor, number)
    if revoked_at is not None:
        raise WrongState(number=number, state=_now("已撤销"), action=str(REVOKE))
    db.later(
        "UPDATE portal_customerlink SET revoked_at = now(), revoked_by_id = %s::bigint WHERE id = %s::bigint",
        [actor.user_id, link_id],
    )
    record("portal.link_revoked", Subject("so", order_id, number), actor, link=link_id, reason=recipient)
    return Done("link", link_id, number, "revoked", data={"link": link_id})
