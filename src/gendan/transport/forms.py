"""Reading what pages post."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext as _

from gendan.kernel.values import BadValue


def to_time(text: str) -> time:
    """A time of the day."""
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise BadValue(_("请按 21:00 这样填写时间。")) from None
