"""The bulk action that deletes people: asked for in words, done for good."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import deeds, toasts
from backoffice.bulk import BulkAction, Selection
from backoffice.columns import number
from backoffice.screens import leave_trail
from contacts.backoffice.doing import under_way
from contacts.backoffice.titles import TITLES
from contacts.services import bulk_erasing
from contacts.services.erase import drop
from contacts.services.searches import Search
from kernel import clock
from kernel.trail import Deed

# Above so many, the number is typed.
TYPED_ABOVE = 10
# Each takes some milliseconds: more are for a job.
AT_ONCE = 100


class TypedNumber(forms.Form):
    """The number of those who go, typed by whoever means it."""

    typed = forms.CharField(max_length=20)

    def __init__(self, selection: Selection, data: Any = None) -> None:
        super().__init__(data)
        self.wanted = str(selection.count)
        field = self.fields["typed"]
        shown = number(selection.count)
        field.label = _("To confirm, type the number: %(number)s") % {"number": shown}
        field.widget.attrs |= {
            "autocomplete": "off",
            "inputmode": "numeric",
            # One a line; the second as it is written in the title.
            "data-unlocks": f"{self.wanted}\n{shown}",
        }

    @property
    def unlocks(self) -> bool:
        """Say that the button waits for what is typed."""
        return not self.is_bound

    def clean_typed(self) -> str:
        """Compare the digits alone."""
        typed = "".join(filter(str.isdigit, self.cleaned_data["typed"]))
        if typed != self.wanted:
            raise ValidationError(
                _("This number was expected: %(number)s") % {"number": self.wanted}, "typed"
            )
        return typed


@dataclass(frozen=True)
class Deleting(BulkAction):
    """Deletes people."""

    def make(self, user: Any, sent: Any, selection: Selection) -> forms.Form | None:
        """Ask for the number where there are many."""
        return TypedNumber(selection, sent) if selection.count > TYPED_ABOVE else None


def _run(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> None:
    now, user = clock.now(), request.user
    if selection.search is not None and selection.count > AT_ONCE:
        search = Search(selection.search.text, selection.search.filters)
        count = selection.count
        job = bulk_erasing.start(search, now, user_id=int(user.pk or 0), count=count)
        after = {"key": bulk_erasing.KIND, "job": job.pk, deeds.RETOLD: {"count": count}}
        leave_trail(request, Deed("contacts", "bulk", after=after))
        under_way(request, selection, job.pk)
        return
    ids = list(selection.rows.order_by("pk").values_list("pk", flat=True))
    gone = len(drop(ids, now))
    for contact in ids:
        # Named by their number, as everywhere in the trail.
        leave_trail(request, Deed("contacts", "delete", object=contact))
    words = ngettext("%(count)s contact deleted", "%(count)s contacts deleted", gone)
    toasts.tell(request, words % {"count": number(gone)})


DELETE = Deleting(
    "delete",
    _lazy("Delete"),
    "trash",
    "delete",
    _run,
    question=_lazy(
        "Everything that names these people goes: fields, tags, consents, timeline, what was sent."
        " Figures stay, without the people. Where a channel was closed, a hash of the address"
        " stays, so that nobody writes there again. This cannot be undone."
    ),
    danger=True,
    unlimited=True,
    title=TITLES["delete"],
)
