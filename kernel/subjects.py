"""What events and settings point at: names for each kind of object, and who may name which."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from kernel.permissions import Actor, Reach, narrow

Names = Callable[[list[int]], dict[int, str]]
_kinds: dict[str, Names] = {}
_owned: dict[str, tuple[str, QuerySet[Any]]] = {}
_unfiled: set[str] = set()
_every: dict[str, Callable[[], dict[int, str]]] = {}


def declare(
    kind: str,
    names: Names,
    *,
    rights: str = "",
    rows: QuerySet[Any] | None = None,
    filed: bool = True,
    every: Callable[[], dict[int, str]] | None = None,
) -> None:
    """Say how objects of a kind (`email`, `segment`) are named; called from `plugins.py`.

    `rights` is the kind of permission that narrows `rows` to what a user reaches. Those that can
    be listed so can be filed under categories and labels, unless `filed` says otherwise. `every`
    names all there are of a kind that everybody may see.
    """
    if kind in _kinds:
        raise ImproperlyConfigured(f"Subjects of kind {kind} are declared twice.")
    _kinds[kind] = names
    if rows is not None:
        _owned[kind] = (rights, rows)
    if every is not None:
        _every[kind] = every
    if not filed:
        _unfiled.add(kind)


@dataclass(frozen=True)
class _Memory:
    """What was looked up of some objects: their names, and whom of them a user does not see."""

    user: Any
    asked: dict[str, set[int]] = field(default_factory=dict)
    names: dict[str, dict[int, str]] = field(default_factory=dict)
    beyond: dict[str, set[int]] = field(default_factory=dict)

    def knows(self, kind: str, ids: set[int]) -> bool:
        return kind in self.asked and ids <= self.asked[kind]


_memory: ContextVar[_Memory | None] = ContextVar("subjects", default=None)


@contextmanager
def remembered(objects: Iterable[tuple[str, int]], user: Actor | None) -> Iterator[None]:
    """Look objects (kind and id) up at once: inside, asking for one of them costs no statement.

    Inside, nothing may change what they are called, or who sees them.
    """
    memory = _Memory(user)
    for kind, number in objects:
        memory.asked.setdefault(kind, set()).add(number)
    for kind, ids in memory.asked.items():
        memory.names[kind] = names(kind, ids)
        memory.beyond[kind] = beyond(kind, ids, user)
    token = _memory.set(memory)
    try:
        yield
    finally:
        _memory.reset(token)


def names(kind: str, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of those objects that still exist."""
    wanted, memory = set(ids), _memory.get()
    if memory and memory.knows(kind, wanted):
        known = memory.names[kind]
        return {number: known[number] for number in sorted(wanted & known.keys())}
    return _kinds[kind](sorted(wanted)) if wanted and kind in _kinds else {}


def quoted(kind: str, ids: Iterable[int]) -> str:
    """Name objects in a sentence; one that is gone by its number."""
    known = names(kind, ids)
    return ", ".join(_("“%(name)s”") % {"name": known.get(one, f"#{one}")} for one in ids)


def seen_names(kind: str, ids: Iterable[int], user: Actor | None) -> dict[int, str]:
    """Return the names of those objects that exist and that a user may see."""
    wanted = set(ids)
    return names(kind, wanted - beyond(kind, wanted, user))


def offered(kind: str, user: Actor, verb: str = "view", most: int = 500) -> list[tuple[int, str]]:
    """Return id and name of the newest objects of a kind that the user reaches with a verb."""
    if kind not in _owned:
        return []
    rights, rows = _owned[kind]
    ids = narrow(rows, user, rights, verb).order_by("-pk").values_list("pk", flat=True)[:most]
    return sorted(names(kind, ids).items(), key=lambda pair: pair[1].casefold())


def called(kind: str, user: Actor, most: int) -> dict[str, int]:
    """Return the newest objects of a kind that a user may see by name, without its case."""
    found = _every[kind]().items() if kind in _every else offered(kind, user, most=most)
    return {name.casefold(): number for number, name in sorted(found)}


def beyond(kind: str, ids: Iterable[int], user: Actor | None, verb: str = "view") -> set[int]:
    """Return which of those objects the user does not reach with a verb, the absent included.

    Nobody in particular is the product itself, which reaches everything there is.
    """
    wanted, memory = set(ids), _memory.get()
    if kind not in _owned:
        return set()
    if memory and memory.user is user and verb == "view" and memory.knows(kind, wanted):
        return wanted & memory.beyond[kind]
    rights, rows = _owned[kind]
    reached = rows.filter(pk__in=wanted)
    if user is not None:
        reached = narrow(reached, user, rights, verb)
    return wanted - set(reached.values_list("pk", flat=True))


def filed_kinds() -> list[str]:
    """Return the kinds of objects that can be filed."""
    return [kind for kind in _owned if kind not in _unfiled]


def kind_filed(model: type[Model]) -> str:
    """Return under which kind rows of a model are filed; empty: they are not."""
    return next((kind for kind in filed_kinds() if _owned[kind][1].model is model), "")


def kinds() -> Collection[str]:
    """Return every kind of objects that have names."""
    return _kinds.keys()


def rights_of(kind: str) -> str:
    """Return the kind of permission that objects of a kind are guarded by."""
    return _owned[kind][0]


def rows_of(kind: str) -> QuerySet[Any]:
    """Return every object of a kind that can be listed."""
    return _owned[kind][1].all()


def listed(kind: str) -> bool:
    """Say whether objects of a kind can be listed by name."""
    return kind in _owned


def visible(kind: str, user: Actor) -> QuerySet[Any]:
    """Return the objects of a kind that a user may see."""
    rights, rows = _owned[kind]
    return narrow(rows, user, rights, "view") if rights else rows.all()


def may_list(kind: str, user: Actor) -> bool:
    """Say whether a user may see objects of a kind at all."""
    return kind in _owned and (
        not _owned[kind][0] or user.reach(_owned[kind][0], "view") is not Reach.NONE
    )
