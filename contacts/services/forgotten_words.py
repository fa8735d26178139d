"""By keyed hashes, who was erased is known again in what is older than their erasure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from contacts.models import ForgottenWord
from contacts.services.erasure_ledger import digests
from contacts.services.known_by import Person
from contacts.values import normal

# In one order, so that two erasures of people who share a number never wait for each other.
REMEMBER = """
INSERT INTO forgotten_word AS w (word, at, written)
SELECT word, %s, bool_or(written) FROM unnest(%s::bytea[], %s::boolean[]) AS theirs(word, written)
GROUP BY 1 ORDER BY 1
ON CONFLICT (word) DO UPDATE SET at = greatest(w.at, excluded.at),
  written = w.written OR excluded.written"""


def number(digits: str) -> str:
    """Return the word for a number, told by its digits."""
    return f"number:{digits}"


def words_of(person: Person) -> set[str]:
    """Return all that a row of a file may name somebody by, in small letters."""
    plain = (normal("email", word) for word in person.words)
    numbers = (f"id:{one}" for one in (person.contact, *person.merged))
    return {*plain, *person.keys, *numbers, *map(number, person.numbers)}


def remember(people: Sequence[Person], written: Collection[int], now: datetime) -> None:
    """Keep by what people are known who are erased; `written`: whom colleagues' words name."""
    words: list[bytes] = []
    marks: list[bool] = []
    for person in people:
        theirs = words_of(person)
        words += [_hashes(word)[0] for word in theirs]
        marks += [person.contact in written] * len(theirs)
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [now, words, marks])


def any_since(at: datetime) -> bool:
    """Say whether somebody was erased from then on."""
    return ForgottenWord.objects.filter(at__gte=at).exists()


def among(words: Iterable[str], since: datetime) -> set[str]:
    """Return which of these words are of people who were erased from then on."""
    return _known(words, ForgottenWord.objects.filter(at__gte=since))


def written(words: Collection[str]) -> set[str]:
    """Return which of these words are of people whom colleagues' own words named."""
    return _known(words, ForgottenWord.objects.filter(written=True)) if words else set()


def _known(words: Iterable[str], rows: QuerySet[ForgottenWord]) -> set[str]:
    by_hash = {one: word for word in set(words) for one in _hashes(word)}
    found = rows.filter(word__in=list(by_hash)).values_list("word", flat=True)
    return {by_hash[bytes(one)] for one in found}


def _hashes(word: str) -> list[bytes]:
    return [bytes.fromhex(one) for one in digests(word)]


def clean(before: datetime) -> None:
    """Forget the hashes of those who were erased before then, but what colleagues wrote."""
    ForgottenWord.objects.filter(at__lt=before, written=False).delete()
