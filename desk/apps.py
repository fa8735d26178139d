"""The desk's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    """Notes and tasks."""

    name = "desk"
    verbose_name = _("Notes and tasks")
