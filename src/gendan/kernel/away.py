"""The database is away: stopped, restarting, out of connections. Not our error, and soon over: 503, come back."""

from __future__ import annotations

from typing import ClassVar

from django.db import InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gendan.kernel.errors import AppError

SECONDS = 5  # after which to ask again
# Of PostgreSQL: connection lost or refused, shutting down, not up yet, too many connections, crashed.
AWAY = ("08", "57P01", "57P02", "57P03", "53300", "58000")


class DatabaseAway(AppError):
    status: ClassVar[int] = 503
    message: ClassVar[str | Promise] = _("数据库暂时连不上，稍后会恢复。请几秒后再试；带同一个幂等键重发不会重复执行。")


def is_away(error: BaseException | None) -> bool:
    """Whether this failed because nobody could be asked, and not because of what was asked."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)  # none: there was no server to say anything
    return state is None or state.startswith(AWAY)
