"""The settings of the generic REST connector."""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.models import Connection
from kernel.settings_forms import SecretField, picking

LONGEST_URL = 1_000
MOST_LAYERS = 5
AUTHS = (
    ("none", gettext_lazy("none")),
    ("bearer", gettext_lazy("bearer token")),
    ("basic", gettext_lazy("user name and password")),
    ("header", gettext_lazy("key in a header")),
)
METHODS = [(name, name) for name in ("POST", "PUT", "PATCH")]
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
# What the request itself says, or what would be a secret for everybody to read.
TAKEN = frozenset(
    {"authorization", "proxy-authorization", "cookie", "host", "content-length", "content-type"}
    | {"transfer-encoding", "connection", "idempotency-key", "accept-encoding"}
)


class RestForm(forms.Form):
    """Where the system is, who calls, and how records are found, made and changed."""

    base_url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
        help_text=gettext_lazy("What all paths begin with, such as https://crm.example.com/api/v1"),
    )
    auth = forms.ChoiceField(
        label=gettext_lazy("Authentication"), choices=AUTHS, required=False, initial="bearer"
    )
    user = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("With user name and password only."),
    )
    header = forms.CharField(
        label=gettext_lazy("Name of the header"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("With a key in a header only, such as X-Api-Key."),
    )
    secret = SecretField(
        label=gettext_lazy("Token, password or key"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("Kept sealed, and never shown again."),
    )
    headers = forms.CharField(
        label=gettext_lazy("More headers"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy(
            "One a line: a name, a colon and its value. Everybody who sees the connection reads"
            " them: no secrets."
        ),
    )
    find_path = forms.CharField(
        label=gettext_lazy("Find: path"),
        max_length=LONGEST_URL,
        required=False,
        help_text=gettext_lazy(
            "Asked by GET, with {match} where the value belongs, such as contacts?email={match}."
            " Without it nothing is looked for, and a push whose answer is lost waits for you."
        ),
    )
    find_id = forms.CharField(
        label=gettext_lazy("Find: where the id stands in the answer"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A path of keys, such as list.0.id"),
    )
    create_path = forms.CharField(
        label=gettext_lazy("Create: path"),
        max_length=LONGEST_URL,
        help_text=gettext_lazy("Such as contacts"),
    )
    create_method = forms.ChoiceField(
        label=gettext_lazy("Create: method"), choices=METHODS, required=False, initial="POST"
    )
    create_id = forms.CharField(
        label=gettext_lazy("Create: where the id stands in the answer"),
        max_length=200,
        help_text=gettext_lazy("A path of keys, such as id or data.id"),
        initial="id",
    )
    update_path = forms.CharField(
        label=gettext_lazy("Update: path"),
        max_length=LONGEST_URL,
        help_text=gettext_lazy("With {id} where the id belongs, such as contacts/{id}"),
    )
    update_method = forms.ChoiceField(
        label=gettext_lazy("Update: method"), choices=METHODS, required=False, initial="PATCH"
    )
    sample_path = forms.CharField(
        label=gettext_lazy("Test: path"),
        max_length=LONGEST_URL,
        required=False,
        help_text=gettext_lazy(
            "Asked by GET to test the connection and to learn which fields there are, such as"
            " contacts?limit=1. Without it the address itself is asked."
        ),
    )
    sample_at = forms.CharField(
        label=gettext_lazy("Test: where a record stands in the answer"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("A path of keys, such as list.0"),
    )

    def clean_base_url(self) -> str:
        """Take an address of the web, without a password or a query in it."""
        url = str(self.cleaned_data["base_url"]).rstrip("/")
        try:
            found = urlsplit(url)
            whole = found.scheme in {"http", "https"} and bool(found.hostname) and found.port != 0
        except ValueError:
            whole = False
        if not whole or " " in url or "{" in url:
            raise ValidationError(_("This is not a web address."), "invalid")
        if "@" in found.netloc:
            raise ValidationError(_("Leave name and password out of the address."), "invalid")
        if found.query or found.fragment:
            raise ValidationError(
                _("Write what follows a question mark into the paths."), "invalid"
            )
        return url

    def clean_auth(self) -> str:
        """Without a word, nothing is sent."""
        return str(self.cleaned_data["auth"] or "none")

    def clean_create_method(self) -> str:
        """Take the usual one."""
        return str(self.cleaned_data["create_method"] or "POST")

    def clean_update_method(self) -> str:
        """Take the usual one."""
        return str(self.cleaned_data["update_method"] or "PATCH")

    def clean_headers(self) -> str:
        """Take names and values that can be written into a request."""
        lines = str(self.cleaned_data["headers"]).splitlines()
        for name, value in pairs(lines):
            if not _TOKEN.fullmatch(name) or not _PRINTABLE.fullmatch(value):
                words = _("A name and its value are expected on each line: Name: value.")
                raise ValidationError(words, "invalid")
            if name.lower() in TAKEN:
                words = _("The header %(name)s cannot be set here.") % {"name": name}
                raise ValidationError(words, "invalid")
        return "\n".join(f"{name}: {value}" for name, value in pairs(lines))

    def clean_header(self) -> str:
        """Take a name that can be written into a request."""
        name = str(self.cleaned_data["header"])
        if name and (not _TOKEN.fullmatch(name) or name.lower() in TAKEN - {"authorization"}):
            raise ValidationError(_("This cannot be the name of a header."), "invalid")
        return name

    def clean(self) -> dict[str, Any]:
        """Ask for what the others need, and refuse paths that would leave the address."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        needs = {"basic": "user", "header": "header"}.get(values.get("auth", ""))
        if needs and not values.get(needs) and needs not in self.errors:
            self.add_error(needs, ValidationError(_("This is needed here."), "required"))
        for name, mark in (("find_path", "{match}"), ("update_path", "{id}")):
            path = values.get(name)
            if path and mark not in path:
                words = _("%(mark)s has no place in it.") % {"mark": mark}
                self.add_error(name, ValidationError(words, "invalid"))
        if values.get("find_path") and not values.get("find_id"):
            self.add_error("find_id", ValidationError(_("This is needed here."), "required"))
        for name in ("find_path", "create_path", "update_path", "sample_path"):
            if not _stays(values.get(name) or ""):
                self.add_error(name, ValidationError(_("A path is expected."), "invalid"))
        return values


def pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Take lines of headers apart."""
    found = (line.partition(":") for line in lines if line.strip())
    return [(name.strip(), value.strip()) for name, _colon, value in found]


def climbs(path: str) -> bool:
    """Say whether a part of a path, however often it is escaped, leads out of the path."""
    plain = path.partition("?")[0]
    for _layer in range(MOST_LAYERS):
        plain, before = unquote(plain), plain
        if plain == before:
            break
    # What follows a semicolon is no part of the name for some servers.
    parts = re.split(r"[/\\]", plain)
    return any(part.partition(";")[0].strip() in {".", ".."} for part in parts)


def _stays(path: str) -> bool:
    """Say whether a path stays below the address it is added to."""
    plain = path.partition("?")[0]
    outside = "://" in plain or path.startswith("//") or climbs(path)
    return not outside and not any(ord(sign) <= 32 or ord(sign) == 127 for sign in path)


class PushForm(forms.Form):
    """Through which connection."""

    connection = picking(
        "connection",
        forms.ModelChoiceField(
            Connection.objects.order_by("name"),
            label=gettext_lazy("Connection"),
            empty_label=gettext_lazy("Choose…"),
        ),
    )

    def clean_connection(self) -> int:
        """Keep the id."""
        return int(self.cleaned_data["connection"].pk)
