"""Noting something down about a contact: the words beside it, which may be the proof."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from backoffice.screens import Screen
from contacts.models import Contact
from contacts.values import checked
from contacts.values.text import lines

LONGEST = 1_000
# What was chosen and typed; what cannot be taken is typed again.
KEPT = ("act", "reason", "purpose", "topic", "state", "ground", "to", "how")
# What was typed is shown, to be typed otherwise.
TYPED = {
    "comment": _("Comment"),
    "proof": _("How do you know?"),
    "text": _("The words that were agreed to"),
    "on": _("When"),
    "reference": _("Where it is kept, such as a letter or a call"),
}


class Noting(Screen):
    """Something a user notes down about a contact."""

    verb = "edit"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Note nothing whose words cannot be kept; say why not."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except ValidationError as refused:
            row = self.item(kwargs["pk"], "edit")
            return self.asked_again(row, 422, refused=" ".join(refused.messages))

    def note(self, name: str = "comment") -> str:
        """Return what was typed as it is kept."""
        return checked(lines, self.request.POST.get(name, ""), LONGEST)

    def asked_again(self, row: Contact, status: int, **more: Any) -> HttpResponse:
        """Show what was chosen and typed, and what speaks against it."""
        sent = self.request.POST
        context = self.context(
            row=row,
            title=self.resource.name(row),
            back=f"{self.resource.url('item', row.pk)}?tab=consent",
            kept=[(key, sent[key]) for key in KEPT if key in sent],
            typed=[(key, label, sent[key]) for key, label in TYPED.items() if key in sent],
            **{"seen": sent.get("seen", ""), **more},
        )
        return render(self.request, "contacts/overtaken.html", context, status=status)
