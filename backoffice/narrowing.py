"""Filters of lists: what the button offers, and the tokens it leaves in the search bar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BigIntegerField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from kernel.permissions import Actor, whose

Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True)
class ListFilter:
    """One question with a few answers. `apply` narrows the rows to an answer.

    `choices` may be a function of the user, where answers are things they may see.
    """

    key: str
    label: Any
    choices: Choices | Callable[[Any], Choices]
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]]
    # The dialog of the page in which its answer is edited.
    opens: str = ""

    def offered(self, user: Any) -> Choices:
        """Return value and label of each answer."""
        return self.choices(user) if callable(self.choices) else self.choices

    def label_of(self, user: Any, value: str) -> str | None:
        """Return the label of an answer; None if it is none of them."""
        return next((str(label) for key, label in self.offered(user) if str(key) == value), None)

    def joined(self, typed: str, chosen: str) -> str:
        """Make one answer of what was typed and what was chosen: the latter, unless both hold."""
        return chosen


@dataclass(frozen=True)
class Typed:
    """What a text typed into the search asks for: words, filters; and what was not understood."""

    text: str
    filters: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def by(lookup: str) -> Callable[[QuerySet[Any], str], QuerySet[Any]]:
    """Narrow by the equality of a column."""
    return lambda rows, value: rows.filter(**{lookup: value})


def mine() -> ListFilter:
    """Offer what belongs to the user, and what belongs to nobody."""

    def apply(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return rows.filter(owner__isnull=True) if value == "none" else rows.filter(owner_id=value)

    def choices(user: Any) -> Choices:
        return [(str(user.pk), _("me")), ("none", _("nobody"))]

    return ListFilter("owner", _("Owner"), choices, apply)


def telling_whose(rows: QuerySet[Any], user: Actor) -> QuerySet[Any]:
    """Say beside each row whose contacts alone `user` sees (`seen_of`; None: everybody's).

    What counts people beside the rows narrows them so.
    """
    owner = Value(whose(user, "contacts"), output_field=BigIntegerField(null=True))
    told: QuerySet[Any] = rows.annotate(seen_of=owner)
    return told
