"""Texts of the desk, checked as everywhere, and who may be given a task."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.values import ValueProblem
from contacts.values.text import line, lines
from desk.models import LONGEST_NOTE, LONGEST_TITLE
from kernel.permissions import Reach, narrow


def title(raw: Any) -> str:
    """Check a title: one line of 1 to 200 signs."""
    found = line(raw) if isinstance(raw, str) else ""
    if not found or len(found) > LONGEST_TITLE:
        words = _("A title of 1 to %(most)s signs is expected.") % {"most": LONGEST_TITLE}
        raise ValueProblem("invalid", words)
    return found


def text(raw: Any, *, required: bool = False) -> str:
    """Check what was written, several lines perhaps."""
    found = lines(raw, LONGEST_NOTE) if isinstance(raw, str) else ""
    if required and not found:
        raise ValueProblem("required", _("Write something."))
    return found


def assignee(user: Any, contact: int) -> Any:
    """Refuse to give a task to whoever could not see it."""
    if user is not None and not (user.is_active and sees(user, [contact])):
        words = _("%(name)s cannot see this contact and its tasks.") % {"name": user}
        raise ValueProblem("not_allowed", words)
    return user


def sees(user: Any, contacts: Sequence[int]) -> set[int]:
    """Return which of some contacts, and their tasks, a user sees."""
    if user.reach("tasks", "view") is Reach.NONE:
        return set()
    rows = narrow(Contact.objects.filter(pk__in=contacts), user, "contacts", "view")
    return set(narrow(rows, user, "tasks", "view").values_list("pk", flat=True))


def everybody() -> list[Any]:
    """Return who may be given tasks, by name."""
    people = get_user_model().objects.filter(is_active=True).select_related("role")
    able = [user for user in people if user.reach("tasks", "view") is not Reach.NONE]
    return sorted(able, key=lambda user: str(user).casefold())
