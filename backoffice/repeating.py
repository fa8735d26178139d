"""A change whose locks collided with somebody else's begins again, as over REST: unseen."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection
from django.http import HttpRequest

from backoffice import toasts
from kernel.locks import Overtaken, collided

# The server ends one of two transactions that wait for each other: nothing of it was written.
TIMES = 5
T = TypeVar("T")


def until_done(request: HttpRequest, answer: Callable[[], T]) -> T:
    """Answer a request, again from the start while others are quicker."""
    told = toasts.told(request)
    for _time in range(TIMES):
        try:
            return answer()
        except (Overtaken, OperationalError) as error:
            again = isinstance(error, Overtaken) or collided(error)
            if not again or connection.in_atomic_block:
                raise
        toasts.take_back(request, told)
        for _name, files in request.FILES.lists():
            for file in files:
                file.seek(0)
    return answer()
