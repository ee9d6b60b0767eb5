"""Sending e-mail by the installation's mail server: many messages over one connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection


class MailError(Exception):
    """The mail server did not take a message. ``again``: another attempt may help."""

    def __init__(self, detail: str, *, again: bool = True) -> None:
        self.detail, self.again = detail, again
        super().__init__(detail)


@contextmanager
def connected() -> Iterator[Any]:
    """One connection for all messages of a run; opened by the first that is sent."""
    connection = get_connection()
    try:
        yield connection
    finally:
        connection.close()


def send(connection: Any, to: str, subject: str, text: str, html: str = "") -> None:
    """Send one message; MailError when it was not taken."""
    message = EmailMultiAlternatives(" ".join(subject.split()), text, to=[to], connection=connection)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    if html:
        message.attach_alternative(html, "text/html")
    try:
        message.send()
    except (SMTPException, OSError, ValueError) as error:
        code = getattr(error, "smtp_code", 0) or 0
        raise MailError(f"{type(error).__name__} {code or ''}".strip(), again=not 500 <= code < 600) from error
