"""The suppression list on screen: who is never written to, added and taken off with a reason."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from backoffice import toasts
from backoffice.bulk import MOST_AT_ONCE, BulkAction, Selection
from backoffice.choosing import worded
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.narrowing import ListFilter, by
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from backoffice.screens import leave_trail
from contacts.backoffice.suppressing import Many
from contacts.models import Suppression
from contacts.services import suppression
from contacts.values import ValueProblem
from contacts.words import Channel, Reason
from kernel import clock
from kernel.lowering import lowered
from kernel.registry import ConfigProblem
from kernel.trail import Deed

LONGEST_REASON = 300
TAKEN = _lazy("This is on the list already.")
SHOWN_OF_HASH = 16


class SuppressionForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is closed, on which channel, and why."""

    value = forms.CharField(
        label=_lazy("Address, domain or hash"),
        max_length=320,
        help_text=_lazy(
            "ann@example.com, example.com, a number for SMS, or the SHA-256 of an address."
        ),
    )
    below = forms.BooleanField(
        label=_lazy("And everything below it"),
        required=False,
        initial=True,
        widget=forms.CheckboxInput({"data-with": f"kind:{Suppression.Kind.DOMAIN.value}"}),
        help_text=_lazy("example.com then closes mail.example.com, too."),
    )
    comment = forms.CharField(label=_lazy("Comment"), max_length=1_000, required=False)

    class Meta:
        model = Suppression
        formfield_callback = worded
        fields = ("kind", "value", "below", "channel", "reason", "comment")
        labels = {"kind": _lazy("What"), "channel": _lazy("Channel"), "reason": _lazy("Reason")}
        help_texts = {
            "kind": _lazy(
                "Hash: only a digest of the address is kept, not the address itself. Write the"
                " address, or the hash from a list of others."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("kind", Suppression.Kind.ADDRESS)
        self.initial.setdefault("channel", Channel.EMAIL)
        self.initial.setdefault("reason", Reason.MANUAL)
        for name, choices in (
            ("kind", Suppression.Kind.choices),
            ("channel", Channel.choices),
            ("reason", Reason.choices),
        ):
            self.fields[name].choices = [(key, capfirst(label)) for key, label in choices]  # type: ignore[attr-defined]
        for name in ("channel", "reason"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Write the value as it is compared, and take it once."""
        values: dict[str, Any] = super().clean() or {}
        values["channel"] = values.get("channel") or Channel.EMAIL
        values["reason"] = values.get("reason") or Reason.MANUAL
        if "value" not in values or "kind" not in values:
            return values
        try:
            values["value"] = suppression.compared(
                values["channel"], values["kind"], values["value"]
            )
        except ValueProblem as problem:
            words = _meant_a_domain(values) or problem.message
            self.add_error("value", ValidationError(words, problem.code))
            return values
        values["below"] = values["below"] and values["kind"] == Suppression.Kind.DOMAIN
        same = {name: values[name] for name in ("channel", "kind", "value")}
        if Suppression.objects.filter(**same).exists():
            self.add_error("value", ValidationError(TAKEN, "taken"))
        return values


def _meant_a_domain(values: Mapping[str, Any]) -> str:
    """Say so where somebody may have meant a domain: nobody closes a whole one by a slip."""
    if values["channel"] != Channel.EMAIL or values["kind"] == Suppression.Kind.DOMAIN:
        return ""
    with suppress(ValueProblem):
        suppression.compared(Channel.EMAIL, Suppression.Kind.DOMAIN, values["value"])
        return _("This is not an address. To close a whole domain, choose domain above.")
    return ""


class ReasonForm(forms.Form):
    """Why entries are taken off."""

    why = forms.CharField(
        label=_lazy("Why they may be written to again"), max_length=LONGEST_REASON
    )


def what(row: Suppression) -> str:
    """Say what stands there, and how far a domain reaches."""
    return _("domain and all below it") if row.below else str(row.get_kind_display())


class Suppressions(Resource[Suppression]):
    """Addresses, domains and hashes that nothing is sent to."""

    key = kind = "suppressions"
    path = "settings/suppressions"
    model = Suppression
    form = SuppressionForm
    icon = "mail-off"
    label, plural = _lazy("Suppression"), _lazy("Suppression list")
    new_label = _lazy("New suppression")
    purpose = _lazy(
        "Nothing is ever sent to what stands here, whether or not it belongs to a contact."
    )
    in_settings = True
    changeable = False
    columns = (
        Column("kind", _lazy("What"), what),
        Column("reason", _lazy("Reason"), lambda row: row.get_reason_display(), narrow=True),
        Column("comment", _lazy("Comment")),
        Column("channel", _lazy("Channel"), lambda row: row.get_channel_display(), width="slim"),
        Column("since", _lazy("Since"), sort="since", end=True),
    )
    filters = (
        ListFilter("kind", _lazy("What"), Suppression.Kind.choices, by("kind")),
        ListFilter("reason", _lazy("Reason"), Reason.choices, by("reason")),
        ListFilter("channel", _lazy("Channel"), Channel.choices, by("channel")),
    )
    sorts = ()
    default_sort = "-since"
    list_template = "contacts/suppressions.html"
    item_template = "contacts/suppression.html"

    def found(self, rows: QuerySet[Suppression], text: str) -> QuerySet[Suppression]:
        """Find a beginning; of an address also its domains, and what was kept of it as a hash."""
        wanted = Q(value__startswith=lowered(text).removeprefix("@"))
        if "@" in text:
            wanted |= suppression.of_domain(lowered(text).rpartition("@")[2])
            wanted |= Q(kind=Suppression.Kind.HASH, value__in=suppression.digests(lowered(text)))
        return rows.filter(wanted)

    def name(self, row: Suppression) -> str:
        """Return the value, of a hash its beginning."""
        if row.kind == Suppression.Kind.HASH:
            return _("Hash %(beginning)s…") % {"beginning": row.value[:SHOWN_OF_HASH]}
        return row.value

    def first(self) -> Column:
        """The list is ordered by time."""
        return Column("value", _lazy("Address, domain or hash"), narrow=True)

    def named(self, row: Suppression) -> str:
        """The trail keeps no address."""
        return row.value if row.kind == Suppression.Kind.DOMAIN else str(row.get_kind_display())

    def details(self, row: Suppression) -> list[tuple[Any, Any]]:
        """Tell everything; a hash is told in full here."""
        told = [(self.first().label, row.value)]
        return [*told, *((column.label, column.cell(row)) for column in self.columns)]

    def save(self, form: Any, user: Any, now: datetime) -> Suppression:
        """Add it to the list."""
        row = Suppression(**form.cleaned_data, since=now)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as taken:
            # Somebody added it since the form was checked.
            problem = {"field": "value", "code": "taken", "message": str(TAKEN)}
            raise ConfigProblem([problem]) from taken
        suppression.announce([row])
        return row

    def delete(self, row: Suppression, now: datetime) -> None:
        """Take it off the list."""
        super().delete(row, now)
        suppression.announce([row])

    def told(self, row: Suppression) -> dict[str, Any]:
        """Keep no address."""
        return {"kind": row.kind, "channel": row.channel, "reason": row.reason}

    def why_deleted(self, request: HttpRequest) -> dict[str, Any]:
        """Keep why it was taken off; nobody does so without a word."""
        why = request.POST.get("why", "").replace("\0", "").strip()[:LONGEST_REASON]
        if not why:
            raise ValidationError(_("Say why it is taken off the list."))
        return {"why": why}


def _remove(request: HttpRequest, selection: Selection, settings: dict[str, Any]) -> None:
    here, now, removed = Suppressions(), clock.now(), 0
    with transaction.atomic():
        for row in selection.rows.order_by("pk")[:MOST_AT_ONCE]:
            told, number = here.told(row), row.pk
            here.delete(row, now)
            deed = Deed(
                here.kind,
                "delete",
                object=number,
                name=here.named(row),
                before=told,
                after={"why": settings["why"]},
            )
            leave_trail(request, deed)
            removed += 1
    words = ngettext(
        "%(count)d taken off the suppression list",
        "%(count)d taken off the suppression list",
        removed,
    )
    toasts.tell(request, words % {"count": removed})


def _widen(request: HttpRequest, selection: Selection, _settings: dict[str, Any]) -> None:
    with transaction.atomic():
        domains = selection.rows.filter(kind=Suppression.Kind.DOMAIN, below=False)
        wider = list(Suppression.objects.filter(pk__in=domains.values("pk")).select_for_update())
        Suppression.objects.filter(pk__in=[row.pk for row in wider]).update(below=True)
        if wider:
            suppression.announce(wider)
            leave_trail(request, Deed("suppressions", "widen", after={"domains": len(wider)}))
    words = ngettext(
        "%(count)d domain now holds for everything below it",
        "%(count)d domains now hold for everything below them",
        len(wider),
    )
    toasts.tell(request, words % {"count": len(wider)})


QUESTION = _lazy("They may be written to again, unless the contact itself is closed.")
WIDENED = _lazy("Of the chosen, domains close the domains below them, too.")
Suppressions.bulk = (
    BulkAction(
        "widen", _lazy("Close below, too"), "arrows-maximize", "create", _widen, question=WIDENED
    ),
    BulkAction(
        "delete", _lazy("Take off"), "trash", "delete", _remove, ReasonForm, QUESTION, danger=True
    ),
)
urlpatterns = register(
    Suppressions,
    Place(
        _lazy("Suppression list"), "suppressions", "mail-off", 945, "suppressions", under="settings"
    ),
    order=945,
)
urlpatterns.append(
    path(
        "settings/suppressions/many",
        Many.as_view(resource=resource_of("suppressions"), kind="suppressions"),
        name="suppressions-many",
    )
)
