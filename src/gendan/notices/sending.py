"""Sending what is due, through whatever channel. Other people's servers are called here, outside any transaction."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from gendan.kernel.sealed import unseal
from gendan.notices import chat, mail, push, queue
from gendan.notices.models import Means
from gendan.notices.queue import Message, Outcome
from gendan.notices.wording import Words, own_words, worded

log = logging.getLogger("gendan.notices")
AT_ONCE = 100


def send_due(company_id: int, seconds: float) -> list[Message]:
    """Send what is due in a company, as long as there is time; the messages that were tried."""
    end = time.monotonic() + seconds
    tried: list[Message] = []
    queue.give_up_interrupted(company_id)
    own = own_words(company_id)
    with mail.connected(company_id) as connection:
        while time.monotonic() < end and (messages := queue.claim(company_id, AT_ONCE)):
            tried += _send_all(messages, connection, own, end)
    return tried


def _send_all(messages: Sequence[Message], connection: mail.Post, own: Words, end: float) -> list[Message]:
    """Send messages until the time is over; what is left goes back. What became of them is written every second."""
    outcomes: list[Outcome] = []
    written = time.monotonic()
    for place, message in enumerate(messages):
        if time.monotonic() > end and place:
            queue.settle(outcomes)
            queue.put_back([left.id for left in messages[place:]])
            return list(messages[:place])
        outcomes.append(_tried(message, connection, own))
        if time.monotonic() - written > 1:
            queue.settle(outcomes)
            outcomes, written = [], time.monotonic()
    queue.settle(outcomes)
    return list(messages)


def _tried(message: Message, connection: mail.Post, own: Words) -> Outcome:
    try:
        return _send(message, connection, own)
    except Exception:  # what goes wrong with one message must not keep the others from being sent
        log.exception("sending message %s failed", message.id)
        return Outcome(message.id, message.attempts, "error", again=True)


def _send(message: Message, connection: mail.Post, own: Words) -> Outcome:
    if not message.is_active:
        return Outcome(message.id, message.attempts, "inactive", skipped=True)
    if not message.is_there:
        return Outcome(message.id, message.attempts, "gone", skipped=True)
    said = worded(message, own)
    if message.means == Means.EMAIL:
        to = message.address or message.email
        if not to:
            return Outcome(message.id, message.attempts, "no_address")
        try:
            mail.send(connection, to, said.title, said.body, said.html)
        except mail.MailError as error:
            return Outcome(message.id, message.attempts, error.problem, error.detail, error.again)
        return Outcome(message.id, message.attempts)
    if message.means == Means.PUSH:
        try:
            push.send(message.company_id, message.user_id or 0, said.title, said.lead, said.url, severe=message.severe)
        except push.PushError as failure:
            return Outcome(message.id, message.attempts, failure.problem, failure.detail, failure.again)
        return Outcome(message.id, message.attempts)
    return _by_service(message, said.title, said.body)


def _by_service(message: Message, title: str, body: str) -> Outcome:
    address = unseal(message.sealed).get("address", "")
    person = {
        "to": message.address or message.own_address,
        "phone": message.address or message.phone,
        "email": message.address or message.email,
        "username": message.username,
    }
    target = chat.address_for(address, person) if address else ""
    if target is None:
        return Outcome(message.id, message.attempts, "no_address")
    try:
        chat.send(target, title, body, severe=message.severe)
    except chat.ChatError as error:
        return Outcome(message.id, message.attempts, error.problem, error.detail, error.again)
    return Outcome(message.id, message.attempts)
