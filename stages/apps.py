"""The stages' place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StagesConfig(AppConfig):
    """Stages."""

    name = "stages"
    verbose_name = _("Stages")
