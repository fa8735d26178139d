"""The media library's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    """Images."""

    name = "media"
    verbose_name = _("Media library")
