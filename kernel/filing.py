"""Filing: the one category and the labels of an item, whatever its kind.

Apps do nothing for it: a kind that `kernel.subjects` can list is one that can be filed. Ids are
never given twice, so that what is left of deleted items is swept away at leisure.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.signals import request_started
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from kernel import subjects
from kernel.changes import announce_everyone
from kernel.events import event_types, type_id
from kernel.models import Filing, Folder

CATEGORY, LABEL = Folder.Sort.CATEGORY.value, Folder.Sort.LABEL.value
COLOURS = 5
# As many labels as one item may have.
MOST_LABELS = 30
# Asked several times a request; what another process made is known with the next one.
_known: ContextVar[dict[str, list[Folder]] | None] = ContextVar("folders", default=None)

OF = """
SELECT g.object_id, f.id, f.sort, f.name, f.colour FROM filing g JOIN folder f ON f.id = g.folder_id
WHERE g.kind = %s AND g.object_id = ANY(%s::bigint[]) ORDER BY f.name_key, f.id"""
CLEAR = """
DELETE FROM filing WHERE kind = %s AND object_id = ANY(%s::bigint[]) AND is_category
RETURNING object_id, folder_id"""
PUT = """
INSERT INTO filing (kind, object_id, folder_id, is_category)
SELECT %s, object, f.id, f.sort = 'category'
FROM unnest(%s::bigint[]) object, folder f WHERE f.id = ANY(%s::bigint[])
ORDER BY object, f.id ON CONFLICT DO NOTHING"""
TAKE = """
DELETE FROM filing
WHERE kind = %s AND object_id = ANY(%s::bigint[]) AND folder_id = ANY(%s::bigint[])"""
MOVE = """
WITH gone AS (
  DELETE FROM filing WHERE folder_id = %s RETURNING kind, object_id, is_category),
put AS (
  INSERT INTO filing (kind, object_id, folder_id, is_category)
  SELECT kind, object_id, %s, is_category FROM gone ORDER BY kind, object_id
  ON CONFLICT DO NOTHING)
