"""The tracking app's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    """Tracking."""

    name = "tracking"
    verbose_name = _("Tracking")
