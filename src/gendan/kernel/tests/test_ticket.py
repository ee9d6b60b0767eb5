"""Tickets for the live updates."""

import pytest

from gendan.kernel import ticket

SECRET = "s" * 40


def test_a_ticket_says_who_may_listen_until_when():
    text = ticket.make(SECRET, company_id=3, user_id=7, now=1000)
    assert ticket.verify(SECRET, text, now=1001) == ticket.Ticket(3, 7, 1000 + ticket.LIFETIME)


@pytest.mark.parametrize("text", ["", ".", "1.2", "1.2.99999999999.", "1.2.99999999999.x", "ü.1.2.3", "1.2.3.4.5.6"])
def test_what_nobody_signed_is_no_ticket(text):
    assert ticket.verify(SECRET, text) is None


def test_another_company_another_key_or_a_later_day_make_it_void():
    text = ticket.make(SECRET, company_id=3, user_id=7, now=1000)
    assert ticket.verify(SECRET, "4" + text[1:], now=1001) is None
    assert ticket.verify("t" * 40, text, now=1001) is None
    assert ticket.verify(SECRET, text, now=1000 + ticket.LIFETIME) is None
