"""Whom the law keeps from being worked on: restricted, or objecting to profiling.

`contact.withheld` says so; the database keeps it in step with restrictions and consents.
"""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext_lazy as _

# Objects to profiling: nothing is concluded about them, and no campaign leads them.
PROFILING = 1
# Restricted: kept, and nothing else.
RESTRICTED = 2
# The name under which a change of it is announced.
READ = "withheld"
# The rows of a partial index that holds them alone: for everybody else this costs nothing.
WITHHELD = """
SELECT id, withheld FROM contact WHERE withheld IS NOT NULL AND id = ANY(%s::bigint[])"""
# Why somebody was left out, as it is kept, and as people read it.
WORDS = {
    "restricted": _("processing is restricted"),
    "profiling_refused": _("they object to profiling"),
}


def said(reason: str) -> str:
    """Say why somebody was left out; a reason that is not of the law says so itself."""
    return str(WORDS.get(reason, reason))


def withheld(contacts: Iterable[int]) -> dict[int, int]:
    """Return those of these who are withheld, with what that is."""
    with connection.cursor() as cursor:
        cursor.execute(WITHHELD, [list(contacts)])
        return dict(cursor.fetchall())


def unprofiled(contacts: Iterable[int]) -> set[int]:
    """Return those of these about whom nothing may be concluded, the restricted among them."""
    return set(withheld(contacts))
