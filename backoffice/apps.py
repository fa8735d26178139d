"""The back office's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    """The back office."""

    name = "backoffice"
    verbose_name = _("Back office")
