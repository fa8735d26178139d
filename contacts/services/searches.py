"""Searches of the list of contacts: one meaning for the screen and for the jobs that walk them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.models import Company, Contact, ContactTag, DoNotContact, Tag
from contacts.services.company_people import has_further, people_of
from contacts.services.finding import by_words, compiled
from kernel import filters
from kernel.lowering import lowered
from kernel.permissions import Actor

Rows = QuerySet[Contact]
Narrow = Callable[[Rows, str], Rows]


def _tagged(rows: Rows, value: str) -> Rows:
    return rows.filter(pk__in=ContactTag.objects.filter(tag_id=value).values("contact_id"))


def _owned(rows: Rows, value: str) -> Rows:
    return rows.filter(owner__isnull=True) if value == "none" else rows.filter(owner_id=int(value))


def _closed(rows: Rows, value: str) -> Rows:
    closed = (
        DoNotContact.objects.all() if value == "any" else DoNotContact.objects.filter(channel=value)
    )
    return rows.filter(pk__in=closed.values("contact_id"))


def _addressed(rows: Rows, value: str) -> Rows:
    return by_words(rows, value).filter(email_key__startswith=lowered(value))


# Questions that columns and tables of ours answer.
NARROW: Mapping[str, Narrow] = {
    "tag": _tagged,
    "stage": lambda rows, value: rows.filter(state__stage_id=value),
    "owner": _owned,
    "reach": lambda rows, value: rows.filter(email__isnull=value == "none"),
    "closed": _closed,
    "company": lambda rows, value: people_of(int(value), rows),
    "email": _addressed,
    "id": lambda rows, value: rows.filter(pk__in=[int(part) for part in value.split(",")]),
}


# Answers that are filters themselves.
ASKED_AS_FILTERS = frozenset({"segment", "filter"})


def tree_of(key: str, value: str) -> Any:
    """Return the filter that a question means which is asked as one; None for the others."""
    if key == "segment":
        return {"segment": [int(value)], "op": "in"}
    return json.loads(value) if key == "filter" else None


EMPTY = {True: "is_empty", False: "is_not_empty"}
# Questions of the list that a condition asks as well; the others are the list's own.
SAYS: Mapping[str, Callable[[str], Any]] = {
    "tag": lambda value: {"field": "tags", "op": "has_any", "value": [_name(Tag, value)]},
    "stage": lambda value: {"field": "stage", "op": "is", "value": int(value)},
    "owner": lambda value: (
        {"field": "owner", "op": "is_empty"}
        if value == "none"
        else {"field": "owner", "op": "is", "value": int(value)}
    ),
    "reach": lambda value: {"field": "email", "op": EMPTY[value == "none"]},
    "company": lambda value: {"field": "company", "op": "is", "value": _name(Company, value)},
    "email": lambda value: {"field": "email", "op": "starts_with", "value": value},
}


def _name(model: type[Company | Tag], number: str) -> str:
    return str(model.objects.filter(pk=number).values_list("name", flat=True).first() or "")


def narrowed(rows: Rows, key: str, value: str) -> Rows:
    """Keep the rows that one question of the list means; it was checked before."""
    tree = tree_of(key, value)
    return NARROW[key](rows, value) if tree is None else compiled(rows, tree)


def _parts(tree: Any) -> list[Any]:
    """Return what holds together in a filter."""
    return list(tree["all"]) if list(tree) == ["all"] else [tree]


@dataclass(frozen=True)
class Search:
    """What was searched: the words, and the answers chosen, by the keys of the list's filters."""

    text: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    # A filter that came by itself, as those of the API do.
    tree: Any = None

    @property
    def trees(self) -> list[Any]:
        """Return everything in it that is a filter."""
        found = [tree_of(key, value) for key, value in self.answers.items()]
        return [tree for tree in (*found, self.tree) if tree is not None]

    def as_filter(self) -> Any:
        """Return one filter that means the same; None where it asks what no filter can say."""
        asked = self.answers.items()
        unsaid = [
            key
            for key, value in asked
            if (key not in SAYS and tree_of(key, value) is None)
            # Conditions ask for the primary company alone.
            or (key == "company" and has_further(int(value)))
        ]
        if self.text or unsaid:
            return None
        found = [SAYS[key](value) for key, value in asked if key in SAYS]
        parts = [part for tree in (*self.trees, *found) for part in _parts(tree)]
        return {"all": parts} if parts else None

    def check(self, user: Actor) -> None:
        """Refuse what names something the user may not see, or not any more (`FilterProblem`).

        An answer that is unknown here would fall away, and the search mean everybody.
        """
        for key in self.answers:
            if key not in NARROW and key not in ASKED_AS_FILTERS:
                message = _("This list cannot be taken as a whole while it is narrowed so.")
                raise filters.refuse(key, "unknown_filter", message)
        for tree in self.trees:
            filters.check(tree, user=user)

    def over(self, rows: Rows) -> Rows:
        """Keep the rows it means, as the list shows them; it was checked before."""
        for key, value in self.answers.items():
            rows = narrowed(rows, key, value)
        if self.text:
            rows = by_words(rows, self.text)
        return rows if self.tree is None else compiled(rows, self.tree)

    def among(self, rows: Rows, contacts: Iterable[int], now: datetime, patience: int) -> list[int]:
        """Return which of these contacts it means, ascending; the costly questions come last.

        None of these may take longer than `patience`, in milliseconds.
        """
        among = list(contacts)
        rows = rows.filter(pk__in=among)
        for key, value in self.answers.items():
            if key in NARROW:
                rows = NARROW[key](rows, value)
        if self.text:
            rows = by_words(rows, self.text, among)
        found = list(rows.order_by("pk").values_list("pk", flat=True))
        for tree in self.trees:
            if found:
                found = sorted(filters.matching(tree, found, now, patience=patience))
        return found

    def as_json(self) -> dict[str, Any]:
        """Write it for a job."""
        return {"text": self.text, "answers": dict(self.answers), "tree": self.tree}
