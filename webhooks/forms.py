"""The settings of a post to another system."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.services import filling
from kernel.documents import dumps, loads
from kernel.pairs import Pair, Pairs
from kernel.settings_forms import SecretField, assuming
from webhooks.headers import Headers
from webhooks.services.calls import BARE, EVENT, FORM, JSON, METHODS, SECONDS, taken_apart

LONGEST_URL = 2_000
LONGEST_BODY = 20_000
MOST_SECONDS = 30
FORMATS = [
    (EVENT, gettext_lazy("JSON with the contact's id and the hour")),
    (JSON, gettext_lazy("JSON, only what stands here")),
    (FORM, gettext_lazy("fields of a form")),
]


class PostForm(forms.Form):
    """Where to, how, what, and signed with what."""

    method = assuming(
        METHODS[0],
        forms.ChoiceField(label=gettext_lazy("Method"), choices=[(m, m) for m in METHODS]),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
        help_text=gettext_lazy(
            "Tokens of the contact are filled in behind the name of the server."
        ),
    )
    headers = Headers(
        label=gettext_lazy("Headers"),
        required=False,
        help_text=gettext_lazy("Such as Authorization. The values are kept sealed."),
    )
    format = assuming(
        EVENT,
        forms.ChoiceField(
            label=gettext_lazy("How it is sent"),
            choices=FORMATS,
            help_text=gettext_lazy("GET and DELETE put the fields into the address instead."),
        ),
    )
    pairs = Pairs(
        label=gettext_lazy("Fields"),
        required=False,
        help_text=gettext_lazy("Such as email with {{ contact.email }}."),
    )
    body = forms.CharField(
        label=gettext_lazy("Data in JSON"),
        max_length=LONGEST_BODY,
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy(
            'In place of fields, such as {"email": "{{ contact.email }}"}. Without either the id'
            " of the contact alone goes out."
        ),
    )
    timeout = assuming(
        SECONDS,
        forms.IntegerField(
            label=gettext_lazy("Seconds to wait for the answer"),
            min_value=1,
            max_value=MOST_SECONDS,
        ),
    )
    secret = SecretField(
        label=gettext_lazy("Secret"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy(
            "Signs each call, so that the receiver knows who calls. Kept sealed."
        ),
    )

    def clean_method(self) -> str | None:
        """Leave out what was not said."""
        return self.cleaned_data["method"] or None

    def clean_format(self) -> str | None:
        """Leave out what was not said."""
        return self.cleaned_data["format"] or None

    def clean_url(self) -> str:
        """Take addresses of the web, without a password in them; tokens behind the server."""
        url = str(self.cleaned_data["url"])
        told(url)
        plain = filling.TOKEN.sub("x", url)
        try:
            URLValidator(schemes=["http", "https"])(plain)
        except ValidationError:
            # Names of one's own network have no dot; the door of calls judges the host itself.
            if not plain.startswith(("http://", "https://")) or " " in plain:
                raise ValidationError(_("This is not a web address."), "invalid") from None
        found = taken_apart(url)
        if found is None or not found.hostname:
            raise ValidationError(_("This is not a web address."), "invalid")
        if "{" in found.netloc:
            words = _("Tokens stand behind the name of the server, not in it.")
            raise ValidationError(words, "invalid")
        if "@" in found.netloc:
            raise ValidationError(_("Leave name and password out of the address."), "invalid")
        return url

    def clean_pairs(self) -> list[Pair] | None:
        """Take fields whose tokens are known; leave out what was not said."""
        rows: list[Pair] = self.cleaned_data["pairs"]
        for row in rows:
            told(row["value"])
        return rows or None

    def clean_body(self) -> str:
        """Take a document of JSON whose tokens are known."""
        text = str(self.cleaned_data["body"]).strip()
        if not text:
            return ""
        kinds = dict | list if self.cleaned_data.get("format") == JSON else dict
        try:
            found = loads(text)
            # As it will be written: what has no place in JSON is told here, not for each contact.
            dumps(found)
        except (ValueError, TypeError, RecursionError):
            found = None
        if not isinstance(found, kinds):
            raise ValidationError(_("An object in JSON is expected."), "invalid")
        return told(text)

    def clean(self) -> dict[str, Any]:
        """Bind headers to the server; refuse data that cannot be sent so."""
        values = super().clean() or {}
        if "headers" in values:
            self._bind(values)
        if not self.errors:
            self._check_data(values)
        return values

    def _bind(self, values: dict[str, Any]) -> None:
        rows: list[Pair] = values["headers"]
        if "url" not in values:
            # Of whom nothing is kept yet is to be told why.
            rows = [row for row in rows if not row["value"]]
        try:
            headers = self.fields["headers"]
            values["headers"] = headers.bound(rows, values) or None  # type: ignore[attr-defined]
        except ValidationError as problem:
            self.add_error("headers", problem)

    def _check_data(self, values: dict[str, Any]) -> None:
        body, rows, how = values["body"], values["pairs"], values["format"]
        bare = values["method"] in BARE
        if body and rows:
            self.add_error("body", _fault(_("Give either fields or JSON, not both."), "ambiguous"))
        elif body and bare:
            words = _("GET and DELETE carry no JSON: give fields, which go into the address.")
            self.add_error("body", _fault(words, "invalid"))
        elif body and how == FORM:
            words = _("A form is sent as fields: give fields, or choose JSON.")
            self.add_error("body", _fault(words, "invalid"))
        elif not (body or rows or bare) and how in (JSON, FORM):
            place = "pairs" if how == FORM else "body"
            self.add_error(place, _fault(_("Say what is sent."), "required"))
        names = [row["name"] for row in rows or []]
        if how != FORM and not bare and len(names) > len(set(names)):
            words = _("In JSON each name stands once.")
            self.add_error("pairs", _fault(words, "duplicate"))


def told(text: str) -> str:
    """Return a text nothing but known tokens stand in."""
    if faults := filling.faults(text):
        raise ValidationError(
            _("Nothing can be put in for %(token)s."), "unknown_token", {"token": faults[0]}
        )
    return text


def _fault(words: str, code: str) -> ValidationError:
    return ValidationError(words, code)
