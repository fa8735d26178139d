"""A kept connection is asked whether it lives only when there is a doubt.

Django asks the server before each request. A connection that answered a moment ago, and on which
nothing has come in since, lives: a server that ends says so, and what it says can be read.
"""

import select
import time

from django.db.backends.postgresql import base
from django.utils.functional import cached_property
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS

from automation.postgresql.losses import Errors

# Seconds; routers on the way forget silent connections, though not so soon.
MOMENT = 5.0
CALM = frozenset({TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INTRANS})


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, asking less often."""

    _answered_at = 0.0

    @cached_property
    def wrap_database_errors(self) -> Errors:
        """Name losses of the connection."""
        return Errors(self)

    def is_usable(self) -> bool:
        """Say whether the connection may be used, asking the server when in doubt."""
        now = time.monotonic()
        if now - self._answered_at < MOMENT and self._is_silent():
            return True
        usable = bool(super().is_usable())
        self._answered_at = now if usable else 0.0
        return usable

    def _is_silent(self) -> bool:
        """Say whether nothing waits to be read: neither a farewell nor the end of the stream."""
        mine = self.connection
        if mine is None or mine.closed or mine.get_transaction_status() not in CALM:
            return False
        watch = select.poll()
        watch.register(mine.fileno(), select.POLLIN | select.POLLRDHUP)
        return not watch.poll(0)

    def connect(self) -> None:
        """Connect; nothing is known of it yet."""
        self._answered_at = 0.0
        super().connect()
