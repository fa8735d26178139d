"""Where people write words of their own, in which somebody who is forgotten may still be named.

Nobody but its author can say what a filter or a draft is to mean without the address, so such
places are reported, not changed. What is only kept of them for the record is blotted out.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from kernel.lowering import lowered

FIND = """
SELECT DISTINCT t.number, w.place
FROM (SELECT {number} AS number, lower(concat_ws(' ', {words})) AS words FROM {table} OFFSET 0) t
JOIN unnest(%s::text[]) WITH ORDINALITY AS w(word, place) ON position(w.word IN t.words) > 0
ORDER BY 1, 2"""

READ = """
SELECT {number}, string_agg(lower(concat_ws(' ', {words})), ' ') FROM {table}
WHERE {number} = ANY(%s) GROUP BY 1"""


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
    wanted = sorted({lowered(word) for word in words if word})
    if not wanted:
        return []
    found = []
    with connection.cursor() as cursor:
        for each in _declared:
            cursor.execute(_filled(FIND, each), [wanted])
            found += [Mention(each.kind, pk, wanted[at - 1]) for pk, at in cursor.fetchall()]
    return found


def texts(kind: str, numbers: Iterable[int]) -> dict[int, str]:
    """Return all that is written in things of a kind, in small letters, by their number."""
    found: dict[int, str] = {}
    with connection.cursor() as cursor:
        for each in _declared:
            if each.kind == kind:
                cursor.execute(_filled(READ, each), [sorted(set(numbers))])
                for number, text in cursor.fetchall():
                    found[number] = f"{found.get(number, '')} {text}"
    return found


def _filled(statement: str, each: Written) -> str:
    columns = ", ".join(f"{words}::text" for words in each.words)
    return statement.format(table=each.table, words=columns, number=each.number)


# What stands in the record in the place of a word.
ERASED = "(erased)"


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Match words, whatever their case; within a longer address stands somebody else's."""
    forms = sorted({form for word in words for form in written(word)}, key=len, reverse=True)
    whole = "|".join(map(re.escape, forms))
    return re.compile(rf"(?<![\w.+-])(?:{whole})(?![\w-]|\.\w)", re.IGNORECASE)


def written(word: str) -> set[str]:
    """Return a word as it is, and as searches in addresses of pages have it."""
    return {word, word.replace("@", "%40").replace("+", "%2b")}


Blotter = Callable[[Sequence[str]], None]
_blotters: list[Blotter] = []


def blotted_by(blotter: Blotter) -> Blotter:
    """Register who takes words out of what is kept for the record alone; used as a decorator."""
    _blotters.append(blotter)
    return blotter


def blot(words: Iterable[str]) -> None:
    """Have words, whatever their case, taken out of all records, in the caller's transaction."""
    if wanted := sorted({lowered(word) for word in words if word}):
        for blotter in _blotters:
            blotter(wanted)
