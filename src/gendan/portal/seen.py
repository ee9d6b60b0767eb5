"""A line as a page or file showed it, as a mark that tells nothing of it: who sees no prices learns none from it."""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from gendan.portal import rules


def mark_of(asked: rules.Asked, revision: int) -> str:
    """The mark of a line; another one as soon as quantity, day, price or promise differ."""
    return salted_hmac("gendan.portal.seen", rules.fingerprint(asked, revision), algorithm="sha256").hexdigest()[:20]
