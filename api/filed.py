"""Category and labels in answers and bodies of items, the same for every kind that is filed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from api.errors import Refused
from api.fields import IdField, QueryFilter
from kernel import filing
from kernel.filing import CATEGORY, LABEL, Change
from kernel.ids import read_id

KEYS = ("category", "labels")


def filters(kind: str) -> dict[str, QueryFilter]:
    """Return how lists of a kind are narrowed by category and label."""

    def keep(rows: QuerySet[Any], number: int) -> QuerySet[Any]:
        return filing.within(rows, kind, number)

    return {
        "category": QueryFilter(IdField(), keep, _lazy("Id of a category.")),
        "label": QueryFilter(IdField(), keep, _lazy("Id of a label.")),
    }


def taken_from(body: Any, kind: str) -> tuple[Any, Change | None]:
    """Split a body into what the item's own view reads, and what is to change of its filing."""
    if not isinstance(body, Mapping) or not any(key in body for key in KEYS):
        return body, None
    rest = {key: value for key, value in body.items() if key not in KEYS}
    category, only = None, None
    if body.get("category") not in (None, ""):
        category = _read(body["category"], kind, CATEGORY, "category")
    if "labels" in body:
        given = body["labels"]
        if not isinstance(given, list) or len(given) > filing.MOST_LABELS:
            message = _("A list of at most %(most)s labels is expected.")
            raise Refused(message % {"most": filing.MOST_LABELS}, "invalid", "labels")
        places = enumerate(given)
        only = [_read(one, kind, LABEL, f"labels.{place}") for place, one in places]
    clear = "category" in body and category is None
    return rest, Change(category, clear=clear, only=only)


def _read(given: Any, kind: str, sort: str, place: str) -> int:
    """Find a category or label by id, by name, or as answers show it."""
    word = given.get("id") if isinstance(given, Mapping) else given
    known = filing.folders(kind, sort)
    number = read_id(word)
    for each in known:
        if each.pk == number:
            return each.pk
    key = word.strip().lower() if isinstance(word, str) else None
    # One for this kind goes before one of the same name for all.
    for each in sorted(known, key=lambda folder: folder.kind == ""):
        if each.name_key == key:
            return each.pk
    raise Refused(_("There is no such object."), "not_found", place)


def add_to(rows: Iterable[Any], kind: str) -> None:
    """Add category and labels to objects as answers show them, in one statement."""
    items = {number: row for row in rows if (number := read_id(row.get("id")))}
    for number, filed in filing.of(kind, items).items():
        items[number] |= filed.as_json()
