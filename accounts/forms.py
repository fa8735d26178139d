"""Forms of signing in and of new passwords, with our words and fields."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.utils.translation import gettext_lazy as _


def _dress(form: forms.Form, labels: dict[str, Any]) -> None:
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
