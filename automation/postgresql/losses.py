"""A lost connection is always an `OperationalError`, by which everybody knows what to try again.

A server that goes away while nobody asks is told by no class of its own: where its farewell lies
unread and the next message finds the socket closed, the driver raises a bare `DatabaseError` and
believes the connection open. Taken for a fault of what was asked, it would be answered as one.
"""

from types import TracebackType

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DatabaseErrorWrapper, OperationalError
from psycopg2 import DatabaseError, InterfaceError

from automation.postgresql.wording import reword


class Errors(DatabaseErrorWrapper):
    """Tells the driver's errors as Django's."""

    wrapper: BaseDatabaseWrapper

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Name a loss first, then leave the others to Django, without values of rows."""
        if exc_value is not None:
            reword(exc_value)
        if exc_value is not None and self._is_lost(exc_value):
            self.wrapper.errors_occurred = True
            raise OperationalError(*exc_value.args).with_traceback(traceback) from exc_value
        super().__exit__(exc_type, exc_value, traceback)

    def _is_lost(self, error: BaseException) -> bool:
        if isinstance(error, InterfaceError):
            session = self.wrapper.connection
            return session is None or bool(session.closed)
        # What the server says has a class by its SQLSTATE; this is the driver's own word.
        return type(error) is DatabaseError
