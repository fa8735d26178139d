"""Filters of the list of contacts: quick ones, and any filter as JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.narrowing import Choices, ListFilter
from contacts.backoffice import owners, searching, tokens
from contacts.backoffice.tokens import Misread
from contacts.models import Company, Tag
from contacts.services import searches
from contacts.services.searches import Rows
from contacts.words import Channel
from kernel import filters, subjects
from kernel.filters.problems import FilterProblem
from kernel.ids import read_id
from kernel.permissions import narrow

# More than these are not offered: they are typed, `tag:name`, or come with links.
MOST_OFFERED = 200
LONGEST = 6_000
# The dialog of the list that holds the builder.
BUILDER = "narrow"


@dataclass(frozen=True)
class Looked(ListFilter):
    """A filter whose answer is looked up by itself: not all of them are offered."""

    look: Callable[[Any, str], str | None] = lambda _user, _value: None
    join: Callable[[str, str], str] | None = None

    def label_of(self, user: Any, value: str) -> str | None:
        """Return the label of an answer; None if it is none."""
        return self.look(user, value)

    def joined(self, typed: str, chosen: str) -> str:
        """Let both hold, where one answer can say both."""
        return self.join(typed, chosen) if self.join else chosen


def _subjects(kind: str) -> tuple[Callable[[Any], Choices], Callable[[Any, str], str | None]]:
    def offered(user: Any) -> Choices:
        if not subjects.may_list(kind, user):
            return ()
        rows = subjects.visible(kind, user).order_by("name").values_list("pk", "name")
        return [(str(key), name) for key, name in rows[:MOST_OFFERED]]

    def look(user: Any, value: str) -> str | None:
        key = read_id(value)
        if key is None or not subjects.may_list(kind, user):
            return None
        rows = subjects.visible(kind, user).filter(pk=key)
        name: str | None = rows.values_list("name", flat=True).first()
        return name

    return offered, look


def _tags(_user: Any) -> Choices:
    rows = Tag.objects.order_by("name_key").values_list("pk", "name")[:MOST_OFFERED]
    return [(str(key), name) for key, name in rows]


def _tag(_user: Any, value: str) -> str | None:
    return Tag.objects.filter(pk=read_id(value) or 0).values_list("name", flat=True).first()


def _owners(user: Any) -> Choices:
    return [(str(user.pk), _("me")), ("none", _("nobody")), *owners.people(user)]


def _company(user: Any, value: str) -> str | None:
    rows = narrow(Company.objects.filter(pk=read_id(value) or 0), user, "companies", "view")
    return rows.values_list("name", flat=True).first()


def _numbers(_user: Any, value: str) -> str | None:
    try:
        return tokens.answer("id", value)
    except Misread:
        return None


def _filter(user: Any, value: str) -> str | None:
    """Say a filter in words; None where it cannot be taken, or names what the user may not see."""
    if len(value) > LONGEST:
        return None
    try:
        tree = json.loads(value)
        filters.check(tree, user=user)
    except (ValueError, RecursionError, FilterProblem):
        return None
    return filters.sentence(tree)


def _apply(key: str) -> Callable[[Rows, str], Rows]:
    """Narrow as the jobs do that walk this list."""
    return lambda rows, value: searches.narrowed(rows, key, value)


_segments, _segment = _subjects("segment")
_stages, _stage = _subjects("stage")
OFFERED: tuple[ListFilter, ...] = (
    Looked("tag", _("Tag"), _tags, _apply("tag"), look=_tag),
    Looked(
        "segment",
        _("Segment"),
        _segments,
        _apply("segment"),
        look=_segment,
    ),
    Looked(
        "stage",
        _("Stage"),
        _stages,
        _apply("stage"),
        look=_stage,
    ),
    ListFilter("owner", _("Owner"), _owners, _apply("owner")),
    ListFilter(
        "reach",
        _("Email"),
        [("none", _("has no email")), ("some", _("has an email"))],
        _apply("reach"),
    ),
    ListFilter(
        "closed",
        _("Do not contact"),
        [("any", _("by any channel")), *Channel.choices],
        _apply("closed"),
    ),
    # These come with links, or are typed.
    Looked("company", _("Company"), (), _apply("company"), look=_company),
    Looked(
        "email",
        _("Email"),
        (),
        _apply("email"),
        look=lambda _user, value: value,
    ),
    Looked("id", _("Number"), (), _apply("id"), look=_numbers),
    Looked(
        "filter",
        _("Filter"),
        (),
        _apply("filter"),
        opens=BUILDER,
        look=_filter,
        join=searching.joined,
    ),
)
