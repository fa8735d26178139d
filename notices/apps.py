"""The place of notices among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """What users are told behind their bell."""

    name = "notices"
    verbose_name = _("Notices")
