"""Forms of signing in, of new passwords and of invitations, with our words and fields."""

from datetime import datetime
from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import invitations
from kernel import clock, zone_names
from kernel.lowering import lowered
from kernel.queues import hint_on_commit

CHOSEN = ("first_name", "last_name", "language", "timezone")


def zones() -> list[tuple[str, str]]:
    """Return the time zones, for people."""
    return [(name, name.replace("_", " ")) for name in zone_names.names()]


def _dress(form: forms.BaseForm, labels: dict[str, Any]) -> None:
    """Give fields their labels, and name the place where the page says what is wrong."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs |= {"class": "field", "aria-describedby": "problem"}


class SignInForm(allauth.LoginForm):  # type: ignore[misc]
    """Email, password, and whether to stay signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, {"login": _("Email"), "password": _("Password")})
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autofocus": not self.is_bound,
        }
        self.fields["remember"].label = _("Keep me signed in on this computer")


class ForgottenForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    """The address to send a link to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, {"email": _("Email")})
        self.fields["email"].widget.attrs["autofocus"] = not self.is_bound

    def clean_email(self) -> str:
        """Set those apart who never chose a password: an ended invitation stays ended."""
        email: str = super().clean_email()
        waited_for = invitations.waiting().values("user")
        self.invited = User.objects.filter(email=lowered(email), is_active=True, pk__in=waited_for)
        if self.invited:
            self.users: list[User] = []
        return email

    def save(self, request: HttpRequest, **more: Any) -> str:
        """Send the link to a new password, or that of the invitation once more."""
        for user in self.invited:
            if invitations.remind(user, clock.now()):
                hint_on_commit("accounts.mails")
        email: str = super().save(request, **more)
        return email


class NewPasswordForm(allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"password1": _("New password"), "password2": _("The same again")}
        _dress(self, labels)
        self.fields["password1"].widget.attrs["autofocus"] = not self.is_bound


class ChangedPasswordForm(allauth.ChangePasswordForm):  # type: ignore[misc]
    """The password in use, and a new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": _("Password in use"),
            "password1": _("New password"),
            "password2": _("The same again"),
        }
        _dress(self, labels)
        self.fields["oldpassword"].widget.attrs["autofocus"] = not self.is_bound


class InvitedForm(forms.ModelForm):  # type: ignore[type-arg]
    """What somebody who was invited says of themselves: a password, and how to talk to them."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("The same again"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    timezone = forms.ChoiceField(label=_("Time zone"), choices=zones)

    class Meta:
        model = User
        fields = CHOSEN

    def __init__(self, *args: Any, user: User, by: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "instance": user})
        _dress(self, {name: field.label for name, field in self.fields.items()})
        for name, field in self.fields.items():
            field.widget.attrs["aria-describedby"] = f"id_{name}_wrong"
        self.fields["first_name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["last_name"].widget.attrs["autocomplete"] = "family-name"
        self.fields["password1"].widget.attrs["autofocus"] = not self.is_bound
        given = {"UTC", by.timezone if by else ""}
        if not self.is_bound and user.timezone in given:
            # Nobody chose it: the browser knows better than what the invitation began with.
            self.fields["timezone"].widget.attrs["data-own-zone"] = ""

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules and against its repetition."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("This is not the same."))
        if first:
            try:
                validate_password(first, self.instance)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def save(self, now: datetime) -> bool:  # type: ignore[override]
        """Keep what was chosen and nothing else; False for who is no longer active."""
        user: User = super().save(commit=False)
        user.set_password(self.cleaned_data["password1"])
        user.updated_at = now
        user.language_chosen = True
        kept = (*CHOSEN, "language_chosen", "password", "updated_at")
        values = {name: getattr(user, name) for name in kept}
        rows = User.objects.filter(pk=user.pk, is_active=True)
        return bool(rows.update(**values, version=F("version") + 1))
