"""The database backend: Django's, whose cursors tell the connection first in which company it works."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from gendan.kernel import wall


class DatabaseWrapper(base.DatabaseWrapper):
    """See ``gendan.kernel.wall``; statements that do not go through a cursor are told by ``gendan.kernel.db``."""

    def init_connection_state(self) -> None:
        super().init_connection_state()
        wall.look(self.connection)

    def create_cursor(self, name: str | None = None) -> Any:
        statement = wall.to_tell(self.connection)
        if statement is not None:
            self.connection.execute(*statement)
        return super().create_cursor(name)

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        except BaseException:
            wall.forget(self.connection)
            raise

    def _rollback(self) -> Any:
        wall.forget(self.connection)
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        with wall.as_is():  # nothing else can be said to a failed transaction
            super()._savepoint_rollback(sid)  # type: ignore[misc]
        wall.forget(self.connection)
