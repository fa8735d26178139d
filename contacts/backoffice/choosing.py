"""Filters of the list of contacts: tag, segment, stage, owner, and any filter as JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from backoffice.narrowing import Choices, ListFilter
from contacts.models import Company, Contact, ContactTag, DoNotContact, Tag
from contacts.services.finding import by_words, compiled
from contacts.words import Channel
from kernel import filters, subjects
from kernel.filters.problems import FilterProblem
from kernel.permissions import narrow

Rows = QuerySet[Contact]
# More than these are not offered: they are typed, `tag:name`, or come with links.
MOST_OFFERED = 200
LONGEST = 6_000


@dataclass(frozen=True)
class Looked(ListFilter):
    """A filter whose answer is looked up by itself: not all of them are offered."""

    look: Callable[[Any, str], str | None] = lambda _user, _value: None

    def label_of(self, user: Any, value: str) -> str | None:
        """Return the label of an answer; None if it is none."""
        return self.look(user, value)


def number(text: str) -> int | None:
    """Read an id out of an address."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _subjects(kind: str) -> tuple[Callable[[Any], Choices], Callable[[Any, str], str | None]]:
    def offered(user: Any) -> Choices:
        if not subjects.may_list(kind, user):
            return ()
        rows = subjects.visible(kind, user).order_by("name").values_list("pk", "name")
        return [(str(key), name) for key, name in rows[:MOST_OFFERED]]

    def look(user: Any, value: str) -> str | None:
        key = number(value)
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
    return Tag.objects.filter(pk=number(value) or 0).values_list("name", flat=True).first()


def _owners(user: Any) -> Choices:
    people = get_user_model().objects.filter(is_active=True).exclude(pk=user.pk)
    named = sorted((str(each), str(each.pk)) for each in people.order_by("pk")[:MOST_OFFERED])
    others = [(key, name) for name, key in named]
    return [(str(user.pk), _("me")), ("none", _("nobody")), *others]


def _company(user: Any, value: str) -> str | None:
    rows = narrow(Company.objects.filter(pk=number(value) or 0), user, "companies", "view")
    return rows.values_list("name", flat=True).first()


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


def _tagged(rows: Rows, value: str) -> Rows:
    return rows.filter(pk__in=ContactTag.objects.filter(tag_id=value).values("contact_id"))


def _owned(rows: Rows, value: str) -> Rows:
    return rows.filter(owner__isnull=True) if value == "none" else rows.filter(owner_id=int(value))


def _channel(rows: Rows, value: str) -> Rows:
    closed = (
        DoNotContact.objects.all() if value == "any" else DoNotContact.objects.filter(channel=value)
    )
    return rows.filter(pk__in=closed.values("contact_id"))


_segments, _segment = _subjects("segment")
_stages, _stage = _subjects("stage")
OFFERED: tuple[ListFilter, ...] = (
    Looked("tag", _("Tag"), _tags, _tagged, _tag),
    Looked(
        "segment",
        _("Segment"),
        _segments,
        lambda rows, value: compiled(rows, {"segment": [int(value)], "op": "in"}),
        _segment,
    ),
    Looked(
        "stage",
        _("Stage"),
        _stages,
        lambda rows, value: rows.filter(state__stage_id=value),
        _stage,
    ),
    ListFilter("owner", _("Owner"), _owners, _owned),
    ListFilter(
        "reach",
        _("Email"),
        [("none", _("has no email")), ("some", _("has an email"))],
        lambda rows, value: rows.filter(email__isnull=value == "none"),
    ),
    ListFilter(
        "closed",
        _("Do not contact"),
        [("any", _("by any channel")), *Channel.choices],
        _channel,
    ),
    # These come with links, or are typed.
    Looked(
        "company", _("Company"), (), lambda rows, value: rows.filter(company_id=value), _company
    ),
    Looked(
        "email",
        _("Email"),
        (),
        lambda rows, value: by_words(rows, value).filter(email_key__startswith=value.lower()),
        lambda _user, value: value,
    ),
    Looked(
        "filter",
        _("Filter"),
        (),
        lambda rows, value: compiled(rows, json.loads(value)),
        _filter,
    ),
)
