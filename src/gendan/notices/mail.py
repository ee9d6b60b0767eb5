"""Sending e-mail, many messages over one connection: by the company's own server, else by the installation's."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formataddr
from smtplib import SMTP, SMTP_SSL, SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

from gendan.kernel import outgoing
from gendan.kernel.sealed import unseal
from gendan.notices.models import MailServer

TIMEOUT = 20


class MailError(Exception):
    """The mail server did not take a message. ``again``: another attempt may help; ``problem``: see labels.PROBLEMS."""

    def __init__(self, detail: str, *, again: bool = True, problem: str = "mail") -> None:
        self.detail, self.again, self.problem = detail, again, problem
        super().__init__(detail)


class _Refused(OSError):
    """The server is none that may be called."""


def _plain(host: str, port: int, timeout: float | None) -> socket.socket:
    try:
        return outgoing.connected(host, port, timeout=timeout or TIMEOUT)
    except outgoing.OutgoingError as error:
        raise (_Refused if error.code == "refused" else ConnectionError)(str(error)) from error


class _Plain(SMTP):
    """Connects to public addresses only."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _plain(host, port, timeout)


class _Tls(SMTP_SSL):
    """The same, encrypted from the beginning."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self.context.wrap_socket(_plain(host, port, timeout), server_hostname=host)


class CompanyBackend(EmailBackend):
    """A company's own server."""

    @property
    def connection_class(self) -> type[SMTP]:
        return _Tls if self.use_ssl else _Plain


@dataclass(frozen=True, slots=True)
class Post:
    """A connection, and from whom its messages are; None: from the installation's sender."""

    connection: Any
    sender: str | None = None


def _post(company_id: int) -> Post:
    row = MailServer.objects.filter(company_id=company_id, is_active=True).first()
    if row is None:
        return Post(get_connection())
    backend = CompanyBackend(
        host=row.host,
        port=row.port,
        username=row.username,
        password=unseal(row.sealed).get("password", ""),
        use_tls=row.security == MailServer.Security.STARTTLS,
        use_ssl=row.security == MailServer.Security.TLS,
        timeout=TIMEOUT,
    )
    return Post(backend, formataddr((row.sender_name, row.sender)))


@contextmanager
def connected(company_id: int) -> Iterator[Post]:
    """One connection for all messages of a run; opened by the first that is sent."""
    post = _post(company_id)
    try:
        yield post
    finally:
        post.connection.close()


def deliver(company_id: int, message: EmailMultiAlternatives) -> None:
    """Send a message that another context wrote, by the company's server. SMTPException, OSError or ValueError: it was
    not taken.
    """
    with connected(company_id) as post:
        message.connection = post.connection
        message.from_email = post.sender or message.from_email
        message.send()


def send(post: Post, to: str, subject: str, text: str, html: str = "") -> None:
    """Send one message; MailError when it was not taken."""
    title = " ".join(subject.split())
    message = EmailMultiAlternatives(title, text, from_email=post.sender, to=[to], connection=post.connection)
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    if html:
        message.attach_alternative(html, "text/html")
    try:
        message.send()
    except _Refused as error:
        raise MailError(str(error), again=False, problem="refused") from error
    except (SMTPException, OSError, ValueError) as error:
        code = getattr(error, "smtp_code", 0) or 0
        raise MailError(f"{type(error).__name__} {code or ''}".strip(), again=not 500 <= code < 600) from error
