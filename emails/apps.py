"""The email channel's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmailsConfig(AppConfig):
    """Emails."""

    name = "emails"
    verbose_name = _("Emails")
