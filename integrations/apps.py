"""The place of connections to other systems among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    """Connections to other systems."""

    name = "integrations"
    verbose_name = _("Connections to other systems")
