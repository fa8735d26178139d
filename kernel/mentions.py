"""Where people write words of their own, in which somebody who is forgotten may still be named.

Nobody but its author can say what a filter or a draft is to mean without the address, so such
places are reported, not changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

FIND = """
SELECT DISTINCT t.number, w.place
FROM (SELECT {number} AS number, lower(concat_ws(' ', {words})) AS words FROM {table} OFFSET 0) t
JOIN unnest(%s::text[]) WITH ORDINALITY AS w(word, place) ON position(w.word IN t.words) > 0
ORDER BY 1, 2"""


@dataclass(frozen=True)
class Written:
    """A small table of definitions, with the columns that hold people's own words, as SQL."""

    # The kind in kernel.subjects.
    kind: str
    table: str
    words: tuple[str, ...]
    number: str


@dataclass(frozen=True)
class Mention:
    """That a word stands in a thing."""

    kind: str
    number: int
    word: str


_declared: list[Written] = []


def declare(kind: str, table: str, *words: str, number: str = "id") -> None:
    """Let an app name a table of definitions; called from `plugins`."""
    _declared.append(Written(kind, table, words, number))


def of(words: Iterable[str]) -> list[Mention]:
    """Return where any of these words stands, whatever its case."""
    wanted = sorted({word.lower() for word in words if word})
    if not wanted:
        return []
    found = []
    with connection.cursor() as cursor:
        for each in _declared:
            columns = ", ".join(f"{words}::text" for words in each.words)
            statement = FIND.format(table=each.table, words=columns, number=each.number)
            cursor.execute(statement, [wanted])
            found += [Mention(each.kind, pk, wanted[at - 1]) for pk, at in cursor.fetchall()]
    return found
