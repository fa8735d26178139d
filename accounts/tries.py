"""A cache in PostgreSQL, of JSON alone: limits on guessing hold whatever becomes of the broker."""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection

from kernel import clock

_SET = """
INSERT INTO attempt (key, value, expires_at) VALUES (%(key)s, %(value)s, %(expires)s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at"""
_ADD = _SET + " WHERE attempt.expires_at <= %(now)s"
_GET = "SELECT value::text FROM attempt WHERE key = %s AND (expires_at IS NULL OR expires_at > %s)"


class Tries(BaseCache):
    """What the sign-in keeps its counts in."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Read a note that is not over."""
        with connection.cursor() as cursor:
            cursor.execute(_GET, [self._key(key, version), clock.now()])
            row = cursor.fetchone()
        return json.loads(row[0]) if row else default

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        """Write a note."""
        self._write(_SET, key, value, timeout, version)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Write a note unless there is one; say whether it was written."""
        return self._write(_ADD, key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Give a note more time."""
        return self._change(
            "UPDATE attempt SET expires_at = %s WHERE key = %s",
            [self._end(timeout), self._key(key, version)],
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget a note."""
        return self._change("DELETE FROM attempt WHERE key = %s", [self._key(key, version)])

    def clear(self) -> None:
        """Forget all."""
        self._change("DELETE FROM attempt", [])

    def forget(self, now: datetime) -> None:
        """Forget what is over."""
        self._change("DELETE FROM attempt WHERE expires_at <= %s", [now])

    def _write(self, sql: str, key: str, value: Any, timeout: Any, version: int | None) -> bool:
        values = {
            "key": self._key(key, version),
            "value": json.dumps(value),
            "expires": self._end(timeout),
            "now": clock.now(),
        }
        return self._change(sql, values)

    def _change(self, sql: str, values: Any) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return bool(cursor.rowcount)

    def _key(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _end(self, timeout: Any) -> datetime | None:
        """Return when a note is over; None is never."""
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        if seconds is None:
            return None
        return datetime.fromtimestamp(clock.now().timestamp() + float(seconds), UTC)
