"""Sending domains on screen: their keys, the records to publish, what the DNS says of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from rest_framework.exceptions import Throttled

from api.limits import Limit
from backoffice import toasts
from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from backoffice.screens import Screen, leave_trail
from backoffice.templatetags.relais import pill
from contacts.values import ValueProblem
from contacts.values.addresses import domain as checked_domain
from emails.models import SigningDomain, SigningKey
from emails.services import records, signing
from kernel import clock
from kernel.registry import ConfigProblem
from kernel.trail import Deed

K = SigningKey.State
# Looks at the DNS a minute and user.
PER_MINUTE = 20
_limit = Limit("dns-checks")


class DomainForm(forms.ModelForm):  # type: ignore[type-arg]
    """The domain, and what its first key is called in the DNS."""

    selector = forms.CharField(
        label=_lazy("Selector"),
        max_length=63,
        initial="relais1",
        help_text=_lazy("The name of the first key in the DNS. Change it only if it is taken."),
    )

    class Meta:
        model = SigningDomain
        fields = ("domain",)
        help_texts = {
            "domain": _lazy("What stands after the @ of your senders. It signs for names below it.")
        }

    def clean_domain(self) -> str:
        """Take a domain in its ASCII form."""
        try:
            return checked_domain(self.cleaned_data["domain"])
        except ValueProblem as problem:
            raise ValidationError(problem.message, problem.code) from problem


def _of_state(row: SigningDomain, state: str) -> SigningKey | None:
    return next((key for key in row.keys.all() if key.state == state), None)


def state_pill(row: SigningDomain) -> Any:
    """Say whether mails are signed."""
    active = _of_state(row, K.ACTIVE)
    if active is None:
        return pill("", _("No key"), "amber", "alert-triangle")
    if not signing.is_readable(active):
        return pill("failed", _("Key cannot be read"))
    if _of_state(row, K.NEW):
        return pill("", _("Signs, next key waits"), "violet", "clock")
    return pill("", _("Signs"), "green", "shield-check")


def _selector(row: SigningDomain) -> str:
    active = _of_state(row, K.ACTIVE)
    return active.selector if active else ""


class Domains(Resource[SigningDomain]):
    """Domains whose mails are signed."""

    key = "domains"
    kind = "preferences"
    path = "settings/domains"
    model = SigningDomain
    form = DomainForm
    icon = "world-www"
    label, plural = _lazy("Sending domain"), _lazy("Sending domains")
    new_label = _lazy("New sending domain")
    purpose = _lazy("Mails from a domain are signed, so that receivers believe who sent them.")
    in_settings = True
    changeable = False
    rights: ClassVar[Mapping[str, str]] = {"create": "edit", "delete": "edit"}
    search = ("domain",)
    columns = (
        Column("state", _lazy("State"), state_pill, narrow=True),
        Column("selector", _lazy("Selector"), _selector),
        Column("created_at", _lazy("Since"), sort="created_at", end=True),
    )
    sorts = ("domain",)
    default_sort = "domain"
    item_template = "emails/domain.html"

    def rows(self, user: Any, verb: str = "view") -> QuerySet[SigningDomain]:
        """Bring the keys along."""
        return super().rows(user, verb).prefetch_related("keys__owner")

    def name(self, row: SigningDomain) -> str:
        """Return the domain."""
        return row.domain

    def first(self) -> Column:
        """Order by it."""
        return Column("domain", _lazy("Domain"), sort="domain", narrow=True)

    def state(self, row: SigningDomain) -> Any:
        """Say whether its mails are signed."""
        return state_pill(row)

    def facts(self, row: SigningDomain) -> str:
        """Say for whom it signs."""
        words = _("Signs mails from %(domain)s and from names below it")
        return words % {"domain": row.domain}

    def first_tab(self, row: SigningDomain) -> Any:
        """It is opened for its records."""
        return _("DNS records")

    def page(self, request: HttpRequest, row: SigningDomain) -> dict[str, Any]:
        """Show what is to be published, and the keys."""
        return {
            "findings": [{"record": record} for record in records.of(row)],
            "keys": sorted(row.keys.all(), key=lambda key: -key.pk),
        }

    def head(self, request: HttpRequest, row: SigningDomain) -> dict[str, Any]:
        """Say which key may follow."""
        return {"fresh": _of_state(row, K.NEW), "active": _of_state(row, K.ACTIVE)}

    def save(self, form: Any, user: Any, now: datetime) -> SigningDomain:
        """Make the first key, which signs at once."""
        try:
            return signing.create(form.cleaned_data["domain"], form.cleaned_data["selector"])
        except signing.SigningRefused as refused:
            problem = {"field": "selector", "code": "invalid", "message": str(refused)}
            raise ConfigProblem([problem]) from refused

    def typed_to_delete(self, row: SigningDomain) -> Sequence[str]:
        """Ask for the domain: its private key cannot be made again."""
        return [row.domain]

    def told(self, row: SigningDomain) -> dict[str, Any]:
        """Tell the domain and who signs; keys stay where they are."""
        return {"domain": row.domain, "selector": _selector(row)}


class Check(Screen):
    """What the DNS says of the records now."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask, and show the answer in the place of the list."""
        row = self.item(pk)
        shown = {"row": row, "checked_at": clock.now(), "problem": ""}
        try:
            _limit.take(str(self.user.pk), PER_MINUTE, clock.now().timestamp())
        except Throttled:
            shown["problem"] = _("Enough looks at the DNS for this minute. Try again in the next.")
            shown["findings"] = [{"record": record} for record in records.of(row)]
        else:
            shown["findings"] = records.check(records.of(row))
        return render(request, "emails/records.html", shown)


class Turn(Screen):
    """The next key: made, then let sign."""

    doings: ClassVar[dict[str, Callable[[SigningDomain], SigningKey]]] = {
        "rotate": signing.rotate,
        "activate": signing.activate,
    }

    @transaction.atomic
    def post(self, request: HttpRequest, pk: int, doing: str) -> HttpResponse:
        """Do it, or say why not."""
        row = self.item(pk, "edit")
        if doing not in self.doings:
            raise Http404
        try:
            key = self.doings[doing](row)
        except signing.SigningRefused as refused:
            toasts.tell(request, str(refused))
        else:
            told = {"selector": key.selector}
            deed = Deed("preferences", doing, object=row.pk, name=row.domain, after=told)
            leave_trail(request, deed)
            toasts.tell(request, SAID[doing] % {"selector": key.selector})
        return HttpResponseRedirect(self.resource.url("item", row.pk))


SAID: Mapping[str, Any] = {
    "rotate": _lazy("Key “%(selector)s” made. Publish its record, then let it sign."),
    "activate": _lazy("Key “%(selector)s” signs from now on."),
}
urlpatterns = register(
    Domains,
    Place(
        _lazy("Sending domains"), "domains", "world-www", 950, kind="preferences", under="settings"
    ),
    order=950,
)
_given: dict[str, Any] = {"resource": resource_of("domains"), "kind": "preferences"}
urlpatterns += [
    path("settings/domains/<int:pk>/check", Check.as_view(**_given), name="domains-check"),
    path(
        "settings/domains/<int:pk>/<slug:doing>",
        Turn.as_view(verb="edit", **_given),
        name="domains-turn",
    ),
]
