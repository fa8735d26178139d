"""Many addresses, domains or hashes put on the suppression list at once."""

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from contacts.models import Suppression
from contacts.services import suppression
from contacts.values import ValueProblem
from contacts.words import Channel

MOST = 5_000
ADD = """
INSERT INTO suppression (channel, kind, value, below, reason, comment, since)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::boolean[], %s::text[], %s::text[],
                     %s::timestamptz[])
ON CONFLICT (channel, kind, value) DO NOTHING RETURNING channel, kind, value"""
# In one order, too.
WIDEN = """
UPDATE suppression SET below = true WHERE id IN (
  SELECT id FROM suppression WHERE channel = 'email' AND kind = 'domain'
    AND value = ANY(%s::text[]) AND NOT below ORDER BY value FOR UPDATE)
RETURNING channel, kind, value"""


@dataclass(frozen=True)
class Entry:
    """One of them, its value as it was given."""

    value: str
    kind: str = Suppression.Kind.ADDRESS
    channel: str = Channel.EMAIL
    reason: str = "manual"
    comment: str = ""
    # Asked of domains alone; unless said they hold below, too, and those on the list stay as they
    # are. Said so, these are widened.
    below: bool | None = None


@dataclass
class Added:
    """What became of them; problems by the place of the entry."""

    added: int = 0
    known: int = 0
    # Of those known: they hold for what is below them only now.
    widened: int = 0
    problems: dict[int, ValueProblem] = field(default_factory=dict)


@transaction.atomic
def add_many(entries: Sequence[Entry], now: datetime) -> Added:
    """Put on the list what can be; what stands there already is at most widened."""
    result, wanted = Added(), dict[tuple[str, str, str], Entry]()
    for place, entry in enumerate(entries):
        try:
            value = suppression.compared(entry.channel, entry.kind, entry.value)
        except ValueProblem as problem:
            result.problems[place] = problem
        else:
            wanted.setdefault((entry.channel, entry.kind, value), entry)
    # In one order, so that two lists at once never wait for each other.
    keys = sorted(wanted)
    rows = [_row(key, wanted[key], now) for key in keys]
    if not rows:
        return result
    with connection.cursor() as cursor:
        cursor.execute(ADD, [list(column) for column in zip(*rows, strict=True)])
        fresh = cursor.fetchall()
        cursor.execute(WIDEN, [[value for (_c, _k, value), one in wanted.items() if _widens(one)]])
        wider = cursor.fetchall()
    result.added, result.widened = len(fresh), len(wider)
    result.known = len(entries) - len(result.problems) - len(fresh)
    suppression.announce([Suppression(channel=c, kind=k, value=v) for c, k, v in [*fresh, *wider]])
    return result


def _row(key: tuple[str, str, str], entry: Entry, now: datetime) -> tuple[Any, ...]:
    below = entry.below is not False and entry.kind == Suppression.Kind.DOMAIN
    return (*key, below, entry.reason, entry.comment, now)


def _widens(entry: Entry) -> bool:
    is_domain = entry.kind == Suppression.Kind.DOMAIN
    return is_domain and entry.channel == Channel.EMAIL and bool(entry.below)


def read(content: bytes) -> list[str]:
    """Return the values of a list: one a line, of a table its first column; headings are left out.

    A line that could be no entry of any kind and comes first is a heading.
    """
    text = _text(content)
    rows = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=_separator(text))
    values = [value for row in rows if row and (value := row[0].strip())]
    return values[1:] if values and not _could_be(values[0]) else values


def kind_of(value: str) -> str:
    """Tell an address, a domain or a hash by its look."""
    if len(value) == 64 and not set(value.lower()) - set("0123456789abcdef"):
        return Suppression.Kind.HASH
    return Suppression.Kind.ADDRESS if "@" in value.removeprefix("@") else Suppression.Kind.DOMAIN


def entries_of(values: Iterable[str], reason: str, comment: str, *, below: bool) -> list[Entry]:
    """Make entries of mail from values, of the kind that each looks like."""
    given = (Channel.EMAIL, reason, comment, below)
    return [Entry(value, kind_of(value), *given) for value in values]


def _text(content: bytes) -> str:
    for encoding in ("utf-16",) if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig",):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    return content.decode("cp1252", errors="replace")


def _could_be(value: str) -> bool:
    return "@" in value or "." in value or kind_of(value) == Suppression.Kind.HASH


def _separator(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)
