"""The settings of a post to another system."""

from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.services import filling
from kernel.documents import dumps, loads
from kernel.settings_forms import SecretField

LONGEST_URL = 2_000
LONGEST_BODY = 20_000


class PostForm(forms.Form):
    """Where to, what, and signed with what."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
    )
    body = forms.CharField(
        label=gettext_lazy("Data in JSON"),
        max_length=LONGEST_BODY,
        required=False,
        widget=forms.Textarea,
        help_text=gettext_lazy(
            'Such as {"email": "{{ contact.email }}"}. Without it the id of the contact alone'
            " goes out."
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

    def clean_url(self) -> str:
        """Take addresses of the web, without a password in them."""
        url = str(self.cleaned_data["url"])
        try:
            URLValidator(schemes=["http", "https"])(url)
        except ValidationError:
            # Names of one's own network have no dot; the door of calls judges the host itself.
            if not url.startswith(("http://", "https://")) or " " in url:
                raise ValidationError(_("This is not a web address."), "invalid") from None
        try:
            found = urlsplit(url)
            whole = bool(found.hostname) and found.port != 0
        except ValueError:
            whole = False
        if not whole:
            raise ValidationError(_("This is not a web address."), "invalid")
        if "@" in url.split("://", 1)[1].split("/", 1)[0]:
            raise ValidationError(_("Leave name and password out of the address."), "invalid")
        return url

    def clean_body(self) -> str:
        """Take an object of JSON whose tokens are known."""
        text = str(self.cleaned_data["body"]).strip()
        if not text:
            return ""
        try:
            found = loads(text)
            # As it will be written: what has no place in JSON is told here, not for each contact.
            dumps(found)
        except (ValueError, TypeError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ValidationError(_("An object in JSON is expected."), "invalid")
        if faults := filling.faults(text):
            raise ValidationError(
                _("Nothing can be put in for %(token)s."), "unknown_token", {"token": faults[0]}
            )
        return text