SELECT kind, object_id FROM gone WHERE is_category"""
OFF = "DELETE FROM filing WHERE folder_id = %s RETURNING kind, object_id, is_category"
# By the index of what happened with objects. Only what happened makes a difference to anybody.
HAPPENED = """
SELECT o FROM unnest(%s::bigint[]) o WHERE EXISTS (
  SELECT 1 FROM event e WHERE e.type_id = ANY(%s::smallint[]) AND e.subject_id = o)"""
# So many are told of unasked.
PROBED = 500
GONE = """
DELETE FROM filing WHERE kind = %s AND object_id = ANY(%s::bigint[])
RETURNING object_id, folder_id, is_category"""


@dataclass(frozen=True)
class Name:
    """A category or label as items show it."""

    id: int
    name: str
    colour: int

    def as_json(self) -> dict[str, Any]:
        """Write it as answers do."""
        return {"id": str(self.id), "name": self.name, "colour": self.colour}


@dataclass(frozen=True)
class Filed:
    """Under what one item is filed."""

    category: Name | None = None
    labels: tuple[Name, ...] = ()

    @property
    def names(self) -> tuple[Name, ...]:
        """Return the category and the labels."""
        return (*([self.category] if self.category else []), *self.labels)

    def told(self) -> dict[str, Any]:
        """Return what the audit trail compares."""
        category = self.category.name if self.category else ""
        return {"category": category, "labels": [each.name for each in self.labels]}

    def as_json(self) -> dict[str, Any]:
        """Write it as answers do."""
        category = self.category.as_json() if self.category else None
        return {"category": category, "labels": [each.as_json() for each in self.labels]}


@dataclass(frozen=True)
class Change:
    """What is to change; `category` None with `clear` takes it off."""

    category: int | None = None
    clear: bool = False
    add: Sequence[int] = ()
    remove: Sequence[int] = ()
    # The labels are these and no others.
    only: Sequence[int] | None = None


def kind_of(model: type[Model]) -> str:
    """Return under which kind rows of a model are filed; empty: they are not."""
    return subjects.kind_filed(model)


def kinds() -> list[str]:
    """Return every kind that can be filed."""
    return subjects.filed_kinds()


def folders(kind: str, sort: str = "") -> list[Folder]:
    """Return the categories and labels that items of a kind may have, by name."""
    known = _known.get()
    if known is None:
        _known.set(known := {})
    if kind not in known:
        rows = Folder.objects.filter(kind__in=["", kind]).order_by("name_key", "pk")
        known[kind] = list(rows)
    return [each for each in known[kind] if not sort or each.sort == sort]


def read_of(kind: str, folder: int) -> str:
    """Name the change that something of a kind is filed under a category, or is so no more."""
    return f"folder:{kind}:{folder}"


def tell(kind: str, moved: Iterable[tuple[int, int]]) -> None:
    """Announce that objects came under categories, or are so no more: pairs of both numbers.

    Whoever they concern is looked for among everybody, so what nobody did anything with is not
    worth it.
    """
    pairs = set(moved)
    happened = _happened(kind, {number for number, _folder in pairs})
    categories = {folder for number, folder in pairs if number in happened}
    if reads := [read_of(kind, each) for each in sorted(categories)]:
        announce_everyone(reads)


def _happened(kind: str, objects: Collection[int]) -> Collection[int]:
    types = [type_id(each.key) for each in event_types if each.subject == kind]
    if not types or not objects or len(objects) > PROBED:
        return objects if types else ()
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED, [sorted(objects), types])
        return {row[0] for row in cursor.fetchall()}


_counting: list[Callable[[], Collection[str]]] = []


def count(kinds: Callable[[], Collection[str]]) -> None:
    """Let conditions ask for the categories of these kinds; called from `plugins`."""
    _counting.append(kinds)


def counting() -> set[str]:
    """Return the kinds by whose categories conditions ask."""
    return {kind for each in _counting for kind in each()}


def asked() -> QuerySet[Folder]:
    """Return the categories that conditions may name."""
    return Folder.objects.filter(sort=CATEGORY, kind__in=["", *counting()])


def forget(**_signal: Any) -> None:
    """Read them anew when they are next asked for."""
    _known.set(None)


request_started.connect(forget)


def of(kind: str, objects: Iterable[int]) -> dict[int, Filed]:
    """Return under what each of these is filed, in one statement."""
    wanted = list(objects)
    found: dict[int, tuple[list[Name], list[Name]]] = {each: ([], []) for each in wanted}
    with connection.cursor() as cursor:
        cursor.execute(OF, [kind, wanted])
        for number, folder, sort, name, colour in cursor.fetchall():
            found[number][sort == LABEL].append(Name(folder, name, colour))
    return {
        number: Filed(category[0] if category else None, tuple(labels))
        for number, (category, labels) in found.items()
    }


@transaction.atomic
def file(kind: str, objects: Collection[int], change: Change) -> None:
    """File items, each of which the caller may change; folders of other kinds are passed over."""
    # Read anew: jobs and scripts have no request that forgets what was known.
    known = {each.pk: each for each in Folder.objects.filter(kind__in=["", kind])}
    category = change.category if change.category in known else None
    put = [each for each in (change.category, *change.add, *(change.only or ())) if each in known]
    taken = list(change.remove)
    if change.only is not None:
        taken += [each.pk for each in known.values() if each.sort == LABEL and each.pk not in put]
    values: list[Any] = [kind, sorted(objects)]
    with connection.cursor() as cursor:
        if change.clear or change.category is not None:
            cursor.execute(CLEAR, values)
            tell(kind, _moved(objects, cursor.fetchall(), category))
        if taken:
            cursor.execute(TAKE, [*values, taken])
        if put:
            cursor.execute(PUT, [*values, put])


def _moved(
    objects: Collection[int], before: Collection[tuple[int, int]], category: int | None
) -> set[tuple[int, int]]:
    """Return the objects that categories lose or win, with these; filed as they were before."""
    moved = {(number, folder) for number, folder in before if folder != category}
    stay = {number for number, folder in before if folder == category}
    won = set(objects) - stay if category is not None else set()
    return moved | {(number, category) for number in won if category is not None}


def within(rows: QuerySet[Any], kind: str, folder: int | None, sort: str = "") -> QuerySet[Any]:
    """Keep what is filed under a folder; None: what is under none of the sort."""
    filed = Filing.objects.filter(kind=kind)
    if folder is None:
        filed = filed.filter(is_category=sort == CATEGORY)
        return rows.exclude(pk__in=filed.values("object_id"))
    return rows.filter(pk__in=filed.filter(folder_id=folder).values("object_id"))


def counted(numbers: Collection[int]) -> dict[int, dict[str, list[int]]]:
    """Return what is filed under each of these folders, by kind; of what is still there."""
    found: dict[int, dict[str, list[int]]] = {number: {} for number in numbers}
    rows = Filing.objects.filter(folder_id__in=list(numbers))
    for folder, kind, number in rows.values_list("folder_id", "kind", "object_id"):
        found[folder].setdefault(kind, []).append(number)
    for by_kind in found.values():
        for kind in list(by_kind):
            gone = subjects.beyond(kind, by_kind[kind], None)
            by_kind[kind] = [each for each in by_kind[kind] if each not in gone]
    return found


@transaction.atomic
def move(folder: int, to: int) -> None:
    """Have what is filed under a folder be so under another one, of its sort and for its kinds."""
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [folder, to])
        _tell_all(cursor.fetchall(), [folder, to])


@transaction.atomic
def take_off(folder: int) -> None:
    """Have what is filed under a folder be under it no more."""
    with connection.cursor() as cursor:
        cursor.execute(OFF, [folder])
        _tell_all([row[:2] for row in cursor.fetchall() if row[2]], [folder])


def _tell_all(objects: Iterable[tuple[str, int]], categories: Collection[int]) -> None:
    by_kind: dict[str, set[tuple[int, int]]] = {}
    for kind, number in objects:
        by_kind.setdefault(kind, set()).update((number, each) for each in categories)
    for kind, moved in by_kind.items():
        tell(kind, moved)


def sweep() -> None:
    """Forget what was filed and is gone."""
    for kind in Filing.objects.values_list("kind", flat=True).distinct():
        # What an app kept that is no longer installed stays.
        if subjects.listed(kind):
            _sweep(kind)


@transaction.atomic
def _sweep(kind: str) -> None:
    """Tell of what goes in the transaction it goes in: who dies in between tells, or keeps, all."""
    rows = Filing.objects.filter(kind=kind)
    gone = rows.exclude(object_id__in=subjects.rows_of(kind).values("pk"))
    with connection.cursor() as cursor:
        cursor.execute(GONE, [kind, list(gone.values_list("object_id", flat=True).distinct())])
        tell(kind, {(number, folder) for number, folder, own in cursor.fetchall() if own})
