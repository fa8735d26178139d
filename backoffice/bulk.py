"""What can be done to many rows of a list at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from api.paging import COUNTED_EXACTLY
from backoffice.columns import NOTHING, number

if TYPE_CHECKING:
    from backoffice.queries import ListQuery

# More than this is not changed within a request.
MOST_AT_ONCE = 1_000


@dataclass(frozen=True)
class Selection:
    """The rows a user means: those ticked, or all the list shows. `rows` may be changed by them.

    Of many, the numbers are estimates.
    """

    rows: QuerySet[Any]
    count: int
    # Rows they see and may not change.
    refused: int = 0
    # What the list shows, where all of that is meant: for actions that run as jobs.
    search: "ListQuery | None" = None

    @property
    def shown(self) -> str:
        """Say how many there are."""
        return in_words(self.count)


def in_words(count: int | None) -> str:
    """Write a number of rows, and whether it is an estimate; None is nobody knows."""
    if count is None:
        return NOTHING
    return ("~" if count > COUNTED_EXACTLY else "") + number(count)


@dataclass(frozen=True)
class BulkAction:
    """One button of the bar. `run` gets the request, selection and cleaned settings, and tells.

    It may answer by itself, to lead somewhere; else the list is read again.

    Without `form` and `question` it runs at once, so that must be something that can be undone.
    """

    key: str
    label: Any
    icon: str
    verb: str
    run: Callable[[HttpRequest, Selection, dict[str, Any]], HttpResponse | None]
    form: Callable[[Any], Form] | type[Form] | None = None
    question: Any = ""
    danger: bool = False
    # Whether it may run on more rows than a request should change (as a job).
    unlimited: bool = False
    # What dialog and button say of so many rows; the label and the number without it.
    title: Callable[[int], str] | None = None
    # Whether it stands under *More*, where a bar has no room for everything.
    rare: bool = False
    # Rights to other kinds without which it would be refused in the end.
    presumes: tuple[tuple[str, str], ...] = ()

    def make(self, user: Any, sent: Any, selection: Selection) -> Form | None:
        """Make its form for a user, with what was sent if anything was."""
        return self.form(sent) if self.form else None

    def again(self, form: Any, sent: Any) -> None:
        """Ask what follows from what was chosen so far; nothing is done yet."""

    def called(self, selection: Selection) -> str:
        """Say what it will do to how many."""
        if self.title is None:
            return f"{self.label} · {selection.shown}"
        return self.title(selection.count) % {"count": selection.shown}

    def warning(self, selection: Selection) -> str:
        """Say what whoever confirms it should know of so many."""
        return ""

    @property
    def asks(self) -> bool:
        """Say whether a dialog comes first."""
        return bool(self.form or self.question)


def permitted(actions: Sequence[BulkAction], user: Any, kind: str) -> list[BulkAction]:
    """Keep what the user may do."""
    return [
        action
        for action in actions
        if all(user.reach(*right) for right in ((kind, action.verb), *action.presumes))
    ]


DELETE_QUESTION = _("What is deleted is gone from lists and forms. What others use is kept.")
