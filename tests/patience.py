"""What takes too long fails a test, however busy the machine and the process of the test are."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection


def end_slow_statements() -> None:
    """Have each statement end within five seconds until the test's transaction is taken back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '5s'")


def quickly(ask: Callable[[], Any]) -> Any:
    """Return the answer, which this thread worked less than a second for.

    One that took longer is asked for again: what the processor or the collector of a process full
    of other tests' objects did meanwhile does not come thrice, work that grows with the input does.
    """
    for _again in range(3):
        began = time.thread_time()
        answer = ask()
        if (spent := time.thread_time() - began) < 1:
            return answer
    raise AssertionError(f"{spent:.1f} s of this thread")
