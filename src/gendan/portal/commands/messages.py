"""A customer asks about an order, somebody answers."""

from __future__ import annotations

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from gendan.kernel import db, notices
from gendan.kernel.actor import Actor
from gendan.kernel.errors import Invalid, NotFound
from gendan.kernel.events import Subject, record
from gendan.kernel.unit import Done, command

MOST = 2000


@command("portal.ask_question", _("代客户提问"))
def ask_question(*, actor: Actor, number: str, text: str) -> Done:
    """Write down what a customer asks about an order; its salesperson, else who made it, is told.

    Errors: NotFound, Invalid.
    """
    order_id, people = _order(actor, number)
    said = _said(text)
    message = _write(actor, order_id, None, said)
    subject = Subject("so", order_id, number)
    if told := people - {actor.user_id}:
        notices.notify(actor.company_id, told, "question", f"{actor.name}：{said}", subject)
    record("portal.question_asked", subject, actor, message=message, reason=said)
    return Done("so", order_id, number, data={"message": message})


@command("portal.answer_question", _("回复客户"))
def answer_question(*, actor: Actor, number: str, text: str) -> Done:
    """Write what every customer with a link to the order will read. Errors: NotFound, Invalid."""
    order_id, _people = _order(actor, number)
    said = _said(text)
    message = _write(actor, order_id, actor.user_id, said)
    record("portal.question_answered", Subject("so", order_id, number), actor, message=message, reason=said)
    return Done("so", order_id, number, data={"message": message})


def _order(actor: Actor, number: str) -> tuple[int, set[int]]:
    """The order's id, and who answers for it."""
    found = db.row(
        "SELECT id, coalesce(salesperson_id, created_by_id) FROM sales_salesorder"
        " WHERE company_id = %s::bigint AND number = %s::text",
        [actor.company_id, number],
    )
    if found is None:
        raise NotFound(what=number)
    return found[0], {found[1]} - {None}


def _said(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid({"text": _now("请填写内容。")})
    if len(text) > MOST:
        raise Invalid({"text": _now("最多 %(count)s 个字。") % {"count": MOST}})
    return text


def _write(actor: Actor, order_id: int, user_id: int | None, text: str) -> int:
    found = db.row(
        "INSERT INTO portal_customermessage (company_id, order_id, user_id, author, text)"
        " VALUES (%s::bigint, %s::bigint, %s::bigint, %s::text, %s::text) RETURNING id",
        [actor.company_id, order_id, user_id, actor.name[:120], text],
    )
    assert found is not None
    return int(found[0])
