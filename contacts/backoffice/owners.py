"""Whose something is: who is offered as its owner, and who may be chosen by whom."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from kernel.permissions import Reach

Choices = list[tuple[str, str]]
MOST = 2_000


def people(without: Any = None) -> Choices:
    """Return the users who work here, by name."""
    rows = get_user_model().objects.filter(is_active=True)
    if without is not None:
        rows = rows.exclude(pk=without.pk)
    return sorted(
        ((str(row.pk), str(row)) for row in rows.order_by("pk")[:MOST]), key=lambda pair: pair[1]
    )


def offered(user: Any, kind: str, current: Mapping[str, Any] | None) -> Choices:
    """Return whose it may be made: everybody's or nobody's; one's own by who reaches no further.

    Whose it is stays on offer after they left.
    """
    if user.reach(kind, "edit") is not Reach.ALL:
        return [(str(user.pk), str(user))]
    found = people()
    if current and str(current["id"]) not in dict(found):
        found.append((str(current["id"]), str(current["name"])))
    return [("", _("nobody")), *found]


def chosen(user: Any, kind: str, text: str) -> int | None:
    """Read the owner's number; who reaches only their own gives none away."""
    if user.reach(kind, "edit") is not Reach.ALL:
        return int(user.pk)
    return int(text) if text else None
