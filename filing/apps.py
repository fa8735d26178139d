"""Filing's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilingConfig(AppConfig):
    """Categories and labels."""

    name = "filing"
    verbose_name = _("Categories and labels")
