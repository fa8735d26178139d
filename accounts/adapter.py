"""How django-allauth works here: nobody signs up, mails wait as rows, links name our own site."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import mails
from accounts.services.mails import Letter
from kernel import clock
from kernel.queues import hint_on_commit


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """The answers that differ from allauth's own."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("Email or password do not match."),
        "too_many_login_attempts": _("Too many attempts. Try again in five minutes."),
        "invalid_password_reset": _("This link is no longer valid."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Users are made by administrators."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the next page says it."""

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Build the link from the setting, never from a header anybody can send."""
        placeholder = {"uidb36": "UID", "key": "KEY"}
        path = reverse("account_reset_password_from_key", kwargs=placeholder)
        return settings.SITE_URL + path.replace("UID-KEY", key)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail in the reader's language and leave the sending to a worker."""
        user = context.get("user")
        language = user.language if isinstance(user, User) else settings.LANGUAGE_CODE
        context = {**context, "site_url": settings.SITE_URL, "email": email}
        with translation.override(language):
            message = self.render_mail(template_prefix, email, context)
        html = ""
        if isinstance(message, EmailMultiAlternatives) and message.alternatives:
            html = str(message.alternatives[0][0])
        mails.post(Letter(email, str(message.subject), str(message.body), html), clock.now())
        hint_on_commit("accounts.mails")

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject alone; there is no site table to name."""
        return subject
