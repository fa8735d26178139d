"""What happened to a person, newest first: the log, and what other apps know beside it.

@tells
def not_sent(contact, user, before, most): ...     # in an app's plugins.py
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from contacts.catalogue import catalogue, hidden
from contacts.services.origins import Origin, origins
from kernel import subjects
from kernel.events import kind_of
from kernel.ids import read_id
from kernel.models import Event, EventKind

# The groups one may choose, each with the beginnings of its types.
GROUPS = {
    "mails": ("emails.",),
    "texts": ("sms.",),
    "web": ("pages.", "visits.", "products.", "carts.", "forms."),
    "orders": ("orders.",),
    "notes": ("tasks.",),
    "changes": (
        *("contacts.", "segments.", "stages.", "points.", "campaigns.", "imports."),
        "integrations.",
    ),
}
# How far back a text is looked for.
FARTHEST = 3_000
UPDATED = "contacts.updated"
CHUNK = 200
# Fields that point to objects: the event keeps which, before and after.
MOVES = {"owner": "user", "company": "company"}
NONE = "\N{EN DASH}"


@dataclass(frozen=True)
class Happening:
    """One line of the timeline."""

    at: datetime
    # The type of the event, or a word of its own: `emails.skipped`.
    key: str
    sentence: str
    # What it is about, and its name where the reader may see it.
    subject: tuple[str, int] | None = None
    name: str = ""
    verdict: int | None = None
    beside: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    # The number of the event; below 0, of what is none.
    number: int = 0
    # Where on its subject's page it is explained: the query of an address.
    explained: str = ""

    @property
    def place(self) -> tuple[datetime, int]:
        """Return where it stands among the others."""
        return self.at, self.number

    def tells(self, text: str) -> bool:
        """Say whether a text stands in it."""
        return text.casefold() in f"{self.sentence} {self.beside}".casefold()


@dataclass(frozen=True)
class Asked:
    """What of the timeline somebody wants to see; `before` is the last line seen."""

    group: str = ""
    text: str = ""
    before: tuple[datetime, int] | None = None


Teller = Callable[[int, Any, datetime | None, int], Iterable[Happening]]
_tellers: list[tuple[str, Teller]] = []


def tells(group: str) -> Callable[[Teller], Teller]:
    """Register who knows more than the log, as a decorator; `group` is one of GROUPS.

    It gets contact, user, the moment after which not to tell, and how many at most, newest first.
    """

    def registered(teller: Teller) -> Teller:
        _tellers.append((group, teller))
        return teller

    return registered


def read(contact: int, user: Any, asked: Asked, most: int) -> tuple[list[Happening], bool]:
    """Return a page of lines, and whether there are more."""
    lines = _lines(contact, user, asked)
    if asked.text:
        lines = (line for line in islice(lines, FARTHEST) if line.tells(asked.text))
    found = list(islice(lines, most + 1))
    return found[:most], len(found) > most


def _lines(contact: int, user: Any, asked: Asked) -> Iterator[Happening]:
    """Read chunk after chunk, as far as somebody goes on asking."""
    place = asked.before
    while True:
        found = _events(contact, user, asked.group, place, CHUNK)
        before = place[0] if place else None
        for group, teller in _tellers:
            if asked.group in {"", group}:
                told = teller(contact, user, before, CHUNK)
                found += [line for line in told if place is None or line.place < place]
        found.sort(key=lambda line: line.place, reverse=True)
        found = found[:CHUNK]
        yield from found
        if len(found) < CHUNK:
            return
        place = found[-1].place


def _events(
    contact: int, user: Any, group: str, place: tuple[datetime, int] | None, most: int
) -> list[Happening]:
    rows = Event.objects.filter(contact_id=contact)
    if group:
        begins = Q()
        for beginning in GROUPS[group]:
            begins |= Q(key__startswith=beginning)
        types = EventKind.objects.filter(begins).values_list("pk", flat=True)
        rows = rows.filter(type_id__in=list(types))
    if place:
        at, number = place
        earlier = Q(occurred_at__lt=at) | Q(id__lt=number)
        rows = rows.filter(Q(occurred_at__lte=at) & earlier)
    return _told(rows.order_by("-occurred_at", "-id")[:most], user)


def _told(rows: QuerySet[Event], user: Any) -> list[Happening]:
    """Name types and subjects with one query a kind."""
    found: Sequence[Event] = list(rows)
    types = types_of(found)
    # What the reader may not see is not named.
    about = pointed_at(found, types).items()
    names = {kind: subjects.seen_names(kind, ids, user) for kind, ids in about}
    return lines_of(found, types, names, origins(sources(found), user))


def types_of(rows: Iterable[Event]) -> dict[int, str]:
    """Return the keys of the types of events, by their numbers."""
    return dict(EventKind.objects.filter(pk__in={row.type_id for row in rows}).values_list())


def pointed_at(rows: Iterable[Event], types: Mapping[int, str]) -> dict[str, set[int]]:
    """Return the ids of what events are about, by kind."""
    about: dict[str, set[int]] = {}
    for row in rows:
        kind = kind_of(types[row.type_id]).subject
        if row.subject_id and kind:
            about.setdefault(kind, set()).add(row.subject_id)
    return about


def sources(rows: Iterable[Event]) -> set[str]:
    """Return what events name as where they came from."""
    return {str((row.data or {}).get(key, "")) for row in rows for key in ("source", "comment")}


def lines_of(
    rows: Iterable[Event],
    types: Mapping[int, str],
    names: Mapping[str, Mapping[int, str]],
    came: Mapping[str, Origin],
) -> list[Happening]:
    """Tell events in one line each, with the names (by kind) and origins that are given."""
    return _labelled([_line(row, types[row.type_id], names, came) for row in rows])


def _labelled(lines: list[Happening]) -> list[Happening]:
    """Call the fields that changed what people call them, not by their aliases."""
    if not any(line.key == UPDATED for line in lines):
        return lines
    fields, kept, kind, named = catalogue(), hidden(), kind_of(UPDATED), _moved(lines)

    def called(line: Happening, alias: str) -> str:
        if alias in kept:
            return _("a sensitive field")
        pair = line.data.get(alias) if alias in MOVES else None
        if not isinstance(pair, list):
            return fields.called(alias)
        before, after = (named[alias].get(read_id(one) or 0, _gone(one)) for one in pair)
        words = _("%(field)s (%(before)s → %(after)s)")
        return words % {"field": fields.called(alias), "before": before, "after": after}

    def told(line: Happening, changed: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(called(line, one) for one in changed))

    return [
        replace(line, sentence=kind.sentence({"changed": told(line, changed)}))
        if line.key == UPDATED and (changed := line.data.get("changed"))
        else line
        for line in lines
    ]


def _moved(lines: Iterable[Happening]) -> dict[str, dict[int, str]]:
    """Name the objects that fields pointed to before and after, with one query a kind."""
    found: dict[str, set[int]] = {alias: set() for alias in MOVES}
    for line in lines:
        for alias in MOVES:
            pair = line.data.get(alias) if line.key == UPDATED else None
            found[alias] |= {known for one in pair or () if (known := read_id(one))}
    return {alias: subjects.names(MOVES[alias], sorted(ids)) for alias, ids in found.items()}


def _gone(number: Any) -> str:
    return NONE if number is None else f"#{number}"


def _line(
    row: Event, key: str, names: Mapping[str, Mapping[int, str]], came: Mapping[str, Origin]
) -> Happening:
    kind, data = kind_of(key), row.data or {}
    name = names.get(kind.subject, {}).get(row.subject_id or 0, "")
    subject = (kind.subject, row.subject_id) if row.subject_id and name else None
    if origin := came.get(str(data.get("source", ""))):
        data = {**data, "source": origin.words}
        if not kind.subject and origin.page:
            subject, name = origin.page, origin.name
    if mail := came.get(str(data.get("comment", ""))):
        data = {**data, "comment": mail.words}
        if not kind.subject and mail.page:
            subject, name = mail.page, mail.name
    sentence = kind.sentence(data, name)
    if kind.key != key:
        # An event of the clients' own: its key is all there is to call it by.
        sentence = key
    return Happening(
        at=row.occurred_at,
        key=key,
        sentence=sentence,
        subject=subject,
        name=name,
        verdict=row.verdict,
        data=data,
        number=row.pk,
    )
