"""Where returned mail comes from, on screen: mailboxes, folders, posts, and whether they work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backoffice.columns import Column
from backoffice.menu import Place
from backoffice.resource import Resource, resource_of
from backoffice.routes import register
from backoffice.screens import Screen
from backoffice.templatetags.relais import pill
from emails.models import MailSource
from emails.services import looking, maildirs, sources
from kernel.registry import ConfigProblem

Way = MailSource.Way


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A source; its secret is typed anew or not at all."""

    secret = forms.CharField(
        label=_lazy("Password or secret"),
        required=False,
        max_length=500,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_lazy(
            "Of the mailbox; or what the mail server signs its posts with, at least 16 signs."
        ),
    )

    class Meta:
        model = MailSource
        fields = (
            *("name", "way", "host", "port", "security", "user", "secret", "folder", "after"),
            "active",
        )
        help_texts = {
            "host": _lazy("Of a mailbox: such as imap.example.com."),
            "user": _lazy("Of a mailbox: most often its address."),
            "folder": _lazy("Of the mailbox, or a maildir below the folder that the operator set."),
            "after": _lazy("A message too long to be stored whole always stays where it is."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            (key, label)
            for key, label in Way.choices
            if key != Way.FOLDER or maildirs.is_offered() or self.instance.way == key
        ]
        self.fields["way"].choices = offered  # type: ignore[attr-defined]
        if self.instance.pk and self.instance.sealed:
            self.fields["secret"].help_text = _("Set. Leave it empty to keep it.")

    def clean(self) -> dict[str, Any]:
        """Have the source take it, and say what is wrong where it is."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        # The form's instance is filled in afterwards with the same; the kept one tells what moves.
        kept = MailSource.objects.filter(pk=self.instance.pk or 0).first() or MailSource()
        try:
            sources.take(kept, values)
        except ConfigProblem as refused:
            for problem in refused.problems:
                self.add_error(problem["field"], ValidationError(problem["message"]))
        self.taken = kept
        return values


def state_pill(row: MailSource) -> Any:
    """Say whether it works."""
    if not row.active:
        return pill("unpublished", _("off"))
    if row.trouble:
        return pill("failed", _("does not work"))
    if row.looked_at is None:
        return pill("", _("not looked at yet"), "amber", "clock")
    return pill("published", _("works"))


def _place(row: MailSource) -> str:
    if row.way == Way.WEBHOOK:
        return settings.SITE_URL + reverse("mail-inbound", args=[row.pk])
    if row.way == Way.FOLDER:
        return row.folder
    return f"{row.user} · {row.host}:{row.port}"


class Sources(Resource[MailSource]):
    """Where what comes back is fetched."""

    key = "mail-sources"
    kind = "preferences"
    path = "settings/returned-mail"
    model = MailSource
    form = SourceForm
    icon = "inbox"
    label, plural = _lazy("Source of returned mail"), _lazy("Sources of returned mail")
    new_label = _lazy("New source")
    purpose = _lazy(
        "Bounces, complaints and replies are read from mailboxes, folders, or what mail servers"
        " post here."
    )
    in_settings = True
    rights: ClassVar[Mapping[str, str]] = {"create": "edit", "delete": "edit"}
    columns = (
        Column("state", _lazy("State"), state_pill, narrow=True),
        Column("way", _lazy("Way"), lambda row: row.get_way_display(), width="mid"),
        Column("looked_at", _lazy("Last looked"), sort="looked_at", width="mid"),
    )
    item_template = "emails/source.html"

    def state(self, row: MailSource) -> Any:
        """Say whether it works."""
        return state_pill(row)

    def details(self, row: MailSource) -> list[tuple[Any, Any]]:
        """Say where it is, and how it went."""
        shown = [
            (_("Way"), row.get_way_display()),
            (_("Where"), _place(row)),
            (_("Secret"), _("set, kept sealed") if row.sealed else _("none")),
        ]
        if row.way != Way.WEBHOOK:
            shown.append((_("A message once stored"), row.get_after_display()))
        return shown

    def save(self, form: Any, user: Any, now: datetime) -> MailSource:
        """Keep what the form had checked."""
        row: MailSource = form.taken
        row.version, row.updated_at = (row.version + 1 if row.pk else 1), now
        row.save()
        return row

    def told(self, row: MailSource) -> Mapping[str, Any]:
        """Compare what people edit; of the secret, when it was set."""
        return {name: getattr(row, name) for name in (*sources.FIELDS, "secret_at")}


class Test(Screen):
    """Whether a source can be reached."""

    verb = "edit"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try it, holding no lock, and show what came of it."""
        row = self.item(pk, "edit")
        try:
            came = looking.test(row, self.user)
        except looking.TooOften:
            words = _("Enough tests for this minute. Try again in the next.")
            came = looking.Came(works=False, words=words)
        return render(request, "emails/source_tested.html", {"came": came})


urlpatterns = register(
    Sources,
    Place(
        _lazy("Returned mail"),
        "mail-sources",
        "inbox",
        952,
        kind="preferences",
        under="settings",
    ),
    order=952,
)
_given: dict[str, Any] = {"resource": resource_of("mail-sources"), "kind": "preferences"}
urlpatterns += [
    path("settings/returned-mail/<int:pk>/test", Test.as_view(**_given), name="mail-sources-test")
]
