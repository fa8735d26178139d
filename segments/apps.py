"""The segments' place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SegmentsConfig(AppConfig):
    """Segments."""

    name = "segments"
    verbose_name = _("Segments")
