"""The content's place among the installed apps."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContentConfig(AppConfig):
    """What messages and pages are made of."""

    name = "content"
    verbose_name = _("Content")
