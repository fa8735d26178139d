"""Putting many addresses on the suppression list: a file, or what was pasted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.columns import number
from backoffice.screens import Screen, leave_trail
from contacts.services.suppressing import MOST, Added, add_many, entries_of, read
from contacts.words import Reason
from kernel import clock
from kernel.trail import Deed

MOST_BYTES = 2_000_000
SHOWN = 50


class ManyForm(forms.Form):
    """A list, and why nobody on it is to be written to."""

    file = forms.FileField(
        label=_lazy("File"),
        required=False,
        help_text=_lazy("A text with one a line, or a CSV file: its first column is read."),
    )
    pasted = forms.CharField(
        label=_lazy("or paste the list here"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_lazy("Addresses, domains or hashes, one a line."),
    )
    below = forms.BooleanField(
        label=_lazy("Domains hold for everything below them, too"), required=False, initial=True
    )
    reason = forms.ChoiceField(label=_lazy("Reason"))
    comment = forms.CharField(label=_lazy("Comment"), max_length=1_000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(key, capfirst(word)) for key, word in Reason.choices]  # type: ignore[attr-defined]
        self.fields["reason"].initial = Reason.MANUAL

    def clean(self) -> dict[str, Any]:
        """Read the values; one list, neither too long nor empty."""
        values: dict[str, Any] = super().clean() or {}
        file = values.get("file")
        if file is not None and file.size > MOST_BYTES:
            raise ValidationError({"file": _("The file is too large for a list of addresses.")})
        content = file.read() if file is not None else values.get("pasted", "").encode()
        values["values"] = read(content)
        if not values["values"]:
            raise ValidationError(_("There is nothing to read: choose a file or paste a list."))
        if len(values["values"]) > MOST:
            most = {"most": number(MOST)}
            raise ValidationError(_("At most %(most)s at once: cut the list in parts.") % most)
        return values


class Many(Screen):
    """A page of its own: what could not be read stays on it, to be mended."""

    verb = "create"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self._show(ManyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Put on the list what can be, and tell of the rest."""
        form = ManyForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, status=422)
        values = form.cleaned_data
        about = (values["reason"], values["comment"])
        entries = entries_of(values["values"], *about, below=values["below"])
        with transaction.atomic():
            result = add_many(entries, clock.now())
            told = {"added": result.added, "known": result.known, "reason": values["reason"]}
            told["widened"] = result.widened
            leave_trail(request, Deed("suppressions", "bulk", after=told))
        if result.added or not result.problems:
            toasts.tell(request, _words(result))
        if not result.problems:
            return HttpResponseRedirect(self.resource.url())
        refused = [(values["values"][at], why.message) for at, why in result.problems.items()]
        left = "\n".join(value for value, _why in refused)
        again = ManyForm(initial={**values, "pasted": left})
        return self._show(again, refused, status=422)

    def _show(
        self, form: ManyForm, refused: list[tuple[str, str]] | None = None, status: int = 200
    ) -> HttpResponse:
        context = self.context(
            form=form,
            refused=(refused or [])[:SHOWN],
            refused_count=len(refused or []),
            back=self.resource.url(),
        )
        return render(self.request, "contacts/suppressing.html", context, status=status)


def _words(result: Added) -> str:
    added = ngettext(
        "%(count)s put on the suppression list",
        "%(count)s put on the suppression list",
        result.added,
    ) % {"count": number(result.added)}
    if not result.known:
        return added
    known = ngettext("%(count)s was on it already", "%(count)s were on it already", result.known)
    words = f"{added} · {known % {'count': number(result.known)}}"
    if not result.widened:
        return words
    wider = ngettext(
        "%(count)d domain now holds for everything below it",
        "%(count)d domains now hold for everything below them",
        result.widened,
    )
    return f"{words} · {wider % {'count': result.widened}}"
