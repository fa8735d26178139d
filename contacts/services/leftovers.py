"""Where people's own words still name somebody who was erased, until somebody saw to it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contacts.models import Erasure
from contacts.services import forgotten_words
from contacts.services.erasure_ledger import digest, digests
from contacts.services.known_by import Person
from kernel import mentions, subjects
from kernel.lowering import lowered
from kernel.permissions import Actor
from kernel.trail import Deed, without

MOST = 200
# What `mentions.pattern` takes for a word of its own.
_NUMBER = re.compile(r"(?<![\w.+-])\+?[0-9]{6,20}(?![\w-]|\.\w)")
_AT = re.compile(r"([\w.!#$%&'*+/=?^`{|}~-]{1,64})@([\w-]+(?:\.[\w-]+)*)")
_INSIDE = re.compile(r"[\w.+-]")
# Longer than any definition should be: what is in there is not looked through on a page.
LONGEST = 100_000


@dataclass(frozen=True)
class Leftover:
    """One place, and whose erasure it is about."""

    contact: int
    at: datetime
    kind: str
    number: int
    # Empty for whoever may not see it.
    name: str


def traces(person: Person) -> list[list[object]]:
    """Return by what the words of a person are known again: the length and hash of each.

    That of no word at all tells whether the key of the hashes is still known.
    """
    words = sorted({lowered(word) for word in ("", *person.words)})
    return [[len(word), digest(word)] for word in words]


def open_ones(user: Actor) -> list[Leftover]:
    """Return them, the latest erasures first; what was deleted or mended names nobody."""
    rows = [
        (row, [(str(kind), int(number)) for kind, number in row.leftovers or ()])
        for row in Erasure.objects.filter(leftovers__isnull=False).order_by("-at")[:MOST]
    ]
    places: dict[str, set[int]] = {}
    for _row, named in rows:
        for kind, number in named:
            places.setdefault(kind, set()).add(number)
    there = {kind: subjects.names(kind, numbers) for kind, numbers in places.items()}
    texts = {kind: mentions.texts(kind, numbers) for kind, numbers in places.items()}
    seen = {kind: subjects.seen_names(kind, numbers, user) for kind, numbers in places.items()}
    return [
        Leftover(row.contact_id, row.at, kind, number, seen[kind].get(number, ""))
        for row, named in rows
        for kind, number in named
        if number in there[kind] and _names(row, texts[kind].get(number))
    ]


def censored(deed: Deed) -> Deed:
    """Blot out who was erased of a deed: whoever mends a filter shows what was in it before."""
    if not (deed.before or deed.after):
        return deed
    kept = [deed.name, deed.before, deed.after]
    told = lowered(json.dumps(kept, default=str, ensure_ascii=False))
    words = forgotten_words.written(_alike(told.replace("%40", "@").replace("%2b", "+")))
    if not words:
        return deed
    pattern = mentions.pattern(words)
    return replace(
        deed,
        name=pattern.sub(mentions.ERASED, deed.name),
        before=without(deed.before, pattern, mentions.ERASED),
        after=without(deed.after, pattern, mentions.ERASED),
    )


def _alike(text: str) -> set[str]:
    """Return what may be an address or a number in a text, with each way to tell its beginning.

    Signs that an address may begin with also stand before one: what is asked for is on the list.
    """
    found = set(_NUMBER.findall(text))
    for sign in _AT.finditer(text):
        local, host = sign.groups()
        begins = (at for at in range(len(local)) if not at or not _INSIDE.match(local[at - 1]))
        found.update(f"{local[at:]}@{host}" for at in begins)
    return found


def _names(row: Erasure, text: str | None) -> bool:
    """Say whether a text still has one of the words; where that is not known, it may."""
    if row.words is None or text is None or len(text) > LONGEST:
        return True
    by_length = _by_length(row.words)
    if by_length.pop(0).isdisjoint(digests("")):
        return True
    return bool(_found(text, by_length))


def _by_length(traces: Sequence[Sequence[Any]]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for length, known in traces:
        found.setdefault(length, set()).add(known)
    return found


def _found(text: str, by_length: Mapping[int, set[str]]) -> set[str]:
    """Return the words of these lengths and hashes that stand in a text in small letters."""
    return {
        part
        for length, hashes in by_length.items()
        for part in {text[at : at + length] for at in range(len(text) - length + 1)}
        # Addresses and numbers alone are worth a hash.
        if length and ("@" in part or part.removeprefix("+").isdigit())
        if not hashes.isdisjoint(digests(part))
    }


def settle(contacts: Sequence[int]) -> int:
    """Note that somebody saw to them; return for how many erasures."""
    return Erasure.objects.filter(contact_id__in=contacts, leftovers__isnull=False).update(
        leftovers=None
    )
